import { z } from 'zod';
import type { KeyType } from '../../core/decision/credential.ts';
import { isoOfSeconds } from '../../core/general/utc.ts';
import type { DryRun } from '../../management/refusals/dry-run.ts';
import { bodyInstant, Id, line } from '../../platform/http/schemas.ts';
import { KeyTypeSchema } from './key-schemas.ts';
import { reasonFields, reasonView } from './refusal-schemas.ts';

/** An IPv6 address with a zone is shorter; what is no address at all is a legal question. */
const MAX_ADDRESS_LENGTH = 64;
const MAX_REFERRER_LENGTH = 4_096;
const VALUES = ['current', 'previous'] as const;

/** The facts of an imagined call; never the value of the key. */
export const dryRunFields = {
  keyUUID: Id,
  environment: KeyTypeSchema.exactOptional().describe("The called environment; defaults to the key's own."),
  sourceIp: line(MAX_ADDRESS_LENGTH).exactOptional(),
  referrer: line(MAX_REFERRER_LENGTH).exactOptional().describe('The Referer header.'),
  time: bodyInstant.exactOptional().describe('Time of the call; defaults to now.'),
  value: z.enum(VALUES).default('current').describe('previous: the previous value, in its grace period.'),
};

export interface DryRunFields {
  readonly keyUUID: string;
  readonly environment?: KeyType;
  readonly sourceIp?: string;
  readonly referrer?: string;
  readonly time?: number;
  readonly value: (typeof VALUES)[number];
}

const Step = z
  .strictObject({
    check: z.string(),
    outcome: z.enum(['passed', 'refused', 'not reached']),
    reason: reasonFields.reason.nullable(),
    decides: z.boolean().describe('True for the first check that refuses.'),
    saw: z
      .record(z.string(), z.union([z.string(), z.boolean(), z.null(), z.array(z.string())]))
      .describe('The data that it looked at.'),
  })
  .meta({ id: 'TraceStep' });

/** The outcome of an imagined call. */
export const DryRunSchema = z
  .strictObject({
    allowed: z.boolean(),
    refusal: z.strictObject(reasonFields).nullable().describe('The refusal; null if the call is allowed.'),
    call: z
      .strictObject({
        apiId: Id,
        apiName: z.string().nullable(),
        environment: KeyTypeSchema,
        sourceIp: z.string().nullable(),
        referrer: z.string().nullable(),
        time: z.string().describe('ISO 8601.'),
        value: z.enum(VALUES),
      })
      .describe('The imagined call.'),
    steps: z
      .array(Step)
      .describe('All checks, in order. Checks after the one that decides report what they would have said.'),
    warnings: z.array(z.string()).describe('Reasons why a real call could be decided differently.'),
  })
  .meta({ id: 'DryRun' });

export function dryRunView({ decision, steps, call, api, warnings }: DryRun, value: DryRunFields['value']) {
  return {
    allowed: decision.allowed,
    refusal: decision.allowed ? null : reasonView(decision.reason),
    call: {
      apiId: call.apiId,
      apiName: api?.name ?? null,
      environment: call.environment,
      sourceIp: call.clientAddress ?? null,
      referrer: call.referrer ?? null,
      time: isoOfSeconds(call.atEpochSeconds),
      value,
    },
    steps: steps.map(({ reason, ...step }) => ({ ...step, reason: reason ?? null })),
    warnings,
  };
}
