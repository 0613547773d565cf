import { z } from 'zod';
import { CREDENTIAL_STATUSES } from '../../core/decision/credential.ts';
import { REFUSAL_ADVICE } from '../../core/refusals/refusal-advice.ts';
import { describeRule } from '../../core/refusals/refusal-rule.ts';
import { REFUSAL_REASONS, REFUSALS, type RefusalReason } from '../../core/refusals/refusal.ts';
import { isoOfSeconds } from '../../core/general/utc.ts';
import type { RefusalInContext } from '../../management/refusals/refusals.ts';
import { Id } from '../../platform/http/schemas.ts';
import { KeyTypeSchema } from './key-schemas.ts';

/** The fields about a reason, whoever was refused. */
export const reasonFields = {
  reason: z.enum(REFUSAL_REASONS),
  code: z.string().describe("WSO2's code."),
  status: z
    .int()
    .describe('The exact status. Without a guard around the backend, API Gateway answers 401 or 403.'),
  message: z.string(),
  description: z.string(),
  whatToChange: z.string().describe("Advice for the key's owner."),
};

export function reasonView(reason: RefusalReason) {
  return { reason, ...REFUSALS[reason], whatToChange: REFUSAL_ADVICE[reason] };
}

/** One refused call, and what decided. */
export const RefusalSchema = z
  .strictObject({
    requestId: z.string(),
    time: z.string().describe('ISO 8601.'),
    ...reasonFields,
    seen: z
      .strictObject({
        apiId: z.string(),
        apiName: z.string().nullable(),
        apiVersion: z.string().nullable(),
        environment: KeyTypeSchema,
        sourceIp: z.string().nullable(),
        referrer: z
          .string()
          .nullable()
          .describe('Origin and path, if the referrer decided; without parts that could be secret.'),
      })
      .describe('The call as the gateway saw it.'),
    key: z
      .strictObject({
        keyUUID: Id,
        keyName: z.string(),
        keyType: KeyTypeSchema,
        status: z.enum(CREDENTIAL_STATUSES),
      })
      .nullable()
      .describe('As it is now; null if unknown or deleted.'),
    applicationId: z.string().nullable(),
    subscriptionId: z.string().nullable(),
    policy: z.string().nullable().describe('The throttling policy whose limit was reached.'),
    nextAccessTime: z.string().nullable().describe("Start of the limit's next window, in ISO 8601."),
    rule: z
      .string()
      .nullable()
      .describe('The rule that decided, as it is now; null if the reason alone says everything.'),
    ruleNote: z.string().nullable(),
  })
  .meta({ id: 'Refusal' });

const RULE_NOTE = 'This is so now; the key, its subscription or the API may have changed since the call.';

export function refusalView({ refusal, key, api, subscription }: RefusalInContext) {
  const { requestId, at, reason, code, status, apiId, environment, policy, nextAccessAt } = refusal;
  const rule = describeRule(reason, {
    ...(key !== undefined && { key }),
    ...(api !== undefined && { lifecycle: api.lifecycle }),
    ...(subscription !== undefined && { subscription }),
    ...(policy !== undefined && {
      limit: { policy, ...(nextAccessAt !== undefined && { nextAccessEpochSeconds: nextAccessAt }) },
    }),
  });
  return {
    requestId,
    time: new Date(at).toISOString(),
    ...reasonView(reason),
    code,
    status,
    seen: {
      apiId,
      apiName: api?.name ?? null,
      apiVersion: api?.version ?? null,
      environment,
      sourceIp: refusal.sourceIp ?? null,
      referrer: refusal.referrer ?? null,
    },
    key:
      key === undefined
        ? null
        : { keyUUID: key.keyUUID, keyName: key.keyName, keyType: key.keyType, status: key.status },
    applicationId: refusal.applicationId ?? null,
    subscriptionId: refusal.subscriptionId ?? null,
    policy: policy ?? null,
    nextAccessTime: nextAccessAt === undefined ? null : isoOfSeconds(nextAccessAt),
    rule: rule ?? null,
    ruleNote: rule === undefined ? null : RULE_NOTE,
  };
}
