import { AsyncLocalStorage } from 'node:async_hooks';
import { DynamoDBServiceException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { keyReferenceItemKey, linkItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import { writeAll } from '../../../lambdas/platform/dynamodb/write-all.ts';
import { overwrite } from '../../../lambdas/platform/dynamodb/writes.ts';
import { recordUsage } from '../../../lambdas/functions/usage/record-usage.ts';
import { readTable } from '../../support/table-contents.ts';
import { openTestTable, type TestTable } from '../../support/test-table.ts';
import {
  accessLogLine,
  AUTHORIZER_LOG,
  linesAt,
  logGroupOf,
  logsEvent,
  ownLogGroup,
} from './usage-events.ts';

const CALLS = 100_000;
const APIS = 8;
/** Of the log of each API. */
const BATCHES = 3;
const DELIVERIES_AT_ONCE = 6;
const NOW = Date.parse('2026-03-02T02:00:00Z');
/** Across midnight. */
const FIRST = Date.parse('2026-03-01T22:30:00Z');

let table: TestTable;
beforeAll(async () => {
  table = await openTestTable(() => NOW);
  for (let api = 0; api < APIS; api += 1) await ownLogGroup(table.store, uuid(3, api));
  for (let key = 0; key < 60; key += 1) {
    const [keyUUID, apiId, applicationId] = [uuid(1, key), uuid(3, key % APIS), uuid(2, key % 20)];
    await writeAll(table.store, [
      overwrite(keyReferenceItemKey(keyUUID), { keyUUID, owner: 'alice', apiId }),
      overwrite(linkItemKey('alice', applicationId, apiId), { applicationId }),
    ]);
  }
});
afterAll(() => table.close());

/** Numbers below `limit` that look random and are the same in every run. */
function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const uuid = (kind: number, index: number) =>
  `${String(kind).padStart(8, '0')}-0000-4000-8000-${String(index).padStart(12, '0')}`;

interface Written {
  /** Its log group. */
  readonly group: string;
  readonly line: string;
}

/** Lines of log about calls of many keys, and what they add up to, counted while they are made. */
function makeCalls(next: (limit: number) => number) {
  const expected = new Map<string, number>();
  const count = (...words: readonly string[]) =>
    expected.set(words.join(' '), (expected.get(words.join(' ')) ?? 0) + 1);
  const lines: Written[] = [];
  for (let call = 0; call < CALLS; call += 1) {
    const key = Math.min(next(60), next(60));
    const [keyUUID, apiUUID] = [uuid(1, key), uuid(3, key % APIS)];
    const applicationId = key % 3 === 0 ? undefined : uuid(2, key % 20);
    const time = FIRST + next(2 * 60 * 60) * 1000;
    const hour = new Date(time).toISOString().slice(0, 13);
    const stage: 'sandbox' | 'production' = next(4) === 0 ? 'sandbox' : 'production';
    const sourceIp = `192.0.2.${next(2)}`;
    const refused = next(80) === 0;
    const status = refused ? 403 : 200 + 100 * Math.min(next(4), next(4));
    const counted = `calls:${stage.toUpperCase()}:${String(status).charAt(0)}xx`;
    count(`CALLS#API#${apiUUID}`, `HOUR#${hour}`, counted);
    if (refused) {
      const reason = ['key_unknown', 'address_forbidden', 'burst_limit'][next(3)] ?? '';
      const known = reason !== 'key_unknown';
      lines.push({
        group: logGroupOf(apiUUID),
        line: accessLogLine({ keyUUID: '-', time, apiUUID, stage, status, sourceIp }),
      });
      lines.push({
        group: AUTHORIZER_LOG,
        line: JSON.stringify({
          type: 'refusal',
          requestId: `request-${call}`,
          at: time,
          reason,
          code: '1',
          status: 403,
          apiId: apiUUID,
          environment: stage.toUpperCase(),
          ...(known && { keyUUID, owner: 'alice', applicationId }),
        }),
      });
      count(`CALLS#API#${apiUUID}`, `HOUR#${hour}`, `refusals:${reason}`);
      if (known) count(`CALLS#KEY#${keyUUID}`, `HOUR#${hour}`, `refusals:${reason}`);
      if (known && applicationId !== undefined) {
        count(`CALLS#APPLICATION#${applicationId}`, `HOUR#${hour}`, `refusals:${reason}`);
      }
      continue;
    }
    const more = { apiUUID, stage, status, sourceIp, ...(applicationId !== undefined && { applicationId }) };
    lines.push({ group: logGroupOf(apiUUID), line: accessLogLine({ keyUUID, time, ...more }) });
    count(`CALLS#KEY#${keyUUID}`, `HOUR#${hour}`, counted);
    if (applicationId !== undefined) count(`CALLS#APPLICATION#${applicationId}`, `HOUR#${hour}`, counted);
    count(`CALLS#KEY#${keyUUID}`, `ADDRESS#${hour.slice(0, 10)}#${sourceIp}`, 'calls');
  }
  return { expected, lines };
}

function batchesOf(lines: readonly Written[], group: string, batches: number) {
  const own = lines.filter((written) => written.group === group).map(({ line }) => line);
  const size = Math.ceil(own.length / batches);
  return Array.from({ length: batches }, (_, index) => ({
    logGroup: group,
    logStream: String(index % 7),
    events: linesAt(NOW, own.slice(index * size, (index + 1) * size)),
  }));
}

/** The numbers that the table holds. */
async function counted(): Promise<Map<string, number>> {
  const items = (await readTable(table.store)).filter(({ pk }) => pk.startsWith('CALLS#'));
  return new Map(
    items.flatMap(({ pk, sk, ttl, ...attributes }) =>
      Object.entries(attributes).flatMap(([name, value]) =>
        typeof value === 'number' ? [[`${pk} ${sk} ${name}`, value] as const] : [],
      ),
    ),
  );
}

/** How many more calls of the table an invocation makes before its instance is gone. */
const invocation = new AsyncLocalStorage<{ left: number }>();
const metadata = { $metadata: {} };
const GONE = new DynamoDBServiceException({ name: 'Gone', $fault: 'client', message: 'gone', ...metadata });
const CONFLICT = new TransactionCanceledException({
  message: 'conflict',
  CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }],
  ...metadata,
});

