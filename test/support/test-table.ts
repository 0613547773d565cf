import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { systemClock, type Clock } from '../../lambdas/platform/clock.ts';
import type { Store } from '../../lambdas/platform/dynamodb/store.ts';
import { keyTable } from '../../lib/key-table.ts';
import { openDatabase } from '../../local/dynamodb/database.ts';
import { ensureTable } from '../../local/dynamodb/ensure-table.ts';

/** The table of the stack in an engine of its own, in memory. */
export interface TestTable {
  readonly store: Store;
  readonly client: DynamoDBClient;
  readonly endpoint: string;
  readonly close: () => Promise<void>;
}

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.string() }));
const Declared = z.object({
  Properties: z.object({
    AttributeDefinitions: z.array(z.object({ AttributeName: z.string(), AttributeType: z.string() })),
    KeySchema: keySchema,
    GlobalSecondaryIndexes: z.array(
      z.object({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.object({ ProjectionType: z.string() }),
      }),
    ),
    TimeToLiveSpecification: z.object({ AttributeName: z.string() }),
  }),
});

export const TEST_TABLE_NAME = 'keybound-test';

/** Starts it. Without the stream: no test of the functions needs it, and it slows the engine's writes down. */
export async function openTestTable(clock: Clock = systemClock): Promise<TestTable> {
  const stack = new Stack(new App(), 'Test');
  keyTable(stack, 'Table', { deletionProtection: false, removalPolicy: RemovalPolicy.DESTROY });
  const [declared] = Object.values(Template.fromStack(stack).findResources('AWS::DynamoDB::GlobalTable'));
  const { Properties: table } = Declared.parse(declared);

  const database = await openDatabase({ report: () => undefined });
  await ensureTable(database.call, {
    tableName: TEST_TABLE_NAME,
    tableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${TEST_TABLE_NAME}`,
    attributeDefinitions: table.AttributeDefinitions,
    keySchema: table.KeySchema,
    globalSecondaryIndexes: table.GlobalSecondaryIndexes,
    localSecondaryIndexes: [],
    ttlAttribute: table.TimeToLiveSpecification.AttributeName,
  });
  const client = new DynamoDBClient({
    endpoint: database.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  return {
    client,
    endpoint: database.endpoint,
    store: {
      client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
      tableName: TEST_TABLE_NAME,
      clock,
    },
    close: async () => {
      client.destroy();
      await database.stop();
    },
  };
}
