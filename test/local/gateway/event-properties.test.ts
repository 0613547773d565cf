import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NO_AUTHORIZER } from '../../../local/gateway/authorize/authorizer-context.ts';
import { authorizerEventV1, integrationEventV1 } from '../../../local/gateway/integrate/event-v1.ts';
import { authorizerEventV2, integrationEventV2 } from '../../../local/gateway/integrate/event-v2.ts';
import type { HeaderEntry } from '../../../local/gateway/receive/http-message.ts';
import { isJsonObject } from '../../../local/gateway/json-value.ts';
import { readRequestFacts } from '../../../local/gateway/receive/request-facts.ts';
import { indexStages } from '../../../local/gateway/receive/resolve-stage.ts';
import { api, API_ID, NOW, rawRequest, route } from './fixtures.ts';

const token = fc.stringMatching(/^[a-z_][a-z0-9_-]{0,12}$/).filter((name) => name !== 'host');
const fieldText = fc.string({ unit: 'binary' });
const header: fc.Arbitrary<HeaderEntry> = fc.tuple(
  fc.oneof(token, fc.constantFrom('cookie', 'x-forwarded-for', '__proto__')),
  fieldText,
);
const headers: fc.Arbitrary<readonly HeaderEntry[]> = fc.array(header, { maxLength: 12 });
const targetText = fc.oneof(
  fc.webPath(),
  fc.string({ unit: 'binary' }).map((text) => `/${text}`),
  fc
    .string({ unit: fc.constantFrom('%', '2', 'f', 'F', '3', '5', '?', '&', '=', '/', '+', 'a') })
    .map((text) => `/${text}`),
  fieldText,
);

const stamp = {
  accountId: '000000000000',
  region: 'us-east-1',
  requestId: 'id',
  traceId: 'Root=1',
  timeEpochMilliseconds: NOW,
};
const index = indexStages([api()], []);

const rawRequests = fc.record({
  method: fc.constantFrom('GET', 'POST', 'OPTIONS', 'M-SEARCH'),
  target: targetText,
  headers,
  body: fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
  peerAddress: fc.oneof(fc.ipV4(), fc.ipV6(), fc.string()),
});

describe('events', () => {
  it('are built, as JSON that survives a round trip, for any request that is not refused with 400', () => {
    fc.assert(
      fc.property(rawRequests, (parts) => {
        const sent = { ...parts, headers: [['host', 'x'] as const, ...parts.headers] };
        const facts = readRequestFacts(rawRequest(sent), stamp, index, { apiId: API_ID });
        if ('refused' in facts) {
          expect(facts.refused).toBe(400);
          return;
        }
        const request = { ...facts, route: route('$default'), pathParameters: {} };
        for (const event of [
          integrationEventV2(request, request, NO_AUTHORIZER),
          authorizerEventV2(request, null),
          integrationEventV1(request, request, NO_AUTHORIZER),
          authorizerEventV1(request, null),
        ]) {
          expect(JSON.parse(JSON.stringify(event))).toEqual(event);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('join repeated headers in order by a comma, every name once and in lower case', () => {
    const own = new Set([
      'cookie',
      'content-length',
      'x-forwarded-for',
      'x-forwarded-port',
      'x-forwarded-proto',
    ]);
    fc.assert(
      fc.property(headers, (list) => {
        const sent = rawRequest({ headers: [['host', 'x'], ...list] });
        const facts = readRequestFacts(sent, stamp, index, { apiId: API_ID });
        if ('refused' in facts) throw new Error('refused');
        const request = { ...facts, route: route('$default'), pathParameters: {} };
        const event = integrationEventV2(request, request, NO_AUTHORIZER)['headers'];
        const seen = new Map(isJsonObject(event) ? Object.entries(event) : []);
        for (const name of new Set(list.map(([key]) => key))) {
          if (own.has(name) || name === 'te' || name === 'upgrade' || name === 'trailer') continue;
          let expected: string | undefined;
          for (const [key, value] of list) {
            if (key === name) expected = expected === undefined ? value : expected + ',' + value;
          }
          expect(seen.get(name)).toBe(expected);
        }
      }),
    );
  });
});
