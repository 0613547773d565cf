import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { createKeyValue, digestKeyValue } from '../lambdas/core/keys/key-value.ts';
import { POLICY_LEVELS } from '../lambdas/core/limits/throttling-policy.ts';
import { systemClock, toEpochSeconds } from '../lambdas/platform/clock.ts';
import {
  apiItemKey,
  applicationItemKey,
  credentialItemKey,
  policyItemKey,
  TTL_ATTRIBUTE,
} from '../lambdas/platform/dynamodb/keys.ts';
import { writeAll } from '../lambdas/platform/dynamodb/write-all.ts';
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

/** `Limited` lets so many calls through in a minute that no benchmark gets to its end. */
export type BenchPolicy = 'Unlimited' | 'Limited';
const LIMITED_REQUESTS_A_MINUTE = 1_000_000;

/** A table with one published API, and what a benchmark of the authorizer needs of it. */
export interface KeyTable {
  readonly client: DynamoDBClient;
  readonly tableName: string;
  /**
   * Stores the credential of a new production key with a subscription, whose plan and application both have the policy;
   * returns the key's value.
   */
  issueKey(restrictions: Restrictions, policy?: BenchPolicy): Promise<string>;
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
    await writeAll(store, [create(apiItemKey(API_ID), api), ...policyWrites()]);
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
  return {
    client,
    tableName,
    async issueKey(restrictions, policy = 'Unlimited') {
      const value = createKeyValue('kb', 'PRODUCTION');
      const ids = { owner: randomUUID(), applicationId: randomUUID() };
      await writeAll(store, [
        create(credentialItemKey(digestKeyValue(value)), credentialAttributes(restrictions, ids, policy)),
        create(applicationItemKey(ids.owner, ids.applicationId), { throttlingPolicy: policy }),
      ]);
      return value;
    },
    close,
  };
}

/** A credential as it is stored: the authorizer's own reader refuses anything else. */
function credentialAttributes(
  restrictions: Restrictions,
  ids: { readonly owner: string; readonly applicationId: string },
  policy: BenchPolicy,
): Record<string, unknown> {
  const expiresAt = toEpochSeconds(systemClock()) + YEAR_SECONDS;
  return {
    keyUUID: randomUUID(),
    keyName: 'orders of the web shop',
    keyType: 'PRODUCTION',
    status: 'ACTIVE',
    apiId: API_ID,
    issuedAt: systemClock(),
    ...restrictions,
    expiresAt,
    ...ids,
    subscriptions: {
      [API_ID]: { subscriptionId: randomUUID(), status: 'UNBLOCKED', policy },
    },
    [TTL_ATTRIBUTE]: expiresAt,
  };
}

function policyWrites() {
  return POLICY_LEVELS.flatMap((level) => [
    create(policyItemKey(level, 'Unlimited'), { name: 'Unlimited', stopOnQuotaReach: true }),
    create(policyItemKey(level, 'Limited'), {
      name: 'Limited',
      stopOnQuotaReach: true,
      limit: { requestCount: LIMITED_REQUESTS_A_MINUTE, unitTime: 1, timeUnit: 'min' },
    }),
  ]);
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
