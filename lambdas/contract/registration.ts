import { z } from 'zod';
import { isPlainNote, isPlainText, NOT_PLAIN_TEXT } from '../core/general/plain-text.ts';
import { formatFreshness, readFreshness } from '../core/decision/freshness.ts';
import { MAX_TAG_LENGTH, MAX_TAGS } from '../core/apis/managed-api.ts';

/** The custom resources that the registrar answers. Deployed stacks have them. */
export const RESOURCE_TYPES = {
  api: 'Custom::KeyboundApi',
  definition: 'Custom::KeyboundDefinition',
  policies: 'Custom::KeyboundPolicies',
  continuity: 'Custom::KeyboundContinuity',
} as const;

/** The properties of a custom resource. CloudFormation hands scalars over as texts, so the writers make texts of them. */
export type ResourceProperties = Readonly<Record<string, unknown>>;

/** Name and version are part of a sort key, which has at most 1,024 bytes; a character has up to three in UTF-16. */
const LONGEST_NAME = 255;
const LONGEST_VERSION = 64;

const flag = z.enum(['true', 'false']).transform((text) => text === 'true');

const number = z
  .string()
  .regex(/^\d{1,3}$/, 'must be a number')
  .transform(Number);
/** SHA-256, as hexadecimal digits. */
const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 digest');

/** Reads the properties of `Custom::KeyboundApi`, through which a protected API registers itself. */
export const Registration = z.object({
  name: z.string().min(1).max(LONGEST_NAME).refine(isPlainText, NOT_PLAIN_TEXT),
  version: z.string().min(1).max(LONGEST_VERSION).refine(isPlainText, NOT_PLAIN_TEXT),
  context: z.string().startsWith('/', 'must begin with a slash').refine(isPlainText, NOT_PLAIN_TEXT),
  description: z.string().refine((text) => isPlainNote(text.replaceAll('\r\n', '\n')), NOT_PLAIN_TEXT),
  provider: z.string().refine(isPlainText, NOT_PLAIN_TEXT),
  requiresSubscription: flag,
  /** Absent: all business plans that there are. */
  policies: z.array(z.string()).optional(),
  /** Tags of the OpenAPI document; absent if it has none. */
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
  gatewayApiId: z.string().regex(/^[a-z0-9-]{1,64}$/, 'must be the id of an HTTP API'),
  /** The log group of both stages, by its name and its logical id in the stack. Absent: its calls are not counted. */
  accessLogGroup: z
    .object({ name: z.string().min(1).max(512), logicalId: z.string().regex(/^[A-Za-z0-9]{1,255}$/) })
    .optional(),
  productionUrl: z.url('must be a URL'),
  sandboxUrl: z.url('must be a URL'),
  /** The OpenAPI document, as JSON text; of a large one, by what its parts are found, which were brought before. */
  definition: z.union(
    [z.string(), z.object({ digest, parts: number })],
    'must be a document, or the digest and the number of its parts',
  ),
});
export type Registration = Readonly<z.infer<typeof Registration>>;

/** A registration as an API declares it. */
export type DeclaredRegistration = Omit<Registration, 'policies' | 'tags'> & {
  readonly policies?: readonly string[] | undefined;
  readonly tags?: readonly string[] | undefined;
};

/** `Registration` reads it. Texts can hold what CloudFormation knows only when it deploys. */
export function writeRegistration({
  requiresSubscription,
  approvesSubscriptions,
  acceptsImportedKeys,
  definition,
  ...rest
}: DeclaredRegistration): ResourceProperties {
  return {
    ...rest,
    requiresSubscription: String(requiresSubscription),
    approvesSubscriptions: String(approvesSubscriptions),
    acceptsImportedKeys: String(acceptsImportedKeys),
    definition:
      typeof definition === 'string' ? definition : { ...definition, parts: String(definition.parts) },
  };
}

/** Reads the properties of `Custom::KeyboundDefinition`, a part of a large OpenAPI document. */
export const DefinitionPart = z.object({
  apiId: z.uuid(),
  digest,
  part: number,
  content: z.base64(),
});
export type DefinitionPart = Readonly<z.infer<typeof DefinitionPart>>;

/** `DefinitionPart` reads it. */
export function writeDefinitionPart({ part, ...rest }: DefinitionPart): ResourceProperties {
  return { ...rest, part: String(part) };
}
