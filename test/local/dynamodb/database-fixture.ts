import { onTestFinished } from 'vitest';
import { openDatabase, type Database } from '../../../local/dynamodb/database.ts';
import type { TableDefinition } from '../../../local/dynamodb/table-definition.ts';

/** The real engine, stopped when the test has ended. */
export async function openTestDatabase(dataDirectory?: string): Promise<Database> {
  const database = await openDatabase({
    report: (text) => {
      throw new Error(text);
    },
    ...(dataDirectory === undefined ? {} : { dataDirectory }),
  });
  onTestFinished(() => database.stop());
  return database;
}

export const KEYS_TABLE: TableDefinition = {
  tableName: 'keys',
  tableArn: 'arn:aws:dynamodb:us-east-1:000000000000:table/keys',
  attributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  keySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  globalSecondaryIndexes: [],
  localSecondaryIndexes: [],
};

export const BY_OWNER = {
  IndexName: 'byOwner',
  KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }],
  Projection: { ProjectionType: 'ALL' },
};

/** The table with the index `byOwner`. */
export const KEYS_TABLE_BY_OWNER: TableDefinition = {
  ...KEYS_TABLE,
  attributeDefinitions: [...KEYS_TABLE.attributeDefinitions, { AttributeName: 'owner', AttributeType: 'S' }],
  globalSecondaryIndexes: [BY_OWNER],
};

/** Puts one item; `attributes` are texts, a number becomes `N`. */
export async function put(
  database: Database,
  pk: string,
  attributes: Record<string, string | number> = {},
): Promise<void> {
  const Item: Record<string, object> = { pk: { S: pk } };
  for (const [name, value] of Object.entries(attributes)) {
    Item[name] = typeof value === 'number' ? { N: String(value) } : { S: value };
  }
  await database.call('PutItem', { TableName: 'keys', Item });
}

/** The sorted partition keys of all items, or of those in an index. */
export async function keysIn(database: Database, IndexName?: string): Promise<unknown[]> {
  const answer = await database.call('Scan', {
    TableName: 'keys',
    ...(IndexName === undefined ? {} : { IndexName }),
  });
  const items: unknown = Reflect.get(Object(answer), 'Items');
  const keys: unknown[] = Array.isArray(items)
    ? items.map((item): unknown => Reflect.get(Object(Reflect.get(Object(item), 'pk')), 'S'))
    : [];
  return keys.sort();
}
