import {
  GetRecordsCommand,
  GetShardIteratorCommand,
  TrimmedDataAccessException,
  type _Record,
  type DynamoDBStreamsClient,
} from '@aws-sdk/client-dynamodb-streams';
import { auditPartition } from '../../lambdas/platform/dynamodb/keys.ts';
import type { StreamSpan } from './read-dead-letter.ts';

/** A page of an open shard can be empty although more records follow. */
const EMPTY_PAGES = 10;

/**
 * Reads the records of a stream once more, as a function is invoked with them: of the span, those that the functions
 * of Keybound follow, which are new entries of the audit trail.
 * @returns undefined when the stream has dropped some of them, as it does after a day.
 */
export async function readStreamRecords(
  client: DynamoDBStreamsClient,
  span: StreamSpan,
): Promise<readonly unknown[] | undefined> {
  try {
    const records = await readSpan(client, span);
    return records?.filter(isFollowed).map((record) => eventRecord(record, span.streamArn));
  } catch (error) {
    if (error instanceof TrimmedDataAccessException) return undefined;
    throw error;
  }
}

async function readSpan(
  client: DynamoDBStreamsClient,
  { streamArn, shardId, first, last }: StreamSpan,
): Promise<readonly _Record[] | undefined> {
  const { ShardIterator } = await client.send(
    new GetShardIteratorCommand({
      StreamArn: streamArn,
      ShardId: shardId,
      ShardIteratorType: 'AT_SEQUENCE_NUMBER',
      SequenceNumber: first,
    }),
  );
  const found: _Record[] = [];
  let iterator = ShardIterator;
  for (let empty = 0; iterator !== undefined && empty < EMPTY_PAGES;) {
    const page = await client.send(new GetRecordsCommand({ ShardIterator: iterator }));
    const { Records: records = [] } = page;
    iterator = page.NextShardIterator;
    empty = records.length === 0 ? empty + 1 : 0;
    for (const record of records) {
      const position = BigInt(record.dynamodb?.SequenceNumber ?? -1);
      if (position <= BigInt(last)) found.push(record);
      if (position >= BigInt(last)) return found;
    }
  }
  return undefined;
}

function isFollowed({ eventName, dynamodb }: _Record): boolean {
  return eventName === 'INSERT' && (dynamodb?.Keys?.['pk']?.S?.startsWith(auditPartition('')) ?? false);
}

/** https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
function eventRecord(record: _Record, streamArn: string): unknown {
  return eventValue({ ...record, eventSourceARN: streamArn });
}

/** As JSON has it: times in seconds since the epoch, bytes in base64. */
function eventValue(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map((entry) => eventValue(entry));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, eventValue(entry)]));
}
