import { describe, expect, it, onTestFinished } from 'vitest';
import type { EventSourceDefinition } from '../../../local/functions/event-source-definition.ts';
import { startStreamConsumer, type StreamRecord } from '../../../local/functions/stream-consumer.ts';
import type { InvocationResult } from '../../../local/gateway/model.ts';

const DEFINITION: EventSourceDefinition = {
  id: 'source',
  tableName: 'keys',
  streamArn: 'arn:stream',
  functionArn: 'arn:changes',
  batchSize: 10,
  maximumBatchingWindowSeconds: 0,
  startingPosition: 'TRIM_HORIZON',
  reportBatchItemFailures: false,
  bisectBatchOnFunctionError: false,
  maximumRetryAttempts: -1,
  maximumRecordAgeSeconds: -1,
  filterPatterns: [],
  enabled: true,
};

const NOW = 1_700_000_000_000;
const OK: InvocationResult = { outcome: 'returned', payload: null };
const FAILURE: InvocationResult = { outcome: 'threw', errorType: 'Error', errorMessage: 'bad record' };

/** A consumer of a stream of `count` records, numbered from 1; batches are what the function was invoked with. */
async function consume(options: {
  readonly count: number;
  readonly definition?: Partial<EventSourceDefinition>;
  readonly answer?: (batch: readonly number[], call: number) => InvocationResult;
  readonly positions?: Map<string, string>;
}) {
  const { count, answer = () => OK, positions = new Map<string, string>() } = options;
  const records: StreamRecord[] = Array.from({ length: count }, (_, index) => ({
    eventID: String(index + 1),
    sequenceNumber: String(index + 1),
    createdEpochSeconds: NOW / 1000 - (index === 0 ? 100 : 0),
    event: { n: index + 1, eventName: index % 2 === 0 ? 'INSERT' : 'MODIFY' },
  }));
  const batches: number[][] = [];
  const reports: string[] = [];
  const consumer = await startStreamConsumer({
    definition: { ...DEFINITION, ...options.definition },
    stream: {
      latest: () => Promise.resolve(String(records.length)),
      read: (position, limit) => {
        const found = records.slice(Number(position), Number(position) + limit);
        return Promise.resolve({ records: found, next: found.at(-1)?.sequenceNumber ?? position });
      },
    },
    positions: {
      load: (id) => Promise.resolve(positions.get(id)),
      save: (id, position) => Promise.resolve(void positions.set(id, position)),
    },
    invoke: (_arn, payload) => {
      const batch = numbersOf(payload);
      batches.push(batch);
      return Promise.resolve(answer(batch, batches.length));
    },
    now: () => NOW,
    pollMilliseconds: 1,
    retryMilliseconds: 1,
    report: (text) => reports.push(text),
  });
  onTestFinished(() => consumer.close());
  await consumer.settle();
  return { batches, positions, reports, consumer };
}

function numbersOf(payload: unknown): number[] {
  const records: unknown = Reflect.get(Object(payload), 'Records');
  return Array.isArray(records) ? records.map((record) => Number(Reflect.get(Object(record), 'n'))) : [];
}

describe('a stream event source', () => {
  it('hands records over in order, in batches of the size given, and keeps its position', async () => {
    const { batches, positions } = await consume({ count: 5, definition: { batchSize: 2 } });
    expect(batches).toEqual([[1, 2], [3, 4], [5]]);
    expect(positions.get('source')).toBe('5');
  });

  it('goes on where it was at the last start', async () => {
    const { batches } = await consume({ count: 5, positions: new Map([['source', '3']]) });
    expect(batches).toEqual([[4, 5]]);
  });

  it('starts behind what is there with LATEST, from the oldest record with TRIM_HORIZON', async () => {
    expect((await consume({ count: 3, definition: { startingPosition: 'LATEST' } })).batches).toEqual([]);
    expect((await consume({ count: 3 })).batches).toEqual([[1, 2, 3]]);
  });

  it('hands over only what a filter lets pass', async () => {
    const { batches, positions } = await consume({
      count: 4,
      definition: { filterPatterns: [{ eventName: ['MODIFY'] }] },
    });
    expect(batches).toEqual([[2, 4]]);
    expect(positions.get('source')).toBe('4');
  });

  it('tries a failed batch again until it succeeds', async () => {
    const { batches } = await consume({ count: 2, answer: (_batch, call) => (call < 3 ? FAILURE : OK) });
    expect(batches).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
  });

  it('gives a batch up after the retries allowed, and says so', async () => {
    const { batches, reports, positions } = await consume({
      count: 2,
      definition: { maximumRetryAttempts: 2 },
      answer: () => FAILURE,
    });
    expect(batches).toHaveLength(3);
    expect(reports.at(-1)).toBe('Event source of arn:changes: gave up on records of keys: 2');
    expect(positions.get('source')).toBe('2');
  });

  it('names the records that it gives up, and who would be told of them', async () => {
    const { reports } = await consume({
      count: 3,
      definition: { maximumRetryAttempts: 0, onFailureDestination: 'arn:queue' },
      answer: () => FAILURE,
    });
    expect(reports.at(-1)).toBe(
      'Event source of arn:changes: gave up on records of keys: 3, sequence numbers 1 to 3; on AWS, arn:queue would be told',
    );
  });

  it('halves a failed batch to isolate a bad record', async () => {
    const { batches } = await consume({
      count: 4,
      definition: { bisectBatchOnFunctionError: true, maximumRetryAttempts: 3 },
      answer: (batch) => (batch.includes(3) ? FAILURE : OK),
    });
    expect(batches).toEqual([[1, 2, 3, 4], [1, 2], [3, 4], [3], [3], [4]]);
  });

  it('goes on behind the first record that a partial batch response names', async () => {
    const { batches } = await consume({
      count: 4,
      definition: { reportBatchItemFailures: true },
      answer: (_batch, call) => ({
        outcome: 'returned',
        payload: { batchItemFailures: call === 1 ? [{ itemIdentifier: '4' }, { itemIdentifier: '3' }] : [] },
      }),
    });
    expect(batches).toEqual([
      [1, 2, 3, 4],
      [3, 4],
    ]);
  });

  it.each([
    ['is malformed', { batchItemFailures: [{}] }],
    ['is a text', 'done'],
    ['names a record that is not in the batch', { batchItemFailures: [{ itemIdentifier: '99' }] }],
  ])('takes the whole batch as failed when a partial batch response %s', async (_what, payload) => {
    const { batches } = await consume({
      count: 2,
      definition: { reportBatchItemFailures: true },
      answer: (_batch, call) => (call === 1 ? { outcome: 'returned', payload } : OK),
    });
    expect(batches).toEqual([
      [1, 2],
      [1, 2],
    ]);
  });

  it('drops records that are too old', async () => {
    const { batches } = await consume({ count: 3, definition: { maximumRecordAgeSeconds: 60 } });
    expect(batches).toEqual([[2, 3]]);
  });
});