describe('a hundred thousand calls', () => {
  it('are counted exactly, in batches that come again, in any order, beside each other, and are cut off', async () => {
    const next = numbers(7);
    const { expected, lines } = makeCalls(next);
    const faults = { conflicts: 0, lostAnswers: 0, cutOff: 0, failed: 0 };
    table.store.client.middlewareStack.add(
      (send, { commandName }) =>
        async (args) => {
          const running = invocation.getStore();
          if (running !== undefined) running.left -= 1;
          if (running !== undefined && running.left < 0) {
            faults.cutOff += 1;
            throw GONE;
          }
          const fate =
            commandName === 'TransactWriteItemsCommand' || commandName === 'TransactWriteCommand'
              ? next(12)
              : -1;
          if (fate === 0) {
            faults.conflicts += 1;
            throw CONFLICT;
          }
          const answer = await send(args);
          if (fate === 1) {
            faults.lostAnswers += 1;
            throw new Error('the answer was lost');
          }
          return answer;
        },
      { step: 'initialize', name: 'faults' },
    );

    const batches = [
      ...Array.from({ length: APIS }, (_, api) => batchesOf(lines, logGroupOf(uuid(3, api)), BATCHES)).flat(),
      ...batchesOf(lines, AUTHORIZER_LOG, 5),
    ];
    const deliveries = [
      ...batches,
      ...batches.filter(() => next(2) > 0),
      ...batches.filter(() => next(4) === 0),
    ]
      .map((batch) => ({ ...batch, order: next(1_000_000), left: next(3) === 0 ? next(9) : Infinity }))
      .sort((one, other) => one.order - other.order);
    const deliver = async ({ logGroup, logStream, events, left }: (typeof deliveries)[number]) => {
      const ordered = next(2) === 0 ? events : events.toReversed();
      const event = logsEvent(ordered, { logGroup, logStream });
      await invocation.run({ left }, () =>
        recordUsage({ store: table.store, log: () => undefined, authorizerLogGroup: AUTHORIZER_LOG }, event),
      );
    };
    const work = async () => {
      for (let batch = deliveries.shift(); batch !== undefined; batch = deliveries.shift()) {
        try {
          await deliver(batch);
        } catch {
          faults.failed += 1;
          // As Lambda does: again, later.
          deliveries.splice(next(deliveries.length + 1), 0, {
            ...batch,
            left: next(4) === 0 ? 20 : Infinity,
          });
        }
      }
    };
    await Promise.all(Array.from({ length: DELIVERIES_AT_ONCE }, work));

    const found = await counted();
    expect(found.size).toBe(expected.size);
    expect([...found].filter(([name, count]) => expected.get(name) !== count)).toEqual([]);
    const calls = [...found].filter(([name]) => /^CALLS#API\S* \S* calls:/.test(name));
    expect(calls.reduce((sum, [, count]) => sum + count, 0)).toBe(CALLS);
    for (const happened of Object.values(faults)) expect(happened).toBeGreaterThan(0);
    const refusals = lines.filter(({ group }) => group === AUTHORIZER_LOG);
    const records = (await readTable(table.store)).filter(({ sk }) => sk === 'REFUSAL');
    expect(records).toHaveLength(refusals.length);
  }, 120_000);
});
