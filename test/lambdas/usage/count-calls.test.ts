import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { STATUS_CLASSES, nameOfCount } from '../../../lambdas/core/usage/call-counts.ts';
import type { RefusalItem } from '../../../lambdas/platform/dynamodb/items.ts';
import { callAddressItemKey, callsItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import {
  ADDRESSES_OF_A_BATCH,
  countCalls,
  type Increment,
} from '../../../lambdas/functions/usage/count-calls.ts';
import type { LoggedCall } from '../../../lambdas/contract/access-line.ts';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const HOUR = 60 * 60 * 1000;

const at = fc.integer({ min: NOON - 13 * HOUR, max: NOON + 13 * HOUR });
const id = (kind: string) => fc.constantFrom(`${kind}-1`, `${kind}-2`, `${kind}-3`);
const perhaps = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const call: fc.Arbitrary<LoggedCall> = fc.record({
  at,
  environment: fc.constantFrom('PRODUCTION', 'SANDBOX'),
  statusClass: fc.constantFrom(...STATUS_CLASSES),
  apiId: id('api'),
  sourceIp: fc.constantFrom('192.0.2.1', '192.0.2.2', '2001:db8::1'),
  key: perhaps(
    fc.record({ keyUUID: id('key'), applicationId: perhaps(id('app')), valueIssuedOn: fc.constant('1') }),
  ),
});
const refusal: fc.Arbitrary<RefusalItem> = fc
  .record({
    at,
    requestId: fc.string(),
    reason: fc.constantFrom('key_unknown', 'key_expired', 'burst_limit'),
    apiId: id('api'),
    known: perhaps(fc.record({ keyUUID: id('key'), applicationId: id('app') })),
  })
  .map(({ known, ...rest }) => ({
    ...rest,
    ...known,
    code: '1',
    status: 403,
    environment: 'PRODUCTION' as const,
  }));

/** The numbers of all items, by key and name. */
function flat(increments: readonly Increment[]): Record<string, number> {
  return Object.fromEntries(
    increments.flatMap(({ key: { pk, sk }, counts }) =>
      Object.entries(counts).map(([name, count]) => [`${pk} ${sk} ${name}`, count]),
    ),
  );
}

/** The plainest count: one thing after the other. */
function counted(calls: readonly LoggedCall[], refusals: readonly RefusalItem[]): Record<string, number> {
  const found: Record<string, number> = {};
  const one = ({ pk, sk }: { pk: string; sk: string }, name: string) => {
    found[`${pk} ${sk} ${name}`] = (found[`${pk} ${sk} ${name}`] ?? 0) + 1;
  };
  const hour = (time: number) => {
    const date = new Date(time);
    const two = (number: number) => String(number).padStart(2, '0');
    return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())}T${two(date.getUTCHours())}`;
  };
  for (const { apiId, key, environment, statusClass, ...logged } of calls) {
    const name = `calls:${environment}:${statusClass}`;
    one(callsItemKey('API', apiId, hour(logged.at)), name);
    if (key === undefined) continue;
    one(callsItemKey('KEY', key.keyUUID, hour(logged.at)), name);
    if (key.applicationId !== undefined) {
      one(callsItemKey('APPLICATION', key.applicationId, hour(logged.at)), name);
    }
    const [day = ''] = hour(logged.at).split('T');
    one(callAddressItemKey(key.keyUUID, day, logged.sourceIp), 'calls');
  }
  for (const { reason, apiId, applicationId, keyUUID, ...logged } of refusals) {
    one(callsItemKey('API', apiId, hour(logged.at)), `refusals:${reason}`);
    if (keyUUID !== undefined) one(callsItemKey('KEY', keyUUID, hour(logged.at)), `refusals:${reason}`);
    if (applicationId !== undefined) {
      one(callsItemKey('APPLICATION', applicationId, hour(logged.at)), `refusals:${reason}`);
    }
  }
  return found;
}

describe('the count of a batch', () => {
  it('is that of counting one line after the other, by key, application, API, address and hour', () => {
    fc.assert(
      fc.property(fc.array(call), fc.array(refusal), (calls, refusals) => {
        expect(flat(countCalls(calls, refusals))).toEqual(counted(calls, refusals));
      }),
    );
  });

  it('is the same to the letter whatever the order of the lines, and has each item once, in order', () => {
    const shuffled = <T>(list: readonly T[]) =>
      fc.shuffledSubarray([...list], { minLength: list.length, maxLength: list.length });
    fc.assert(
      fc.property(
        fc
          .tuple(fc.array(call), fc.array(refusal))
          .chain(([calls, refusals]) =>
            fc.tuple(fc.constant(calls), fc.constant(refusals), shuffled(calls), shuffled(refusals)),
          ),
        ([calls, refusals, otherCalls, otherRefusals]) => {
          const increments = countCalls(calls, refusals);
          expect(countCalls(otherCalls, otherRefusals)).toEqual(increments);
          const places = increments.map(({ key: { pk, sk } }) => `${pk}\n${sk}`);
          expect(places).toEqual([...new Set(places)].sort());
        },
      ),
    );
  });

  it('tells of the most frequent addresses of a key and day only, and of all in the hours', () => {
    const key = { keyUUID: 'key', applicationId: undefined, valueIssuedOn: '1' };
    const more = { environment: 'SANDBOX', statusClass: '2xx', apiId: 'api-1', key } as const;
    // The address 10.0.0.n has called n times.
    const calls = Array.from({ length: ADDRESSES_OF_A_BATCH + 15 }, (_, index) =>
      Array.from({ length: index + 1 }, () => ({ ...more, at: NOON, sourceIp: `10.0.0.${index + 1}` })),
    ).flat();
    const nextDay = { ...more, at: NOON + 12 * HOUR, sourceIp: '10.0.0.1' };
    const increments = countCalls([...calls, nextDay], []);
    const addresses = increments.filter(({ key: { sk } }) => sk.startsWith('ADDRESS'));
    const ofDay = addresses.filter(({ key: { sk } }) => sk.includes('2026-03-01'));
    expect(
      ofDay.map(({ counts }) => counts['calls']).sort((one, other) => (one ?? 0) - (other ?? 0)),
    ).toEqual(Array.from({ length: ADDRESSES_OF_A_BATCH }, (_, index) => index + 16));
    expect(addresses).toHaveLength(ADDRESSES_OF_A_BATCH + 1);
    const name = nameOfCount({ kind: 'calls', environment: 'SANDBOX', statusClass: '2xx' });
    const hours = increments.map(({ counts }) => counts[name]).filter((count) => count !== undefined);
    // Of the API, and of the key.
    expect(hours).toEqual([calls.length, 1, calls.length, 1]);
  });
});
