import { z } from 'zod';
import { KEY_TYPES } from '../../core/decision/credential.ts';
import type { KeyUsage } from '../../core/usage/key-usage.ts';
import { readIpRestriction } from '../../core/restrictions/ip-restriction.ts';
import { readReferrerRestriction } from '../../core/restrictions/referrer-restriction.ts';
import type { RuleListReading } from '../../core/restrictions/rule-list.ts';
import { LONGEST_VALIDITY_SECONDS, NEVER_EXPIRES } from '../../core/keys/validity.ts';
import type { IssuedKey, KeyInput } from '../../management/keys/issue-key.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { Id, label, must, note } from '../../platform/http/schemas.ts';
import { blankable, formNumber, lenient, tolerant } from '../../platform/http/tolerance.ts';

const MAX_RESTRICTION_LENGTH = 8_000;
const MAX_METADATA = 20;
const LONGEST_GRACE_SECONDS = 30 * 24 * 60 * 60;

export const KeyTypeSchema = z.enum(KEY_TYPES);

const ValidityPeriod = z
  .int(must('a whole number of seconds'))
  .max(LONGEST_VALIDITY_SECONDS, `must be at most ${LONGEST_VALIDITY_SECONDS} seconds`)
  .refine((seconds) => seconds > 0 || seconds === NEVER_EXPIRES, {
    error: `must be more than 0 seconds, or ${NEVER_EXPIRES} for a key that never expires`,
  });

const Metadata = z
  .record(label(64), note(256))
  .refine((entries) => Object.keys(entries).length <= MAX_METADATA, {
    error: `must have at most ${MAX_METADATA} entries`,
  });

const NOTHING = { nothing: [null] } as const;

/**
 * The fields of a new key of either kind, in a `lenient` object; all of them can be left out. The Developer
 * Portal sends the restriction that was not chosen as an empty text.
 */
export const newKeyFields = {
  keyName: tolerant(label(255).exactOptional(), NOTHING),
  validityPeriod: formNumber(ValidityPeriod.default(NEVER_EXPIRES)),
  description: tolerant(note(1024).default(''), NOTHING),
  metadata: tolerant(Metadata.default({}), NOTHING),
  additionalProperties: tolerant(
    lenient(
      z.strictObject({
        permittedIP: tolerant(restriction(readIpRestriction).prefault(''), NOTHING),
        permittedReferer: tolerant(restriction(readReferrerRestriction).prefault(''), NOTHING),
      }),
    ).prefault({}),
    NOTHING,
  ),
};

/** For which environment a key is made. */
export const NewKeyType = blankable(KeyTypeSchema.default('PRODUCTION'));

/** The fields of a key that can change without a new value. An absent field stays as it is. */
export const KeyChangeBody = z.strictObject({
  keyName: label(255).exactOptional(),
  validityPeriod: ValidityPeriod.exactOptional(),
  description: note(1024).exactOptional(),
  metadata: Metadata.exactOptional(),
  additionalProperties: z
    .strictObject({
      permittedIP: restriction(readIpRestriction).exactOptional(),
      permittedReferer: restriction(readReferrerRestriction).exactOptional(),
    })
    .exactOptional(),
});

export const KeyBody = z.strictObject({ keyUUID: Id });
export const RegenerateBody = z.strictObject({
  keyUUID: Id,
  gracePeriod: z
    .int(must('a whole number of seconds'))
    .min(0, 'must be at least 0 seconds')
    .max(LONGEST_GRACE_SECONDS, `must be at most ${LONGEST_GRACE_SECONDS} seconds`)
    .default(0),
});
export const RevocationReason = label(256).exactOptional();

/** A comma-separated restriction; each entry that cannot be understood is a problem of its own. */
function restriction(readRestriction: (text: string) => RuleListReading) {
  return z
    .string(must('a text with entries separated by commas'))
    .max(MAX_RESTRICTION_LENGTH)
    .transform((text, context) => {
      const { rules, problems, warnings } = readRestriction(text);
      for (const message of problems) context.issues.push({ code: 'custom', input: text, message });
      return { rules, warnings };
    });
}

type Restriction = Pick<RuleListReading, 'rules' | 'warnings'>;

interface Restrictions {
  readonly permittedIP?: Restriction;
  readonly permittedReferer?: Restriction;
}

/** The stored form of restrictions; what was not sent is absent. */
export function restrictionsOf({ permittedIP, permittedReferer }: Restrictions) {
  return {
    ...(permittedIP !== undefined && { permittedIp: [...permittedIP.rules] }),
    ...(permittedReferer !== undefined && { permittedReferrer: [...permittedReferer.rules] }),
  };
}

