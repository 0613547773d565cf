import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb';
import { z } from 'zod';
import { systemClock, type Clock } from '../../lambdas/platform/clock.ts';
import { documentClient } from '../../lambdas/platform/dynamodb/create-store.ts';
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

const keySchema = z.array(z.object({ attributeName: z.string(), keyType: z.string() }));
const Declared = z.object({
  attributeDefinitions: z.array(z.object({ attributeName: z.string(), attributeType: z.string() })),
  keySchema,
  globalSecondaryIndexes: z.array(
    z.object({
      indexName: z.string(),
      keySchema,
      projection: z.object({ projectionType: z.string() }),
    }),
  ),
});

export const TEST_TABLE_NAME = 'keybound-test';

/**
 * Starts it. Without the stream: no test of the functions needs it, and it slows the engine's writes down. Without TTL:
 * the engine deletes by the real time, every minute, and what a test's clock has made would vanish in slow tests.
 */
export async function openTestTable(clock: Clock = systemClock): Promise<TestTable> {
  const table = declaredTable();
  const database = await openDatabase({ report: () => undefined });
  await ensureTable(database.call, {
    tableName: TEST_TABLE_NAME,
    tableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${TEST_TABLE_NAME}`,
    attributeDefinitions: table.attributeDefinitions.map(({ attributeName, attributeType }) => ({
      AttributeName: attributeName,
      AttributeType: attributeType,
    })),
    keySchema: keyElements(table.keySchema),
    globalSecondaryIndexes: table.globalSecondaryIndexes.map((index) => ({
      IndexName: index.indexName,
      KeySchema: keyElements(index.keySchema),
      Projection: { ProjectionType: index.projection.projectionType },
    })),
    localSecondaryIndexes: [],
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
      client: documentClient(client),
      tableName: TEST_TABLE_NAME,
      clock,
    },
    close: async () => {
      client.destroy();
      await database.stop();
    },
  };
}

/** What the stack declares of the table. Resolved alone: to synthesize a whole app takes seconds. */
function declaredTable(): z.infer<typeof Declared> {
  const stack = new Stack(new App(), 'Test');
  const table = keyTable(stack, 'Table', { deletionProtection: false, removalPolicy: RemovalPolicy.DESTROY });
  const declared = table.node.defaultChild;
  if (!(declared instanceof CfnGlobalTable)) throw new Error('the table is no AWS::DynamoDB::GlobalTable');
  const { attributeDefinitions, globalSecondaryIndexes } = declared;
  return Declared.parse(
    stack.resolve({
      attributeDefinitions,
      keySchema: declared.keySchema,
      globalSecondaryIndexes,
    }),
  );
}

function keyElements(
  elements: z.infer<typeof keySchema>,
): { readonly AttributeName: string; readonly KeyType: string }[] {
  return elements.map(({ attributeName, keyType }) => ({ AttributeName: attributeName, KeyType: keyType }));
}
