import { z } from 'zod';

const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
});
/** The parts of a template that are checked. */
export const CheckedTemplate = z.looseObject({
  Description: z.string().optional(),
  Resources: z.record(z.string(), Resource).default({}),
  Outputs: z.record(z.string(), z.looseObject({ Description: z.string().optional() })).default({}),
  Parameters: z.record(z.string(), z.unknown()).default({}),
});
export type CheckedTemplate = z.infer<typeof CheckedTemplate>;
