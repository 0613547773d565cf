import { z } from 'zod';
import type { CallDynamoDb } from './call-dynamodb.ts';
import { ensureTable } from './ensure-table.ts';

/** The runner's own memory: texts by id. */
export interface RunnerState {
  load(id: string): Promise<string | undefined>;
  save(id: string, value: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Every id that starts with a prefix. */
  ids(prefix: string): Promise<string[]>;
}

const TABLE = 'keybound-local-runner-state';

const item = z.object({ Item: z.object({ value: z.object({ S: z.string() }) }).optional() });

const page = z.object({
  Items: z.array(z.object({ id: z.object({ S: z.string() }) })),
  LastEvaluatedKey: z.record(z.string(), z.unknown()).optional(),
});

/**
 * Opens the runner's own table. It is in the same database as the data that it tells of, so the two are kept,
 * lost and replaced together.
 */
export async function openRunnerState(call: CallDynamoDb): Promise<RunnerState> {
  await ensureTable(call, {
    tableName: TABLE,
    tableArn: '',
    attributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    keySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    globalSecondaryIndexes: [],
    localSecondaryIndexes: [],
  });
  const key = (id: string) => ({ TableName: TABLE, Key: { id: { S: id } } });
  return {
    async load(id) {
      const { Item } = item.parse(await call('GetItem', { ...key(id), ConsistentRead: true }));
      return Item?.value.S;
    },
    async save(id, value) {
      await call('PutItem', { TableName: TABLE, Item: { id: { S: id }, value: { S: value } } });
    },
    async remove(id) {
      await call('DeleteItem', key(id));
    },
    async ids(prefix) {
      const found: string[] = [];
      let start: Record<string, unknown> | undefined;
      do {
        const { Items, LastEvaluatedKey } = page.parse(
          await call('Scan', {
            TableName: TABLE,
            ConsistentRead: true,
            ...(start === undefined ? {} : { ExclusiveStartKey: start }),
          }),
        );
        found.push(...Items.map(({ id }) => id.S).filter((id) => id.startsWith(prefix)));
        start = LastEvaluatedKey;
      } while (start !== undefined);
      return found;
    },
  };
}
