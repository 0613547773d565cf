import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { REMEMBERED_VALUES } from '../../../lambdas/core/usage/key-usage.ts';
import { UsageItem } from '../../../lambdas/platform/dynamodb/items.ts';
import {
  keyReferenceItemKey,
  logGroupItemKey,
  usageItemKey,
} from '../../../lambdas/platform/dynamodb/keys.ts';
import { readItem } from '../../../lambdas/platform/dynamodb/read-items.ts';
import { writeAll } from '../../../lambdas/platform/dynamodb/write-all.ts';
import { overwrite } from '../../../lambdas/platform/dynamodb/writes.ts';
import type { LogEntry } from '../../../lambdas/platform/log.ts';
import { recordUsage } from '../../../lambdas/functions/usage/record-usage.ts';
import { readTable } from '../../support/table-contents.ts';
import { openTestTable, type TestTable } from '../../support/test-table.ts';
import {
  accessLogLine,
  AUTHORIZER_LOG,
  linesAt,
  logGroupOf,
  logsEvent,
  type AccessLogCall,
} from './usage-events.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const DAY_SECONDS = 24 * 60 * 60;
const time = { now: NOW };
let table: TestTable;
let logged: LogEntry[];

beforeAll(async () => {
  table = await openTestTable(() => time.now);
  await writeAll(table.store, [
    overwrite(logGroupItemKey(logGroupOf('shop')), { apiId: 'pizza', requiresSubscription: false }),
  ]);
});
afterAll(() => table.close());
beforeEach(() => {
  time.now = NOW;
  logged = [];
});

type UsedKey = AccessLogCall & { readonly valueIssuedOn: number };

const dependencies = () => ({
  store: table.store,
  log: (entry: LogEntry) => void logged.push(entry),
  authorizerLogGroup: AUTHORIZER_LOG,
});

/** Delivers raw lines of the log of an API. */
const deliver = (...lines: readonly string[]) =>
  recordUsage(dependencies(), logsEvent(linesAt(time.now, lines)));
const record = (calls: readonly UsedKey[]) => deliver(...calls.map(accessLogLine));

/** What is noted of keys, as it stands in the table. */
const noted = async () =>
  (await readTable(table.store)).filter(({ pk }) => pk.startsWith(usageItemKey('').pk));

/** A key that exists, as far as the recorder looks. */
async function existingKey(more: { readonly ttl?: number } = {}): Promise<string> {
  const keyUUID = randomUUID();
  const reference = { keyUUID, owner: 'alice', apiId: 'pizza', ...more };
  await writeAll(table.store, [overwrite(keyReferenceItemKey(keyUUID), reference)]);
  return keyUUID;
}

async function usageOf(keyUUID: string) {
  const item = await readItem(table.store, usageItemKey(keyUUID), UsageItem);
  return item === undefined ? undefined : { lastUsed: item.lastUsed, values: item.values };
}

/** A line of the authorizer's log about a call that it refused. */
const refusalLine = (more: object) =>
  JSON.stringify({
    level: 'INFO',
    type: 'refusal',
    requestId: randomUUID(),
    at: NOW - 7,
    reason: 'key_expired',
    code: '900901',
    status: 401,
    apiId: randomUUID(),
    environment: 'PRODUCTION',
    sourceIp: '198.51.100.7',
    ...more,
  });

const storedItem = async (keyUUID: string) =>
  (await readTable(table.store)).find(({ pk, sk }) => pk === usageItemKey(keyUUID).pk && sk === 'USAGE');

/** The plainest reading: the latest of all calls, by key and by value. */
function latest(calls: readonly UsedKey[], keyUUID: string) {
  const own = calls.filter((call) => call.keyUUID === keyUUID);
  if (own.length === 0) return undefined;
  const timesOf = (issued: number) =>
    own.filter(({ valueIssuedOn }) => valueIssuedOn === issued).map((call) => call.time);
  const newest = [...new Set(own.map(({ valueIssuedOn }) => valueIssuedOn))]
    .sort((one, other) => other - one)
    .slice(0, REMEMBERED_VALUES);
  return {
    lastUsed: Math.max(...own.map((call) => call.time)),
    values: Object.fromEntries(newest.map((issued) => [issued, Math.max(...timesOf(issued))])),
  };
}

