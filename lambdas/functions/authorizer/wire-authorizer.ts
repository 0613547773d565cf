import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { compileIpRule } from '../../core/restrictions/ip-restriction.ts';
import { memoise } from '../../core/general/memoise.ts';
import { compileReferrerRule } from '../../core/restrictions/referrer-restriction.ts';
import { readTrustedProxies } from '../../core/restrictions/trusted-proxies.ts';
import type { Clock } from '../../platform/clock.ts';
import { leaseFromCounter, readCounter } from '../../platform/dynamodb/counters.ts';
import { isThrottle } from '../../platform/dynamodb/is-throttle.ts';
import { readApiState, readCredential } from '../../platform/dynamodb/read-credential.ts';
import { readApplicationPolicy, readLimitingPolicy } from '../../platform/dynamodb/read-policies.ts';
import type { Log } from '../../platform/log.ts';
import type { AuthorizerDependencies } from './authorize.ts';
import { credentialFinder } from './find-credential.ts';
import { createLeases } from './lease-calls.ts';
import { refusalRecorder } from './record-refusal.ts';
import { remember, STATE_MAX_AGE_MILLISECONDS } from './remember.ts';

export interface AuthorizerWiring {
  readonly client: Pick<DynamoDBClient, 'send'>;
  /** For the counters, whose failure must be known sooner. */
  readonly counterClient: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  readonly clock: Clock;
  readonly log: Log;
}

const REMEMBERED_RULES = 10_000;
const REMEMBERED_STATES = 10_000;
const REMEMBERED_PROXIES = 1_000;

/** The authorizer as one instance runs it: with what it remembers between calls. */
export function wireAuthorizer({
  client,
  counterClient,
  tableName,
  clock,
  log,
}: AuthorizerWiring): AuthorizerDependencies {
  const reads = {
    client,
    tableName,
    compileIpRule: memoise(compileIpRule, REMEMBERED_RULES),
    compileReferrerRule: memoise(compileReferrerRule, REMEMBERED_RULES),
  };
  const counterReads = { client: counterClient, tableName };
  const states = { clock, maxAgeMilliseconds: STATE_MAX_AGE_MILLISECONDS, limit: REMEMBERED_STATES };
  return {
    findCredential: credentialFinder({
      readCredential: (digest, apiId) => readCredential(reads, digest, apiId),
      isThrottle,
      clock,
      log,
    }),
    readApiState: remember((apiId: string) => readApiState(reads, apiId), states),
    readPolicy: remember(
      (level: 'subscription' | 'application', name: string) => readLimitingPolicy(reads, level, name),
      states,
    ),
    readApplicationPolicy: remember(
      (owner: string, applicationId: string) => readApplicationPolicy(reads, owner, applicationId),
      states,
    ),
    takeCall: createLeases({
      read: (limit, window) => readCounter(counterReads, limit, window),
      lease: (limit, window, count, atMost) => leaseFromCounter(counterReads, limit, window, count, atMost),
      isThrottle,
    }),
    readProxies: memoise(readTrustedProxies, REMEMBERED_PROXIES),
    recordRefusal: refusalRecorder(log),
    clock,
    log,
  };
}
