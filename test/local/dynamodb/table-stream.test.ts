import { describe, expect, it } from 'vitest';
import { ensureTable } from '../../../local/dynamodb/ensure-table.ts';
import { openTableStream } from '../../../local/dynamodb/table-stream.ts';
import { KEYS_TABLE, openTestDatabase, put } from './database-fixture.ts';

const STREAM_ARN = 'arn:aws:dynamodb:us-east-1:000000000000:table/keys/stream/x';

async function openStream() {
  const database = await openTestDatabase();
  await ensureTable(database.call, {
    ...KEYS_TABLE,
    streamViewType: 'NEW_AND_OLD_IMAGES',
    ttlAttribute: 'ttl',
  });
  return { database, stream: openTableStream(database.call, 'keys', STREAM_ARN) };
}

describe('the stream of a table in the runner', () => {
  it('gives records in the form of the Lambda event, oldest first', async () => {
    const { database, stream } = await openStream();
    await put(database, 'one');
    await put(database, 'one', { owner: 'alice' });
    await database.call('DeleteItem', { TableName: 'keys', Key: { pk: { S: 'one' } } });
    const { records } = await stream.read('', 10);
    const common = {
      eventSource: 'aws:dynamodb',
      awsRegion: 'us-east-1',
      eventSourceARN: STREAM_ARN,
      eventVersion: '1.1',
    };
    const image = { pk: { S: 'one' } };
    expect(records.map(({ event }) => event)).toMatchObject([
      { ...common, eventName: 'INSERT', dynamodb: { Keys: image, NewImage: image } },
      {
        ...common,
        eventName: 'MODIFY',
        dynamodb: { OldImage: image, NewImage: { ...image, owner: { S: 'alice' } } },
      },
      { ...common, eventName: 'REMOVE', dynamodb: { OldImage: { ...image, owner: { S: 'alice' } } } },
    ]);
  });

  it('leaves out writes that change nothing, and goes past them', async () => {
    const { database, stream } = await openStream();
    await put(database, 'one');
    await put(database, 'one');
    const { records, next } = await stream.read('', 10);
    expect(records).toHaveLength(1);
    expect(next).not.toBe(records[0]?.sequenceNumber);
    expect(await stream.read(next, 10)).toEqual({ records: [], next });
  });

  it('goes on behind a position, also from a new reader, and beyond a thousand records', async () => {
    const { database, stream } = await openStream();
    for (let index = 0; index < 45; index += 1) {
      await database.call('BatchWriteItem', {
        RequestItems: {
          keys: Array.from({ length: 25 }, (_, item) => ({
            PutRequest: { Item: { pk: { S: `${index}-${item}` } } },
          })),
        },
      });
    }
    const latest = await stream.latest();
    await put(database, 'after');
    const reader = openTableStream(database.call, 'keys', STREAM_ARN);
    const { records } = await reader.read(latest, 10);
    expect(records.map(({ event }) => event)).toMatchObject([{ dynamodb: { Keys: { pk: { S: 'after' } } } }]);
    expect((await reader.read('', 1000)).records).toHaveLength(1000);
  });

  it('tells deletions by time to live apart', async () => {
    const { database, stream } = await openStream();
    await put(database, 'old', { ttl: 1 });
    await put(database, 'young', { ttl: 99_999_999_999 });
    await database.sweepExpired();
    const { records } = await stream.read('', 10);
    expect(records.at(-1)?.event).toMatchObject({
      eventName: 'REMOVE',
      dynamodb: { Keys: { pk: { S: 'old' } } },
      userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
    });
    expect(records).toHaveLength(3);
  });
});