describe('batches of access log', () => {
  it('leave the latest of all calls, in any order, however often and beside each other they come', async () => {
    const calls = (keys: readonly string[]) =>
      fc.array(
        fc.record({
          keyUUID: fc.constantFrom(...keys),
          valueIssuedOn: fc.integer({ min: NOW - 1_014, max: NOW - 1_000 }),
          time: fc.integer({ min: NOW / 1000 - 900, max: NOW / 1000 }).map((seconds) => seconds * 1000),
        }),
        { maxLength: 12 },
      );
    const keys = await Promise.all([existingKey(), existingKey(), existingKey()]);
    const everything: UsedKey[] = [];
    await fc.assert(
      fc.asyncProperty(
        fc.array(calls(keys), { minLength: 1, maxLength: 4 }),
        fc.array(fc.nat(), { maxLength: 6 }),
        async (batches, again) => {
          const deliveries = [
            ...batches,
            ...again.flatMap((index) => [batches[index % batches.length] ?? []]),
          ];
          await Promise.all(deliveries.slice(0, 3).map(record));
          for (const batch of deliveries.slice(3).reverse()) await record(batch);
          everything.push(...deliveries.slice(3).flat(), ...deliveries.slice(0, 3).flat());
          for (const key of keys) expect(await usageOf(key)).toEqual(latest(everything, key));
        },
      ),
      { numRuns: 40 },
    );
    expect(everything.length).toBeGreaterThan(100);
    expect(logged).toEqual([]);
  });

  it('that come again write nothing, and such that are late take nothing back', async () => {
    const keyUUID = await existingKey();
    const call = { keyUUID, valueIssuedOn: NOW - 5_000, time: NOW - 1_000 };
    await record([call]);
    const before = await noted();
    await record([call, call]);
    await record([{ ...call, time: NOW - 2_000 }]);
    expect(await noted()).toEqual(before);
    expect(await usageOf(keyUUID)).toEqual({ lastUsed: NOW - 1_000, values: { [NOW - 5_000]: NOW - 1_000 } });
  });

  it('of hundreds of keys are noted down whole', async () => {
    const keys = await Promise.all(Array.from({ length: 130 }, () => existingKey()));
    await record(
      keys.map((keyUUID, index) => ({ keyUUID, valueIssuedOn: NOW - 9_000, time: NOW - index * 1000 })),
    );
    const found = await Promise.all(keys.map(usageOf));
    expect(found.map((usage) => usage?.lastUsed)).toEqual(keys.map((_, index) => NOW - index * 1000));
  });

  it('note nothing of a key that does not exist', async () => {
    const keyUUID = await existingKey();
    const known = { keyUUID, valueIssuedOn: NOW - 5_000, time: NOW };
    const before = (await noted()).length;
    await record([{ ...known, keyUUID: randomUUID() }, known]);
    expect(await noted()).toHaveLength(before + 1);
    expect(await usageOf(keyUUID)).toMatchObject({ lastUsed: NOW });
  });

  it('are read past lines that are malformed, which are counted and not repeated', async () => {
    const keyUUID = await existingKey();
    const sample: unknown = JSON.parse(accessLogLine({ keyUUID, valueIssuedOn: 5, time: NOW }));
    const line = (more: object) =>
      JSON.stringify({ ...z.record(z.string(), z.string()).parse(sample), time: String(NOW - 7), ...more });
    const malformed = [
      line({ time: 'soon' }),
      line({ time: String(NOW + 10 * 60 * 1000) }),
      line({ keyUUID: 'a' }),
      line({ keyUUID: undefined }),
      line({ valueIssuedOn: '-' }),
      line({ applicationId: '-' }),
      line({ apiUUID: 'a' }),
      line({ stage: '$default' }),
      line({ status: '-' }),
      line({ status: '101' }),
      line({ status: '600' }),
      line({ type: 'refusal' }),
      line({ type: undefined }),
      line({ sourceIp: undefined }),
      line({ sourceIp: '"' }),
      line({ padding: 'x'.repeat(8_192) }),
      // Only the authorizer tells of refusals.
      refusalLine({}),
      'no JSON "secret',
      'null',
      '[]',
      '',
    ];
    const before = await readTable(table.store);
    await deliver(...malformed);
    expect(await readTable(table.store)).toEqual(before);
    expect(logged).toEqual([{ level: 'WARN', type: 'usage_malformed', lines: malformed.length }]);
    await deliver(...malformed, line({ time: String(NOW / 1000 - 1) }), line({}));
    expect(await usageOf(keyUUID)).toEqual({ lastUsed: NOW - 7, values: { 5: NOW - 7 } });
  });

  it('of the authorizer are read for refusals alone, past those that are malformed', async () => {
    const keyUUID = await existingKey();
    const malformed = [
      refusalLine({ reason: 'no_reason' }),
      refusalLine({ keyUUID: 'a' }),
      refusalLine({ at: NOW + 10 * 60 * 1000 }),
      refusalLine({ requestId: '' }),
      accessLogLine({ keyUUID, valueIssuedOn: 5, time: NOW - 7_000 }),
    ];
    const before = await readTable(table.store);
    await recordUsage(dependencies(), logsEvent(linesAt(NOW, malformed), { logGroup: AUTHORIZER_LOG }));
    expect(await readTable(table.store)).toEqual(before);
    expect(logged).toEqual([{ level: 'WARN', type: 'usage_malformed', lines: malformed.length }]);
  });

  it('that hold nothing leave the table as it is', async () => {
    const before = await readTable(table.store);
    await deliver();
    await recordUsage(
      dependencies(),
      logsEvent(linesAt(NOW, ['CWL CONTROL MESSAGE: Checking health of destination']), {
        messageType: 'CONTROL_MESSAGE',
      }),
    );
    expect(await readTable(table.store)).toEqual(before);
    expect(logged).toEqual([]);
  });
});

describe('what is noted of a key', () => {
  const use = (keyUUID: string) => ({ keyUUID, valueIssuedOn: NOW - 5_000, time: time.now });

  it('stays for as long as the key does that never ends', async () => {
    const keyUUID = await existingKey();
    await record([use(keyUUID)]);
    expect(await storedItem(keyUUID)).not.toHaveProperty('ttl');
  });

  it('outlives a key that ends by a year, and can be noted anew before the table has deleted it', async () => {
    const ttl = NOW / 1000 + DAY_SECONDS;
    const keyUUID = await existingKey({ ttl });
    await record([use(keyUUID)]);
    expect(await storedItem(keyUUID)).toHaveProperty('ttl', ttl + 365 * DAY_SECONDS);

    time.now += 400 * DAY_SECONDS * 1000;
    await writeAll(table.store, [
      overwrite(keyReferenceItemKey(keyUUID), { keyUUID, owner: 'alice', apiId: 'pizza' }),
    ]);
    expect(await usageOf(keyUUID)).toBeUndefined();
    await record([use(keyUUID)]);
    expect(await usageOf(keyUUID)).toMatchObject({ lastUsed: time.now });
    expect(await storedItem(keyUUID)).not.toHaveProperty('ttl');
  });
});