/** Warnings beside the result: legal input that is probably not what the caller meant. */
export function warningsOf({ permittedIP, permittedReferer }: Restrictions) {
  const warnings = [permittedIP, permittedReferer].flatMap((restrictions) => restrictions?.warnings ?? []);
  return warnings.length > 0 ? { warnings } : {};
}

export interface NewKeyBody extends Omit<KeyInput, 'permittedIp' | 'permittedReferrer'> {
  readonly additionalProperties: Required<Restrictions>;
}

/** The input of a use case that makes a key, from its body. */
export function keyInputOf({ additionalProperties, ...body }: NewKeyBody): KeyInput {
  const { permittedIP, permittedReferer } = additionalProperties;
  return { ...body, permittedIp: permittedIP.rules, permittedReferrer: permittedReferer.rules };
}

const Warnings = z
  .array(z.string())
  .exactOptional()
  .describe('Legal input that is probably not what you meant.');

/** WSO2's answer to generate and regenerate, and the `keyUUID` that it leaves out. */
export const IssuedKeySchema = z
  .strictObject({
    keyUUID: Id,
    keyName: z.string(),
    keyType: KeyTypeSchema,
    apikey: z.string().describe('The key value. It is shown only this once and stored nowhere.'),
    validityPeriod: z.int(),
    issuedOn: z.int(),
    graceEndsOn: z.int().exactOptional().describe('When the previous value stops working.'),
    warnings: Warnings,
  })
  .meta({ id: 'IssuedApiKey' });

export function issuedKeyView({ key, value }: IssuedKey) {
  const { keyUUID, keyName, keyType, validityPeriod, issuedAt, graced } = key;
  return {
    keyUUID,
    keyName,
    keyType,
    apikey: value,
    validityPeriod,
    issuedOn: issuedAt,
    ...(graced !== undefined && { graceEndsOn: graced.endsAt * 1000 }),
  };
}

const Value = z
  .strictObject({
    issuedOn: z.int(),
    expiresOn: z.int().nullable(),
    lastUsed: z.int().nullable(),
    current: z.boolean().describe('False for the previous value, in its grace period.'),
  })
  .meta({ id: 'ApiKeyValue' });

/** A key as its owner sees it. Times are milliseconds since the epoch. */
export const KeySchema = z
  .strictObject({
    keyUUID: Id,
    keyName: z.string(),
    keyType: KeyTypeSchema,
    status: z.enum(['ACTIVE', 'SUSPENDED']),
    apiUUID: Id.nullable().describe(
      'The API that the key opens; null: every API that the application subscribes to or that needs no subscription.',
    ),
    apiName: z.string().nullable(),
    associatedApp: z.string().nullable().describe('Name of the application.'),
    applicationId: Id.nullable(),
    createdOn: z.int(),
    issuedOn: z.int(),
    expiresOn: z.int().nullable(),
    validityPeriod: z.int(),
    lastUsed: z.int().nullable(),
    description: z.string(),
    metadata: z.record(z.string(), z.string()),
    additionalProperties: z.strictObject({ permittedIP: z.string(), permittedReferer: z.string() }),
    values: z.array(Value),
    warnings: Warnings,
  })
  .meta({ id: 'ApiKey' });

/** `applicationNames`: by id. `usage`: `undefined` for a key that was never used. */
export function keyView(
  key: KeyItem,
  applicationNames: ReadonlyMap<string, string>,
  usage: KeyUsage | undefined,
) {
  const { applicationId, issuedAt, graced } = key;
  const expiresOn = key.expiresAt === undefined ? null : key.expiresAt * 1000;
  return {
    keyUUID: key.keyUUID,
    keyName: key.keyName,
    keyType: key.keyType,
    status: key.status,
    apiUUID: key.apiId ?? null,
    apiName: key.apiName ?? null,
    associatedApp: applicationNames.get(applicationId ?? '') ?? null,
    applicationId: applicationId ?? null,
    createdOn: key.createdAt,
    issuedOn: issuedAt,
    expiresOn,
    validityPeriod: key.validityPeriod,
    lastUsed: usage?.lastUsed ?? null,
    description: key.description,
    metadata: key.metadata,
    additionalProperties: {
      permittedIP: key.permittedIp.join(', '),
      permittedReferer: key.permittedReferrer.join(', '),
    },
    values: [
      { issuedOn: issuedAt, expiresOn, lastUsed: lastUseOf(issuedAt, usage), current: true },
      ...(graced === undefined
        ? []
        : [
            {
              issuedOn: graced.issuedAt,
              expiresOn: graced.endsAt * 1000,
              lastUsed: lastUseOf(graced.issuedAt, usage),
              current: false,
            },
          ]),
    ],
  };
}

function lastUseOf(issuedAt: number, usage: KeyUsage | undefined): number | null {
  return usage?.values[String(issuedAt)] ?? null;
}
