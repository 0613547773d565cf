import { z } from 'zod';
import { TIME_UNIT_NAMES, UNLIMITED_REQUESTS } from '../../core/limits/limit-notation.ts';
import {
  BURST_TIME_UNITS,
  COUNTER_FAILURE_CHOICES,
  type PolicyLevel,
  type ThrottlingPolicy,
} from '../../core/limits/throttling-policy.ts';
import { note, withoutKey } from '../../platform/http/schemas.ts';
import {
  blankable,
  formNumber,
  lacking,
  lenient,
  readOnly,
  tolerant,
} from '../../platform/http/tolerance.ts';

const MAX_REQUESTS = 1_000_000_000;
const count = z.int().min(1).max(MAX_REQUESTS);
const unitNames = Object.keys(TIME_UNIT_NAMES).filter(isUnitName);

function isUnitName(name: string): name is keyof typeof TIME_UNIT_NAMES {
  return Object.hasOwn(TIME_UNIT_NAMES, name);
}

/** Values that forms send for no number. */
const NO_COUNT = { nothing: [null, '', 0, '0'], numberAsText: true } as const;
const burstFields = {
  rateLimitCount: tolerant(count.exactOptional(), NO_COUNT),
  rateLimitTimeUnit: blankable(z.enum(BURST_TIME_UNITS).exactOptional()),
};

const RequestCount = lenient(
  z.strictObject({
    timeUnit: z.enum(unitNames).transform((name) => TIME_UNIT_NAMES[name]),
    unitTime: formNumber(z.int().min(1).max(1000)),
    requestCount: formNumber(
      z
        .int()
        .min(1)
        .refine((requests) => requests <= MAX_REQUESTS || requests === UNLIMITED_REQUESTS, {
          error: `must be at most ${MAX_REQUESTS}, or ${UNLIMITED_REQUESTS} for no limit`,
        }),
    ),
  }),
);

const onlyRequests = 'Keybound counts requests';
const DefaultLimit = lenient(
  z.strictObject({
    type: z.literal('REQUESTCOUNTLIMIT'),
    requestCount: RequestCount,
    bandwidth: lacking(onlyRequests, { nothing: [null] }),
    eventCount: lacking(onlyRequests, { nothing: [null] }),
    aiApiQuota: lacking(onlyRequests, { nothing: [null] }),
  }),
);

const commonFields = {
  policyName: withoutKey(
    z
      .string()
      .regex(
        /^[A-Za-z0-9][A-Za-z0-9_.-]{0,59}$/,
        'must have 1 to 60 letters, digits, dots, dashes or underscores',
      ),
  ),
  displayName: blankable(note(512).exactOptional()),
  description: tolerant(note(1024).default(''), { nothing: [null] }),
  defaultLimit: tolerant(DefaultLimit.exactOptional(), { nothing: [null] }),
  ...burstFields,
  stopOnQuotaReach: tolerant(z.boolean().default(true), { nothing: [null] }),
  onCounterFailure: z
    .enum(COUNTER_FAILURE_CHOICES)
    .default('REFUSE')
    .describe('REFUSE or ADMIT: applies to calls while the counter does not answer.'),
  policyId: readOnly(),
  type: readOnly(),
  isDeployed: readOnly(),
  useCount: readOnly(),
};

const noGraphQl = 'Keybound does not look into queries';
/** A business plan: every field of WSO2's DTO, as its Admin Portal sends it. */
const planFields = {
  ...commonFields,
  billingPlan: lacking('plans cost nothing', { nothing: [null, '', 'FREE'] }),
  monetization: blankable(
    z
      .unknown()
      .refine(isEmptyMonetization, 'must be left out: plans cost nothing')
      .exactOptional()
      .meta({ description: 'Accepted when empty: plans cost nothing.' }),
  ),
  customAttributes: lacking('plans have no attributes of their own', { nothing: [null], emptyList: true }),
  permissions: blankable(
    z
      .unknown()
      .refine(isForEverybody, 'must be left out: a plan is for everybody')
      .exactOptional()
      .meta({ description: 'Accepted if it keeps the plan open to everybody.' }),
  ),
  subscriberCount: lacking('the number of subscribers has no limit', NO_COUNT),
  graphQLMaxComplexity: lacking(noGraphQl, NO_COUNT),
  graphQLMaxDepth: lacking(noGraphQl, NO_COUNT),
};

