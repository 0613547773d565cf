import { z } from 'zod';
import { formatFreshness, readFreshness } from '../core/freshness.ts';

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

const number = z
  .string()
  .regex(/^\d{1,3}$/, 'must be a number')
  .transform(Number);
/** SHA-256, as hexadecimal digits. */
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 digest');

/**
 * The resource properties of `Custom::KeyboundApi`, through which a protected API registers itself.
 * CloudFormation hands scalars over as texts.
 */
export const Registration = z.object({
  name: z.string().min(1),
  version: z.string().min(1),
  context: z.string().startsWith('/', 'must begin with a slash'),
  description: z.string(),
  provider: z.string(),
  requiresSubscription: flag,
  /** Absent: all business plans that there are. */
  policies: z.array(z.string()).optional(),
  approvesSubscriptions: flag,
  acceptsImportedKeys: flag,
  /** The state that a new API begins in. */
  initialLifecycle: z.enum(['CREATED', 'PUBLISHED']),
  freshness: z
    .string()
    .refine((text) => formatFreshness(readFreshness(text)) === text, 'is no mode of freshness')
    .optional(),
  keyHeader: z.string().optional(),
  keyQueryParameter: z.string().optional(),
  gatewayApiId: z.string().min(1),
  productionUrl: z.url('must be a URL'),
  sandboxUrl: z.url('must be a URL'),
  /** The OpenAPI document, as JSON text; of a large one, by what its parts are found, which were brought before. */
  definition: z.union(
    [z.string(), z.object({ digest, parts: number })],
    'must be a document, or the digest and the number of its parts',
  ),
});
export type Registration = Readonly<z.infer<typeof Registration>>;

/** The resource properties of `Custom::KeyboundDefinition`, a part of a large OpenAPI document. */
export const DefinitionPart = z.object({
  apiId: z.uuid(),
  digest,
  part: number,
  content: z.base64(),
});
export type DefinitionPart = Readonly<z.infer<typeof DefinitionPart>>;
