import { answer, type Answer } from '../../../lambdas/functions/authorizer/answer.ts';
import type { Decision } from '../../../lambdas/core/decision/decide-access.ts';
import type { RefusalStyle } from '../../../lambdas/core/refusals/refusal-style.ts';
import type { LimitState } from '../../../lambdas/core/limits/limit.ts';
import { guard } from '../../../lambdas/guard/guard.ts';
import type { LogEntry } from '../../../lambdas/platform/log.ts';
import { credentialWith } from '../../support/credential-with.ts';

/** 2026-11-28 06:14:26 UTC: 34 seconds before the next window of `SUBSCRIPTION_LIMIT`. */
const NOW_SECONDS = 1_795_846_466;
export const CHALLENGE = 'API Key realm="Keybound", header="apikey"';

export const SUBSCRIPTION_LIMIT: LimitState = {
  level: 'subscription',
  policy: 'Bronze',
  limit: 1_000,
  windowSeconds: 60,
  remaining: 12,
  nextAccessEpochSeconds: NOW_SECONDS + 34,
};
export const APPLICATION_LIMIT: LimitState = {
  level: 'application',
  policy: '50PerMin',
  limit: 50,
  windowSeconds: 60,
  remaining: 3,
  nextAccessEpochSeconds: NOW_SECONDS + 34,
};

export const CREDENTIAL = credentialWith({
  keyName: 'My key',
  apiId: 'api-1',
  issuedAtEpochMilliseconds: 7,
});

/** What a handler learns of a call with `CREDENTIAL`. */
export const GRANT = {
  keyUUID: CREDENTIAL.keyUUID,
  keyName: 'My key',
  keyType: 'PRODUCTION',
  owner: 'alice',
  applicationId: 'none',
  subscriptionId: 'none',
  subscriptionPolicy: 'none',
  ownerInLog: 'alice',
  policyInLog: 'none',
  valueIssuedOn: '7',
  limits: 'counted',
};

/** What the authorizer answers to a decision about a call at `NOW_SECONDS`. */
export function answerTo(style: RefusalStyle, decision: Decision): Answer {
  return answer(
    {
      call: {
        apiId: 'api-1',
        gatewayApiId: 'gateway',
        environment: 'PRODUCTION',
        requiresSubscription: true,
        freshness: { mode: 'strict' },
        atEpochSeconds: NOW_SECONDS,
      },
      value: undefined,
      acceptsImported: false,
      style,
      location: { header: 'apikey' },
      hasForbiddenPath: false,
    },
    decision,
  );
}

/** The part of an integration's event that the guard looks at, as the wire carries it. */
export function eventWith(context: unknown) {
  const event: unknown = JSON.parse(
    JSON.stringify({ version: '2.0', requestContext: { authorizer: { lambda: context } } }),
  );
  return event;
}

/** A guarded handler that answers with `result`, if need be nothing, and remembers what reached it. */
export function guarded(...[result]: [result?: unknown]) {
  const handled: unknown[] = [];
  const logged: LogEntry[] = [];
  const call = guard(
    (event: unknown, context: unknown) => {
      handled.push(structuredClone([event, context]));
      return result;
    },
    { clock: () => NOW_SECONDS * 1_000, log: (entry) => void logged.push(entry) },
  );
  return { handled, logged, call: (event: unknown) => call(event, 'lambda context') };
}
