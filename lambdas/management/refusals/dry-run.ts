import type { KeyType } from '../../core/decision/credential.ts';
import type { Call } from '../../core/decision/decide-access.ts';
import { dryRunWarnings } from '../../core/decision/dry-run-warnings.ts';
import { Fault, notFound } from '../../core/http/fault.ts';
import { readFreshness } from '../../core/decision/freshness.ts';
import { compileIpRule } from '../../core/restrictions/ip-restriction.ts';
import { isVisible } from '../../core/apis/managed-api.ts';
import { compileReferrerRule } from '../../core/restrictions/referrer-restriction.ts';
import { traceAccess, traceLimits, type AccessTrace } from '../../core/decision/trace-access.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { ApiItem, type KeyItem } from '../../platform/dynamodb/items.ts';
import { apiItemKey } from '../../platform/dynamodb/keys.ts';
import { readApiState, readCredential } from '../../platform/dynamodb/read-credential.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import type { Management } from '../frame/management.ts';
import { peekLimits } from './peek-limits.ts';

/** A call that is only imagined. */
export interface ImaginedCall {
  /** The API that is called: that of the key, or one that its application may subscribe to. */
  readonly apiId: string;
  /** Absent: the one that the key is for. */
  readonly environment?: KeyType;
  readonly sourceIp?: string;
  readonly referrer?: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** `previous`: the value before, in its grace period. */
  readonly value: 'current' | 'previous';
}

export interface DryRun extends AccessTrace {
  readonly call: Call;
  /** Absent: it is not registered. */
  readonly api: ApiItem | undefined;
  /** What the decision does not see, a sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Decides about an imagined call with a key as the authorizer would: by its reader and its decision, from the same
 * items, strongly consistent. Writes nothing and counts nothing.
 * @throws Fault `not_found` for an API that a key of an application knows nothing of; `bad_request` for the value before
 * when there is none.
 */
export async function dryRun(management: Management, key: KeyItem, imagined: ImaginedCall): Promise<DryRun> {
  const { client, tableName } = management.store;
  const reads = { client, tableName, compileIpRule, compileReferrerRule };
  const { apiId, environment = key.keyType, sourceIp, referrer, at } = imagined;
  const [api, state, credential] = await Promise.all([
    readItem(management.store, apiItemKey(apiId), ApiItem),
    readApiState(reads, apiId),
    readCredential(reads, digestOf(key, imagined.value), apiId),
  ]);
  // What is not published is hidden from who has nothing to do with it.
  const knows = key.apiId === apiId || credential?.subscription !== undefined;
  if (!knows && (api === undefined || !isVisible(api.lifecycle))) throw notFound('API');

  const call: Call = {
    apiId,
    // The call comes through the gateway that registered the API: no other one has its address.
    gatewayApiId: state?.gatewayApiId ?? '',
    environment,
    requiresSubscription: api?.requiresSubscription ?? true,
    freshness: readFreshness(api?.freshness),
    atEpochSeconds: toEpochSeconds(at),
    ...(sourceIp !== undefined && { clientAddress: sourceIp }),
    ...(referrer !== undefined && { referrer }),
  };
  const trace = await withLimits(management, call, traceAccess(call, credential, state));
  const warnings = dryRunWarnings({
    call,
    credential,
    nowEpochSeconds: toEpochSeconds(management.clock()),
  });
  return { ...trace, call, api, warnings };
}

function digestOf({ digest, graced }: KeyItem, value: ImaginedCall['value']): string {
  if (value === 'current') return digest;
  if (graced !== undefined) return graced.digest;
  throw new Fault('bad_request', 'The API key has no previous value that still works.', {
    problems: [{ field: 'value', message: 'must be current: there is no value in its grace period' }],
  });
}

/** A call that something else refuses spends nothing: its limits are not asked. */
async function withLimits(management: Management, call: Call, trace: AccessTrace): Promise<AccessTrace> {
  const { decision } = trace;
  return traceLimits(
    trace,
    decision.allowed ? await peekLimits(management, call, decision.credential) : undefined,
  );
}
