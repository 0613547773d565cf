import type { InvocationResult } from '../gateway/model.ts';
import { matchesEventPattern } from './event-pattern.ts';
import type { EventSourceDefinition } from './event-source-definition.ts';

/** A record as a function gets it from a DynamoDB stream. */
export interface StreamRecord {
  readonly eventID: string;
  readonly sequenceNumber: string;
  readonly createdEpochSeconds: number;
  /** The whole record, in the form of the Lambda event. */
  readonly event: unknown;
}

/** A table's stream, oldest record first. */
export interface RecordStream {
  /** The position behind the newest record. */
  latest(): Promise<string>;
  /**
   * At most `limit` records after a position; '' is before the oldest one. `next` is the position behind all
   * that was looked at, which can be more than what is returned.
   */
  read(
    position: string,
    limit: number,
  ): Promise<{ readonly records: readonly StreamRecord[]; readonly next: string }>;
}

/** Where positions are kept over restarts. */
export interface PositionStore {
  load(id: string): Promise<string | undefined>;
  save(id: string, position: string): Promise<void>;
}

export interface StreamConsumerOptions {
  readonly definition: EventSourceDefinition;
  readonly stream: RecordStream;
  readonly positions: PositionStore;
  readonly invoke: (functionArn: string, payload: unknown) => Promise<InvocationResult>;
  readonly now: () => number;
  readonly pollMilliseconds: number;
  /** First pause after a failed batch; doubles with each further one up to a minute. */
  readonly retryMilliseconds: number;
  readonly report: (text: string) => void;
}

/** Reads a stream for one event source mapping until it is closed. */
export interface StreamConsumer {
  /** Resolves when everything that the stream held at the time of the call is done with. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

const MAXIMUM_PAUSE_MILLISECONDS = 60_000;

/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html */
export async function startStreamConsumer(options: StreamConsumerOptions): Promise<StreamConsumer> {
  const { definition, stream, positions } = options;
  let position = await startPosition(options);
  let closed = false;
  const isClosed = (): boolean => closed;
  let wake = (): void => undefined;
  const pause = (milliseconds: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const advance = async (to: string): Promise<void> => {
    position = to;
    await positions.save(definition.id, to);
  };

  /** Delivers records until all are taken or given up; leaves early only when closed. */
  const deliver = async (records: readonly StreamRecord[], attempt = 0): Promise<void> => {
    const young = records.filter((record) => !isTooOld(definition, record, options.now()));
    const last = records.at(-1);
    if (last === undefined || closed) return;
    const failedAt = young.length === 0 ? undefined : await invokeBatch(options, young);
    if (failedAt === undefined) return advance(last.sequenceNumber);
    if (failedAt > 0) {
      const before = young[failedAt - 1];
      if (before !== undefined) await advance(before.sequenceNumber);
      return deliver(young.slice(failedAt), attempt + 1);
    }
    if (definition.maximumRetryAttempts >= 0 && attempt >= definition.maximumRetryAttempts) {
      options.report(
        `Event source of ${definition.functionArn}: gave up on records of ${definition.tableName}: ${young.length}${toldTo(definition, young)}`,
      );
      return advance(last.sequenceNumber);
    }
    await pause(Math.min(options.retryMilliseconds * 2 ** attempt, MAXIMUM_PAUSE_MILLISECONDS));
    if (definition.bisectBatchOnFunctionError && young.length > 1) {
      const middle = Math.ceil(young.length / 2);
      await deliver(young.slice(0, middle), attempt + 1);
      return deliver(young.slice(middle), attempt + 1);
    }
    return deliver(young, attempt + 1);
  };

  const run = async (): Promise<void> => {
    while (!isClosed()) {
      try {
        const { records, next } = await stream.read(position, definition.batchSize);
        if (next !== position) {
          await deliver(records);
          if (!isClosed() && position !== next) await advance(next);
          continue;
        }
      } catch (error) {
        if (!isClosed()) options.report(`Event source of ${definition.functionArn}: ${String(error)}`);
      }
      if (!isClosed()) await pause(options.pollMilliseconds);
    }
  };
  const running = definition.enabled ? run() : Promise.resolve();

  return {
    async settle() {
      const target = definition.enabled ? await stream.latest() : position;
      while (!isClosed() && BigInt(position || '0') < BigInt(target || '0')) {
        wake();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async close() {
      closed = true;
      wake();
      await running;
    },
  };
}

async function startPosition({ definition, stream, positions }: StreamConsumerOptions): Promise<string> {
  const saved = await positions.load(definition.id);
  if (saved !== undefined) return saved;
  const position = definition.startingPosition === 'LATEST' ? await stream.latest() : '';
  await positions.save(definition.id, position);
  return position;
}

/** Invokes the function; the index of the first record that must be tried again, or undefined for success. */
async function invokeBatch(
  { definition, invoke, report }: StreamConsumerOptions,
  records: readonly StreamRecord[],
): Promise<number | undefined> {
  const matching = records.filter(
    ({ event }) =>
      definition.filterPatterns.length === 0 ||
      definition.filterPatterns.some((pattern) => matchesEventPattern(pattern, event)),
  );
  if (matching.length === 0) return undefined;
  const result = await invoke(definition.functionArn, { Records: matching.map(({ event }) => event) });
  if (result.outcome !== 'returned') {
    report(
      `Event source of ${definition.functionArn}: ${result.outcome === 'threw' ? result.errorMessage : 'timed out'}`,
    );
    return 0;
  }
  if (!definition.reportBatchItemFailures) return undefined;
  const failures = failedIdentifiers(result.payload);
  if (failures === undefined) return 0;
  if (failures.length === 0) return undefined;
  // An identifier that is not in the batch fails the whole of it.
  const indexes = failures.map((id) => records.findIndex(({ sequenceNumber }) => sequenceNumber === id));
  return Math.max(0, Math.min(...indexes));
}

/** Sequence numbers of a partial batch response; undefined for a malformed one. */
function failedIdentifiers(payload: unknown): string[] | undefined {
  if (payload === null || typeof payload !== 'object') return payload === null ? [] : undefined;
  const failures: unknown = Reflect.get(payload, 'batchItemFailures');
  if (failures === undefined || failures === null) return [];
  if (!Array.isArray(failures)) return undefined;
  const identifiers: string[] = [];
  for (const failure of failures) {
    const id: unknown = Reflect.get(Object(failure), 'itemIdentifier');
    if (typeof id !== 'string' || id === '') return undefined;
    identifiers.push(id);
  }
  return identifiers;
}

/** The message that AWS would send to the destination about abandoned records. */
function toldTo({ onFailureDestination }: EventSourceDefinition, records: readonly StreamRecord[]): string {
  return onFailureDestination === undefined
    ? ''
    : `, sequence numbers ${records[0]?.sequenceNumber ?? ''} to ${records.at(-1)?.sequenceNumber ?? ''}; on AWS, ${onFailureDestination} would be told`;
}

function isTooOld(definition: EventSourceDefinition, record: StreamRecord, now: number): boolean {
  const { maximumRecordAgeSeconds } = definition;
  return maximumRecordAgeSeconds >= 0 && now / 1000 - record.createdEpochSeconds > maximumRecordAgeSeconds;
}
