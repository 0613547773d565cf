import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb';
import { z } from 'zod';
import { systemClock, type Clock } from '../../lambdas/platform/clock.ts';
import { documentClient } from '../../lambdas/platform/dynamodb/create-store.ts';
import type { Store } from '../../lambdas/platform/dynamodb/store.ts';
import { keyTable } from '../../lib/internal/core/key-table.ts';
import { openDatabase } from '../../local/dynamodb/database.ts';
import type { TableDefinition } from '../../local/dynamodb/table-definition.ts';
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

/** The table as the stack declares it. */
export const TABLE_DEFINITION: TableDefinition = tableDefinition();

/**
 * Starts it. Without the stream: no test of the functions needs it, and it slows the engine's writes down. Without TTL:
 * the engine deletes by the real time, every minute, and what a test's clock has made would vanish in slow tests.
 */
export async function openTestTable(clock: Clock = systemClock): Promise<TestTable> {
  const database = await openDatabase({ report: () => undefined });
  await ensureTable(database.call, TABLE_DEFINITION);
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

/** Resolved alone: to synthesize a whole app takes seconds. */
function tableDefinition(): TableDefinition {
  const stack = new Stack(new App(), 'Test');
  const table = keyTable(stack, 'Table', { deletionProtection: false, removalPolicy: RemovalPolicy.DESTROY });
  const resource = table.node.defaultChild;
  if (!(resource instanceof CfnGlobalTable)) throw new Error('the table is no AWS::DynamoDB::GlobalTable');
  const { attributeDefinitions, globalSecondaryIndexes } = resource;
  const declared = Declared.parse(
    stack.resolve({
      attributeDefinitions,
      keySchema: resource.keySchema,
      globalSecondaryIndexes,
    }),
  );
  return {
    tableName: TEST_TABLE_NAME,
    tableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${TEST_TABLE_NAME}`,
    attributeDefinitions: declared.attributeDefinitions.map(({ attributeName, attributeType }) => ({
      AttributeName: attributeName,
      AttributeType: attributeType,
    })),
    keySchema: keyElements(declared.keySchema),
    globalSecondaryIndexes: declared.globalSecondaryIndexes.map((index) => ({
      IndexName: index.indexName,
      KeySchema: keyElements(index.keySchema),
      Projection: { ProjectionType: index.projection.projectionType },
    })),
    localSecondaryIndexes: [],
  };
}

function keyElements(
  elements: z.infer<typeof keySchema>,
): { readonly AttributeName: string; readonly KeyType: string }[] {
  return elements.map(({ attributeName, keyType }) => ({ AttributeName: attributeName, KeyType: keyType }));
}
