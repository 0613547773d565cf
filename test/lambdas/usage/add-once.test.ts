import { DynamoDBServiceException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchItemKey, callsItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import { addOnce } from '../../../lambdas/functions/usage/add-once.ts';
import type { Increment } from '../../../lambdas/functions/usage/count-calls.ts';
import { readTable } from '../../support/table-contents.ts';
import { openTestTable, type TestTable } from '../../support/test-table.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const DAY_SECONDS = 24 * 60 * 60;
let table: TestTable;

beforeAll(async () => {
  table = await openTestTable(() => NOW);
});
afterAll(() => table.close());

const increments = (name: string, length: number): readonly Increment[] =>
  Array.from({ length }, (_, index) => ({
    key: callsItemKey('KEY', `${name}-${String(index).padStart(4, '0')}`, '2026-03-01T12'),
    counts: { 'calls:PRODUCTION:2xx': index + 1, 'refusals:burst_limit': 1 },
    attributes: { hour: '2026-03-01T12' },
    ttl: NOW / 1000 + 400 * DAY_SECONDS,
  }));

const stored = async (start: string) =>
  (await readTable(table.store)).filter(({ pk }) => pk.startsWith(start));
const metadata = { $metadata: {} };
const canceled = (...codes: readonly string[]) =>
  new TransactionCanceledException({
    message: 'canceled',
    CancellationReasons: codes.map((Code) => ({ Code })),
    ...metadata,
  });

describe('what follows from a batch', () => {
  it('is added once, in parts of at most 99 with a marker each, that is kept for thirty days', async () => {
    const added = increments('parts', 99 * 2 + 1);
    for (let time = 0; time < 3; time += 1) await addOnce(table.store, 'digest-parts', added);
    await Promise.all([1, 2, 3].map(() => addOnce(table.store, 'digest-parts', added)));
    const items = await stored('CALLS#KEY#parts-');
    expect(items).toHaveLength(added.length);
    expect(items[7]).toEqual({
      ...added[7]?.key,
      ...added[7]?.attributes,
      ...added[7]?.counts,
      ttl: NOW / 1000 + 400 * DAY_SECONDS,
    });
    expect(items.map((item) => item['calls:PRODUCTION:2xx'])).toEqual(added.map((_, index) => index + 1));
    const markers = await stored(batchItemKey('digest-parts', 0).pk);
    expect(markers).toEqual(
      [0, 1, 2].map((part) => ({
        ...batchItemKey('digest-parts', part),
        ttl: NOW / 1000 + 30 * DAY_SECONDS,
      })),
    );
  });

  it('is added to what other batches added', async () => {
    const added = increments('sums', 3);
    await Promise.all(
      Array.from({ length: 12 }, (_, index) => addOnce(table.store, `digest-sums-${index}`, added)),
    );
    const items = await stored('CALLS#KEY#sums-');
    expect(items.map((item) => item['calls:PRODUCTION:2xx'])).toEqual([12, 24, 36]);
  });

  it('may be nothing: then nothing is written', async () => {
    await addOnce(table.store, 'digest-nothing', []);
    expect(await stored(batchItemKey('digest-nothing', 0).pk)).toEqual([]);
  });

  it('is tried again while others hold its items, and while the table throttles or does not answer', async () => {
    const mock = mockClient(table.store.client);
    const busy = [
      canceled('None', 'TransactionConflict'),
      canceled('None', 'ThrottlingError'),
      new Error('no answer'),
      canceled('TransactionConflict', 'None'),
    ];
    const command = mock.on(TransactWriteCommand);
    for (const error of busy) command.rejectsOnce(error);
    command.resolves({});
    await addOnce(table.store, 'digest-busy', increments('busy', 1));
    expect(mock.commandCalls(TransactWriteCommand)).toHaveLength(busy.length + 1);
    mock.restore();
  });

  it('fails when a part could not be written, and the other parts are, once, when it is tried again', async () => {
    const added = increments('cut', 99 * 5 + 1);
    const refuse = new DynamoDBServiceException({
      name: 'Gone',
      $fault: 'client',
      message: 'gone',
      ...metadata,
    });
    let sent = 0;
    table.store.client.middlewareStack.add(
      (next) => (args) => {
        sent += 1;
        if (sent % 2 === 0) throw refuse;
        return next(args);
      },
      { step: 'initialize', name: 'faults' },
    );
    await expect(addOnce(table.store, 'digest-cut', added)).rejects.toThrow('not counted: 3 of 6');
    table.store.client.middlewareStack.remove('faults');
    const before = await stored('CALLS#KEY#cut-');
    expect(before.length).toBeLessThan(added.length);
    expect(before.length).toBeGreaterThan(0);
    await addOnce(table.store, 'digest-cut', added);
    const items = await stored('CALLS#KEY#cut-');
    expect(items.map((item) => item['calls:PRODUCTION:2xx'])).toEqual(added.map((_, index) => index + 1));
  });
});
