import { z } from 'zod';
import { TTL_ATTRIBUTE } from '../../lambdas/platform/dynamodb/keys.ts';
import { createDynamoDbCaller } from '../../local/dynamodb/call-dynamodb.ts';
import { ensureTable } from '../../local/dynamodb/ensure-table.ts';

const Keys = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const Described = z.object({
  Table: z.object({
    AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
    KeySchema: Keys,
    GlobalSecondaryIndexes: z.array(
      z.object({
        IndexName: z.string(),
        KeySchema: Keys,
        Projection: z.object({ ProjectionType: z.string() }),
      }),
    ),
  }),
});
const Page = z.object({
  Items: z.array(z.record(z.string(), z.unknown())),
  LastEvaluatedKey: z.record(z.string(), z.unknown()).optional(),
});

/** What the runbook does with a backup: a new table with the items of `from`, its index, a new stream and the TTL. */
export async function copyTable(endpoint: string, from: string, to: string): Promise<number> {
  const call = createDynamoDbCaller(endpoint);
  const { Table } = Described.parse(await call('DescribeTable', { TableName: from }));
  await ensureTable(call, {
    tableName: to,
    tableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${to}`,
    attributeDefinitions: Table.AttributeDefinitions,
    keySchema: Table.KeySchema,
    globalSecondaryIndexes: Table.GlobalSecondaryIndexes,
    localSecondaryIndexes: [],
    streamViewType: 'NEW_AND_OLD_IMAGES',
    ttlAttribute: TTL_ATTRIBUTE,
  });
  let copied = 0;
  let start: Record<string, unknown> | undefined;
  do {
    const page = Page.parse(
      await call('Scan', {
        TableName: from,
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    for (const Item of page.Items) await call('PutItem', { TableName: to, Item });
    copied += page.Items.length;
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  return copied;
}
