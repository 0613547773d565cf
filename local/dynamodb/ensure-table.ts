import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { DynamoDbError, type CallDynamoDb } from './call-dynamodb.ts';
import type { IndexDefinition, KeySchema, TableDefinition } from './table-definition.ts';

/** An existing table has other keys than the template: DynamoDB cannot change that in place. */
export class TableMismatchError extends Error {
  readonly code = 'TABLE_MISMATCH';

  constructor(tableName: string, what: string) {
    super(
      `The table ${tableName} was created with other ${what} than the template says now; ` +
        'remove the data directory (its data are lost) or restore the template',
    );
    this.name = 'TableMismatchError';
  }
}

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));

const index = z.object({
  IndexName: z.string(),
  IndexStatus: z.string().default('ACTIVE'),
  KeySchema: keySchema,
  Projection: z.object({ ProjectionType: z.string(), NonKeyAttributes: z.array(z.string()).exactOptional() }),
});

const description = z.object({
  Table: z.object({
    TableStatus: z.string(),
    KeySchema: keySchema,
    AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
    GlobalSecondaryIndexes: z.array(index).default([]),
    LocalSecondaryIndexes: z.array(index).default([]),
    StreamSpecification: z
      .object({ StreamEnabled: z.boolean(), StreamViewType: z.string().optional() })
      .optional(),
  }),
});

type Table = z.output<typeof description>['Table'];

const POLL_MILLISECONDS = 20;

/**
 * Creates a table, or brings an existing one to its definition: indexes are added and removed, stream and time
 * to live switched; items stay.
 * @throws TableMismatchError when keys or local indexes differ.
 */
export async function ensureTable(call: CallDynamoDb, definition: TableDefinition): Promise<void> {
  const existing = await describe(call, definition.tableName);
  if (existing === undefined) await create(call, definition);
  else await update(call, definition, existing);
  await ensureTimeToLive(call, definition);
}

async function create(call: CallDynamoDb, definition: TableDefinition): Promise<void> {
  const { globalSecondaryIndexes, localSecondaryIndexes, streamViewType } = definition;
  await call('CreateTable', {
    TableName: definition.tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: definition.attributeDefinitions,
    KeySchema: definition.keySchema,
    ...(globalSecondaryIndexes.length === 0 ? {} : { GlobalSecondaryIndexes: globalSecondaryIndexes }),
    ...(localSecondaryIndexes.length === 0 ? {} : { LocalSecondaryIndexes: localSecondaryIndexes }),
    ...(streamViewType === undefined
      ? {}
      : { StreamSpecification: { StreamEnabled: true, StreamViewType: streamViewType } }),
  });
  await untilActive(call, definition.tableName);
}

async function update(call: CallDynamoDb, definition: TableDefinition, table: Table): Promise<void> {
  const { tableName } = definition;
  const wantedKeys = keysOf(definition.keySchema, definition.attributeDefinitions);
  if (!isDeepStrictEqual(wantedKeys, keysOf(table.KeySchema, table.AttributeDefinitions))) {
    throw new TableMismatchError(tableName, 'keys');
  }
  if (!isDeepStrictEqual(byName(definition.localSecondaryIndexes), byName(table.LocalSecondaryIndexes))) {
    throw new TableMismatchError(tableName, 'local secondary indexes');
  }

  const updateTable = async (change: object): Promise<void> => {
    await call('UpdateTable', { TableName: tableName, ...change });
    await untilActive(call, tableName);
  };
  const wanted = byName(definition.globalSecondaryIndexes);
  const present = byName(table.GlobalSecondaryIndexes);
  for (const [name, existing] of Object.entries(present)) {
    if (!isDeepStrictEqual(existing, wanted[name])) {
      await updateTable({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: name } }] });
    }
  }
  for (const [name, added] of Object.entries(wanted)) {
    if (!isDeepStrictEqual(added, present[name])) {
      await updateTable({
        AttributeDefinitions: definition.attributeDefinitions,
        GlobalSecondaryIndexUpdates: [{ Create: added }],
      });
    }
  }

  const { StreamEnabled = false, StreamViewType } = table.StreamSpecification ?? {};
  const presentView = StreamEnabled ? StreamViewType : undefined;
  if (presentView === definition.streamViewType) return;
  if (presentView !== undefined) await updateTable({ StreamSpecification: { StreamEnabled: false } });
  if (definition.streamViewType !== undefined) {
    await updateTable({
      StreamSpecification: { StreamEnabled: true, StreamViewType: definition.streamViewType },
    });
  }
}

const timeToLive = z.object({
  TimeToLiveDescription: z.object({ TimeToLiveStatus: z.string(), AttributeName: z.string().optional() }),
});

async function ensureTimeToLive(
  call: CallDynamoDb,
  { tableName, ttlAttribute }: TableDefinition,
): Promise<void> {
  const { TimeToLiveDescription: present } = timeToLive.parse(
    await call('DescribeTimeToLive', { TableName: tableName }),
  );
  const presentAttribute = present.TimeToLiveStatus.startsWith('ENABL') ? present.AttributeName : undefined;
  if (presentAttribute === ttlAttribute) return;
  const specify = (AttributeName: string, Enabled: boolean): Promise<unknown> =>
    call('UpdateTimeToLive', { TableName: tableName, TimeToLiveSpecification: { AttributeName, Enabled } });
  if (presentAttribute !== undefined) await specify(presentAttribute, false);
  if (ttlAttribute !== undefined) await specify(ttlAttribute, true);
}

async function describe(call: CallDynamoDb, tableName: string): Promise<Table | undefined> {
  try {
    return description.parse(await call('DescribeTable', { TableName: tableName })).Table;
  } catch (error) {
    if (error instanceof DynamoDbError && error.type === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

async function untilActive(call: CallDynamoDb, tableName: string): Promise<void> {
  for (;;) {
    const table = await describe(call, tableName);
    const indexesActive = table?.GlobalSecondaryIndexes.every(({ IndexStatus }) => IndexStatus === 'ACTIVE');
    if (table?.TableStatus === 'ACTIVE' && indexesActive === true) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MILLISECONDS));
  }
}

function byName(indexes: readonly IndexDefinition[]): Record<string, IndexDefinition> {
  return Object.fromEntries(
    indexes.map(({ IndexName, KeySchema, Projection }) => [IndexName, { IndexName, KeySchema, Projection }]),
  );
}

/** Each key attribute with its role and type. */
function keysOf(schema: KeySchema, attributes: TableDefinition['attributeDefinitions']): string[] {
  return schema.map(({ AttributeName, KeyType }) => {
    const type = attributes.find((attribute) => attribute.AttributeName === AttributeName)?.AttributeType;
    return `${AttributeName} ${KeyType} ${type ?? ''}`;
  });
}
