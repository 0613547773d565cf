import { describe, expect, it } from 'vitest';
import { textLike } from '../any-text.ts';
import { ensureTable } from '../../../local/dynamodb/ensure-table.ts';
import {
  BY_OWNER,
  KEYS_TABLE,
  KEYS_TABLE_BY_OWNER,
  keysIn,
  openTestDatabase,
  put,
} from './database-fixture.ts';

describe('ensureTable', () => {
  it('creates a table with index, stream and time to live', async () => {
    const database = await openTestDatabase();
    await ensureTable(database.call, {
      ...KEYS_TABLE_BY_OWNER,
      streamViewType: 'NEW_AND_OLD_IMAGES',
      ttlAttribute: 'ttl',
    });
    expect(await database.call('DescribeTable', { TableName: 'keys' })).toMatchObject({
      Table: {
        TableStatus: 'ACTIVE',
        GlobalSecondaryIndexes: [BY_OWNER],
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
      },
    });
    expect(await database.call('DescribeTimeToLive', { TableName: 'keys' })).toMatchObject({
      TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'ttl' },
    });
  });

  it('leaves an existing table and its items alone', async () => {
    const database = await openTestDatabase();
    await ensureTable(database.call, KEYS_TABLE_BY_OWNER);
    await put(database, 'one', { owner: 'alice' });
    await ensureTable(database.call, KEYS_TABLE_BY_OWNER);
    expect(await keysIn(database, 'byOwner')).toEqual(['one']);
  });

  it('adds an index that the template has now, with the items that are there, and removes one that it lost', async () => {
    const database = await openTestDatabase();
    await ensureTable(database.call, KEYS_TABLE);
    await put(database, 'one', { owner: 'alice' });
    await ensureTable(database.call, KEYS_TABLE_BY_OWNER);
    expect(await keysIn(database, 'byOwner')).toEqual(['one']);
    await ensureTable(database.call, KEYS_TABLE);
    await expect(keysIn(database, 'byOwner')).rejects.toThrow(/does not have the specified index/);
    expect(await keysIn(database)).toEqual(['one']);
  });

  it('switches stream and time to live of an existing table', async () => {
    const database = await openTestDatabase();
    await ensureTable(database.call, KEYS_TABLE);
    await ensureTable(database.call, { ...KEYS_TABLE, streamViewType: 'NEW_IMAGE', ttlAttribute: 'ttl' });
    await ensureTable(database.call, { ...KEYS_TABLE, streamViewType: 'KEYS_ONLY', ttlAttribute: 'expires' });
    expect(await database.call('DescribeTable', { TableName: 'keys' })).toMatchObject({
      Table: { StreamSpecification: { StreamViewType: 'KEYS_ONLY' } },
    });
    expect(await database.call('DescribeTimeToLive', { TableName: 'keys' })).toMatchObject({
      TimeToLiveDescription: { AttributeName: 'expires' },
    });
    await ensureTable(database.call, KEYS_TABLE);
    expect(await database.call('DescribeTable', { TableName: 'keys' })).not.toHaveProperty(
      'Table.StreamSpecification',
    );
  });

  it('refuses a table that exists with other keys, and says what to do', async () => {
    const database = await openTestDatabase();
    await ensureTable(database.call, KEYS_TABLE);
    const numeric = { ...KEYS_TABLE, attributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'N' }] };
    await expect(ensureTable(database.call, numeric)).rejects.toMatchObject({
      code: 'TABLE_MISMATCH',
      message: textLike(/keys was created with other keys .* remove the data directory/),
    });
  });
});