/** An application policy: WSO2 puts its burst limit into an object of its own. */
const applicationFields = {
  ...commonFields,
  burstLimit: tolerant(lenient(z.strictObject(burstFields)).exactOptional(), { nothing: [null] }),
};

const withUnit = {
  error: 'rateLimitCount needs rateLimitTimeUnit',
};

/** A policy as an administrator sends it. Without `defaultLimit` there is no limit. */
export const POLICY_BODIES = {
  subscription: lenient(z.strictObject(planFields)).refine(hasBurstUnit, withUnit),
  application: lenient(z.strictObject(applicationFields))
    .refine(hasBurstUnit, withUnit)
    .refine(({ burstLimit }) => burstLimit === undefined || hasBurstUnit(burstLimit), {
      ...withUnit,
      path: ['burstLimit'],
    })
    .refine(agreesOnBurst, { error: 'must be the same burst limit as rateLimitCount', path: ['burstLimit'] }),
} as const;
export type PolicyBody = z.infer<(typeof POLICY_BODIES)[PolicyLevel]>;

interface Burst {
  readonly rateLimitCount?: number;
  readonly rateLimitTimeUnit?: (typeof BURST_TIME_UNITS)[number];
}

/** A unit alone says nothing: forms always send one. */
function hasBurstUnit({ rateLimitCount, rateLimitTimeUnit }: Burst): boolean {
  return rateLimitCount === undefined || rateLimitTimeUnit !== undefined;
}

function agreesOnBurst({ burstLimit, ...body }: Burst & { readonly burstLimit?: Burst }): boolean {
  if (burstLimit?.rateLimitCount === undefined || body.rateLimitCount === undefined) return true;
  return (
    burstLimit.rateLimitCount === body.rateLimitCount &&
    burstLimit.rateLimitTimeUnit === body.rateLimitTimeUnit
  );
}

const EmptyMonetization = z.looseObject({
  properties: z.record(z.string(), z.union([z.literal(''), z.null()])).nullish(),
});

/** The form of a free plan sends the empty fields of a price. */
function isEmptyMonetization(sent: unknown): boolean {
  return EmptyMonetization.safeParse(sent).success;
}

const EVERYBODY = 'Internal/everyone';
const ForEverybody = z.union([
  z.looseObject({ permissionType: z.enum(['NONE', '']).nullish() }),
  z.looseObject({ permissionType: z.literal('ALLOW'), roles: z.array(z.literal(EVERYBODY)).nullish() }),
]);

function isForEverybody(sent: unknown): boolean {
  return ForEverybody.safeParse(sent).success;
}

/** The policy that a body describes. */
export function policyOf(level: PolicyLevel, body: PolicyBody): ThrottlingPolicy {
  const { policyName: name, displayName = name, description, defaultLimit, stopOnQuotaReach } = body;
  const limit = defaultLimit?.requestCount;
  const burst = burstOf(body) ?? ('burstLimit' in body ? burstOf(body.burstLimit) : undefined);
  return {
    level,
    name,
    displayName,
    description,
    stopOnQuotaReach,
    onCounterFailure: body.onCounterFailure,
    ...(limit !== undefined && limit.requestCount !== UNLIMITED_REQUESTS && { limit }),
    ...(burst !== undefined && { burst }),
  };
}

function burstOf({ rateLimitCount, rateLimitTimeUnit }: Burst = {}): ThrottlingPolicy['burst'] {
  return rateLimitCount === undefined || rateLimitTimeUnit === undefined
    ? undefined
    : { requestCount: rateLimitCount, timeUnit: rateLimitTimeUnit };
}
