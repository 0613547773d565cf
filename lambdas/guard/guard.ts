import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { GUARD_FIELDS, readDecision, type RateLimitFields } from '../contract/guard-context.ts';
import { systemClock, type Clock } from '../platform/clock.ts';
import { logToStandardOutput, type Log } from '../platform/log.ts';
import { refusalResponse } from './refusal-response.ts';
import { withHeaders } from './with-headers.ts';

export interface GuardDependencies {
  readonly clock: Clock;
  readonly log: Log;
}

/** Marks a handler that the runtime lets stream its answer. */
const STREAMING = Symbol.for('aws.lambda.runtime.handler.streaming');

/** As API Gateway answers when an integration fails. */
const FAULT: APIGatewayProxyStructuredResultV2 = {
  statusCode: 500,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
  body: '{"message":"Internal Server Error"}',
};

/**
 * The handler of a Lambda integration (payload 2.0) that lets through what Keybound's authorizer allowed, and nothing
 * else. A refused call is answered here. An event that carries no decision is 500 and an error in the log, whoever
 * sent it: API Gateway alone calls a backend.
 *
 * `handler` sees of the authorizer's context the `Grant` alone; its errors are its own. Its answers get the headers
 * `RateLimit` and `RateLimit-Policy` where a limit counts the call and it does not set them itself.
 * @throws TypeError for what is no handler, or one that streams: API Gateway's HTTP APIs send whole answers only.
 */
export function guard<Event, Context>(
  handler: (event: Event, context: Context) => unknown,
  { clock, log }: GuardDependencies = { clock: systemClock, log: logToStandardOutput },
): (event: Event, context: Context) => Promise<unknown> {
  checkHandler(handler);
  return async (event, context) => {
    const decision = readDecision(event);
    if (decision.kind === 'unknown') {
      log({ level: 'ERROR', type: 'unguarded_call', errorMessage: 'The event carries no decision' });
      return FAULT;
    }
    const { fields } = decision;
    const headers = rateLimitHeaders(decision.limits);
    if (decision.kind === 'refuse') return withHeaders(refusalResponse(decision.refusal, clock()), headers);
    for (const name of GUARD_FIELDS) Reflect.deleteProperty(fields, name);
    return withHeaders(await handler(event, context), headers);
  };
}

function rateLimitHeaders({ rateLimit, rateLimitPolicy }: RateLimitFields): Record<string, string> {
  return {
    ...(rateLimitPolicy !== undefined && { 'ratelimit-policy': rateLimitPolicy }),
    ...(rateLimit !== undefined && { ratelimit: rateLimit }),
  };
}

function checkHandler(handler: unknown): void {
  if (typeof handler !== 'function') throw new TypeError('the export handler is not a function');
  if (Object.hasOwn(handler, STREAMING)) {
    throw new TypeError('a handler that streams cannot be guarded: HTTP APIs send whole answers only');
  }
}
