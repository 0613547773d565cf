import type { LimitingPolicy } from '../../core/limits/limit.ts';
import {
  BURST_TIME_UNITS,
  COUNTER_FAILURE_CHOICES,
  TIME_UNITS,
  type PolicyLevel,
} from '../../core/limits/throttling-policy.ts';
import { flag, getItem, integer, map, oneOf, optional, text, type ItemReads } from './item-reading.ts';
import { applicationItemKey, policyItemKey } from './keys.ts';

/** Reads what a throttling policy limits, strongly consistent; `undefined` when there is no such policy. */
export async function readLimitingPolicy(
  reads: ItemReads,
  level: PolicyLevel,
  name: string,
): Promise<LimitingPolicy | undefined> {
  const item = await getItem(reads, policyItemKey(level, name));
  if (item === undefined) return undefined;
  const limit = optional(item, 'limit', map);
  const burst = optional(item, 'burst', map);
  const onCounterFailure = optional(item, 'onCounterFailure', (from, attribute) =>
    oneOf(from, attribute, COUNTER_FAILURE_CHOICES),
  );
  return {
    name: text(item, 'name'),
    stopOnQuotaReach: flag(item, 'stopOnQuotaReach'),
    ...(limit !== undefined && {
      limit: {
        requestCount: integer(limit, 'requestCount'),
        unitTime: integer(limit, 'unitTime'),
        timeUnit: oneOf(limit, 'timeUnit', TIME_UNITS),
      },
    }),
    ...(burst !== undefined && {
      burst: {
        requestCount: integer(burst, 'requestCount'),
        timeUnit: oneOf(burst, 'timeUnit', BURST_TIME_UNITS),
      },
    }),
    ...(onCounterFailure !== undefined && { onCounterFailure }),
  };
}

/** The name of an application's throttling policy; of the item, which is its owner's, no more is read. */
export async function readApplicationPolicy(
  reads: ItemReads,
  owner: string,
  applicationId: string,
): Promise<string | undefined> {
  const item = await getItem(reads, applicationItemKey(owner, applicationId), 'throttlingPolicy');
  return item === undefined ? undefined : text(item, 'throttlingPolicy');
}
