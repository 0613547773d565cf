import { z } from 'zod';
import { formatFreshness, readFreshness } from '../core/freshness.ts';
import { MAX_TAG_LENGTH, MAX_TAGS } from '../core/managed-api.ts';

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

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
  /** Of the OpenAPI document; absent: none. */
  tags: z.array(z.string().min(1).max(MAX_TAG_LENGTH)).max(MAX_TAGS).optional(),
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
  /** The OpenAPI document, as JSON text. */
  definition: z.string(),
});
export type Registration = Readonly<z.infer<typeof Registration>>;
