import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { LOCAL_REGION } from '../assembly/physical-names.ts';
import type { RecordStream, StreamRecord } from '../functions/stream-consumer.ts';
import type { CallDynamoDb } from './call-dynamodb.ts';

const table = z.object({ Table: z.object({ LatestStreamArn: z.string() }) });

const stream = z.object({
  StreamDescription: z.object({ Shards: z.array(z.object({ ShardId: z.string() })) }),
});

const iterator = z.object({ ShardIterator: z.string() });

const record = z.looseObject({
  eventID: z.string(),
  eventName: z.string(),
  dynamodb: z.looseObject({
    SequenceNumber: z.string(),
    ApproximateCreationDateTime: z.number().default(0),
    NewImage: z.unknown().optional(),
    OldImage: z.unknown().optional(),
  }),
});

const records = z.object({ Records: z.array(record), NextShardIterator: z.string().nullish() });

const WALK_LIMIT = 1000;

/**
 * The stream of a table as event sources read it. Writes that change nothing are left out, which DynamoDB does
 * and the embedded engine does not.
 * @param streamArn the ARN that functions see
 */
export function openTableStream(call: CallDynamoDb, tableName: string, streamArn: string): RecordStream {
  let shard: Promise<{ StreamArn: string; ShardId: string }> | undefined;
  // The engine's iterator for a position spares one of two calls while nothing happens.
  let known: { position: string; iterator: string } | undefined;
  let newest = '';

  const findShard = async (): Promise<{ StreamArn: string; ShardId: string }> => {
    const { Table } = table.parse(await call('DescribeTable', { TableName: tableName }));
    const StreamArn = Table.LatestStreamArn;
    const { StreamDescription } = stream.parse(await call('DescribeStream', { StreamArn }));
    const [first, ...others] = StreamDescription.Shards;
    if (first === undefined || others.length > 0) {
      throw new Error(
        `The stream of ${tableName} has ${StreamDescription.Shards.length} shards; one is supported`,
      );
    }
    return { StreamArn, ShardId: first.ShardId };
  };

  const iteratorAt = async (position: string): Promise<string> => {
    if (known?.position === position) return known.iterator;
    shard ??= findShard();
    const start =
      position === ''
        ? { ShardIteratorType: 'TRIM_HORIZON' }
        : { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: position };
    return iterator.parse(await call('GetShardIterator', { ...(await shard), ...start })).ShardIterator;
  };

  const readAll = async (position: string, limit: number) => {
    const { Records, NextShardIterator } = records.parse(
      await call('GetRecords', { ShardIterator: await iteratorAt(position), Limit: limit }),
    );
    const next = Records.at(-1)?.dynamodb.SequenceNumber ?? position;
    known =
      typeof NextShardIterator === 'string' ? { position: next, iterator: NextShardIterator } : undefined;
    return { found: Records, next };
  };

  const toRecord = (found: z.output<typeof record>): StreamRecord => ({
    eventID: found.eventID,
    sequenceNumber: found.dynamodb.SequenceNumber,
    createdEpochSeconds: found.dynamodb.ApproximateCreationDateTime,
    event: { ...found, awsRegion: LOCAL_REGION, eventSourceARN: streamArn },
  });

  return {
    async read(position, limit) {
      const { found, next } = await readAll(position, limit);
      return { records: found.filter(changesSomething).map(toRecord), next };
    },
    async latest() {
      for (;;) {
        const { found, next } = await readAll(newest, WALK_LIMIT);
        newest = next;
        if (found.length === 0) return newest;
      }
    },
  };
}

function changesSomething({ eventName, dynamodb }: z.output<typeof record>): boolean {
  return (
    eventName !== 'MODIFY' ||
    dynamodb.NewImage === undefined ||
    dynamodb.OldImage === undefined ||
    !isDeepStrictEqual(dynamodb.NewImage, dynamodb.OldImage)
  );
}
