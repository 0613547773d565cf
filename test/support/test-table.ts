import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { inject } from 'vitest';
import { systemClock, type Clock } from '../../lambdas/platform/clock.ts';
import { documentClient } from '../../lambdas/platform/dynamodb/create-store.ts';
import type { Store } from '../../lambdas/platform/dynamodb/store.ts';
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

/** The table as the stack declares it. */
export const TABLE_DEFINITION: TableDefinition = inject('tableDefinition');

export const TEST_TABLE_NAME = TABLE_DEFINITION.tableName;

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
