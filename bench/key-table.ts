import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createKeyValue, digestKeyValue } from '../lambdas/core/key-value.ts';
import { systemClock, toEpochSeconds } from '../lambdas/platform/clock.ts';
import { apiKey, credentialKey, TTL_ATTRIBUTE } from '../lambdas/platform/dynamodb/keys.ts';
import { writeAll } from '../lambdas/platform/dynamodb/store.ts';
import { create } from '../lambdas/platform/dynamodb/writes.ts';
import { openDatabase } from '../local/dynamodb/database.ts';
import { ensureTable } from '../local/dynamodb/ensure-table.ts';
import type { TableDefinition } from '../local/dynamodb/table-definition.ts';
import { API_ID, GATEWAY_API_ID } from './restricted-key.ts';

const YEAR_SECONDS = 365 * 24 * 3600;

/** Rules as they are stored. */
export interface Restrictions {
  readonly permittedIp: readonly string[];
  readonly permittedReferrer: readonly string[];
}

/** A table with one published API, and what a benchmark of the authorizer needs of it. */
export interface KeyTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /** Stores the credential of a new production key with a subscription; returns the key's value. */
  issueKey(restrictions: Restrictions): Promise<string>;
  /** Deletes the table and stops the engine. */
  close(): Promise<void>;
}

/**
 * Opens a table in the embedded engine, in memory, or at `AWS_ENDPOINT_URL_DYNAMODB`. It has neither stream nor
 * index: no read depends on them.
 */
export async function openKeyTable(createClient: (endpoint: string) => DynamoDBClient): Promise<KeyTable> {
  const endpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  const database = await openDatabase({
    ...(endpoint !== undefined && endpoint !== '' && { endpoint }),
    report: (text) => process.stderr.write(`${text}\n`),
  });
  const tableName = `keybound-bench-${randomUUID()}`;
  const client = createClient(database.endpoint);
  const store = { client: DynamoDBDocumentClient.from(client), tableName, clock: systemClock };
  const close = async (): Promise<void> => {
    client.destroy();
    await database.call('DeleteTable', { TableName: tableName }).finally(() => database.stop());
  };
  try {
    await ensureTable(database.call, tableDefinition(tableName));
    const api = { gatewayApiId: GATEWAY_API_ID, lifecycle: 'PUBLISHED' };
    await writeAll(store, [create(apiKey(API_ID), api)]);
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return {
    client,
    tableName,
    async issueKey(restrictions) {
      const value = createKeyValue('kb', 'PRODUCTION');
      const attributes = credentialAttributes(restrictions);
      await writeAll(store, [create(credentialKey(digestKeyValue(value)), attributes)]);
      return value;
    },
    close,
  };
}

/** A credential as it is stored: the authorizer's own reader refuses anything else. */
function credentialAttributes(restrictions: Restrictions): Record<string, unknown> {
  const expiresAt = toEpochSeconds(systemClock()) + YEAR_SECONDS;
  return {
    keyUUID: randomUUID(),
    keyName: 'orders of the web shop',
    keyType: 'PRODUCTION',
    status: 'ACTIVE',
    apiId: API_ID,
    owner: randomUUID(),
    issuedAt: systemClock(),
    ...restrictions,
    expiresAt,
    applicationId: randomUUID(),
    subscriptions: {
      [API_ID]: { subscriptionId: randomUUID(), status: 'UNBLOCKED', policy: 'Unlimited' },
    },
    [TTL_ATTRIBUTE]: expiresAt,
  };
}

function tableDefinition(tableName: string): TableDefinition {
  return {
    tableName,
    tableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${tableName}`,
    attributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    keySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    globalSecondaryIndexes: [],
    localSecondaryIndexes: [],
  };
}
