import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  type BatchWriteCommandInput,
  type BatchWriteCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { createKeyValue, digestKeyValue } from '../lambdas/core/keys/key-value.ts';
import {
  credentialWrite,
  keyAttributes,
  keyKeyOf,
  keyReferenceWrite,
} from '../lambdas/management/keys/key-items.ts';
import type { Management } from '../lambdas/management/frame/management.ts';
import { systemClock } from '../lambdas/platform/clock.ts';
import type { ApiItem, ApplicationItem, KeyItem } from '../lambdas/platform/dynamodb/items.ts';
import {
  apiItemKey,
  apiListing,
  applicationItemKey,
  LISTING_INDEX,
} from '../lambdas/platform/dynamodb/keys.ts';
import { create, type Write } from '../lambdas/platform/dynamodb/writes.ts';
import { openDatabase } from '../local/dynamodb/database.ts';
import { ensureTable } from '../local/dynamodb/ensure-table.ts';
import type { TableDefinition } from '../local/dynamodb/table-definition.ts';

export const API_OF_KEYS = randomUUID();
export const KEYS_OF_OWNER = 100;

const MAX_BATCH_ITEMS = 25;
/** Batches that are under way at the same time while the table is filled. */
const BATCHES_AT_ONCE = 8;

/** A table with many keys, and the management operations on it. */
export interface FilledTable {
  readonly management: Management;
  readonly filledInSeconds: number;
  /** How often each command was sent since the table was filled. */
  readonly requests: ReadonlyMap<string, number>;
  /** An owner; each in turn. */
  readonly nextOwner: () => string;
  /** The id of a key that nobody was told of before. */
  readonly nextKey: () => string;
  /** Deletes the table and stops its engine. */
  readonly close: () => Promise<void>;
}

/**
 * Opens a table with the index, in an engine of its own, and stores `keyCount` keys of one API in it, as the
 * functions store them: `KEYS_OF_OWNER` for each owner, every other one with an application.
 */
export async function openFilledTable(keyCount: number): Promise<FilledTable> {
  const endpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  const database = await openDatabase({
    ...(endpoint !== undefined && endpoint !== '' && { endpoint }),
    report: (text) => process.stderr.write(`${text}\n`),
  });
  const tableName = `keybound-bench-${randomUUID()}`;
  const client = clientOf(database.endpoint);
  const documents = documentsOf(client);
  const close = async (): Promise<void> => {
    client.destroy();
    await database.call('DeleteTable', { TableName: tableName }).finally(() => database.stop());
  };
  try {
    await ensureTable(database.call, tableDefinition(tableName));
    const owners = ownersOf(keyCount);
    const startedAt = performance.now();
    const free = await fill(documents, tableName, owners);
    const filledInSeconds = Math.round((performance.now() - startedAt) / 1000);
    const management = {
      store: { client: documents, tableName, clock: systemClock },
      clock: systemClock,
      keyPrefix: 'kb',
    };
    return {
      management,
      filledInSeconds,
      requests: countRequests(client),
      nextOwner: inTurn(owners),
      nextKey: inTurn(free),
      close,
    };
  } catch (error) {
    await close().catch(() => undefined);
    throw error;
  }
}

/** Stores `keyCount` keys in a table that is there, as `openFilledTable` does in its own. */
export async function fillTable(endpoint: string, tableName: string, keyCount: number): Promise<void> {
  const client = clientOf(endpoint);
  await fill(documentsOf(client), tableName, ownersOf(keyCount));
  client.destroy();
}

function ownersOf(keyCount: number): readonly string[] {
  return Array.from({ length: keyCount / KEYS_OF_OWNER }, () => randomUUID());
}

function clientOf(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

function documentsOf(client: DynamoDBClient): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

/** @returns ids of keys without an application, from all parts of the table. */
async function fill(
  documents: DynamoDBDocumentClient,
  tableName: string,
  owners: readonly string[],
): Promise<readonly string[]> {
  const free: string[] = [];
  const items = itemsOf(owners, free);
  const work = async (): Promise<void> => {
    for (let batch = take(items); batch.length > 0; batch = take(items)) {
      const puts = batch.map((item) => ({ PutRequest: { Item: item } }));
      let open: BatchWriteCommandInput['RequestItems'] = { [tableName]: puts };
      while (open !== undefined && Object.keys(open).length > 0) {
        const answer: BatchWriteCommandOutput = await documents.send(
          new BatchWriteCommand({ RequestItems: open }),
        );
        open = answer.UnprocessedItems;
      }
    }
  };
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, work));
  return free;
}

type Item = Record<string, unknown>;

function take(items: Generator<Item, void>): readonly Item[] {
  const batch: Item[] = [];
  while (batch.length < MAX_BATCH_ITEMS) {
    const next = items.next();
    if (next.done === true) break;
    batch.push(next.value);
  }
  return batch;
}

/** Owner by owner within each round, so that keys of the same age belong to different owners. */
function* itemsOf(owners: readonly string[], free: string[]): Generator<Item, void> {
  const bornAt = systemClock() - owners.length * KEYS_OF_OWNER * 1000;
  yield { ...apiItem(bornAt), ...apiListing('PizzaShackAPI', '1.0.0'), ...apiItemKey(API_OF_KEYS) };
  const applications = owners.map((owner) => applicationItem(owner, bornAt));
  for (const application of applications) {
    yield { ...application, ...applicationItemKey(application.owner, application.applicationId) };
  }
  for (let round = 0; round < KEYS_OF_OWNER; round += 1) {
    for (const [index, { owner, applicationId }] of applications.entries()) {
      const isFree = round % 2 === 0;
      const key = keyItem(owner, bornAt + (round * owners.length + index) * 1000, {
        ...(!isFree && { applicationId }),
      });
      if (isFree) free.push(key.keyUUID);
      const writes = [
        create(keyKeyOf(key), keyAttributes(key)),
        keyReferenceWrite(key),
        credentialWrite(key, {}),
      ];
      yield* writes.map(itemOf);
    }
  }
}

function itemOf(write: Write): Item {
  if (write.type !== 'put') throw new Error('only whole items can be stored in batches');
  return write.item;
}

function keyItem(owner: string, createdAt: number, more: { readonly applicationId?: string }): KeyItem {
  return {
    keyUUID: randomUUID(),
    keyName: 'orders of the web shop',
    keyType: 'PRODUCTION',
    status: 'ACTIVE',
    apiId: API_OF_KEYS,
    apiName: 'PizzaShackAPI',
    owner,
    ownerName: 'a developer',
    description: '',
    metadata: {},
    digest: digestKeyValue(createKeyValue('kb', 'PRODUCTION')),
    validityPeriod: -1,
    createdAt,
    issuedAt: createdAt,
    permittedIp: ['192.0.2.0/24'],
    permittedReferrer: [],
    version: 1,
    ...more,
  };
}

function applicationItem(owner: string, createdAt: number): ApplicationItem {
  return {
    applicationId: randomUUID(),
    owner,
    ownerName: 'a developer',
    name: 'Web shop',
    description: '',
    throttlingPolicy: 'Unlimited',
    tokenType: 'JWT',
    attributes: {},
    subscriptionCount: 0,
    keys: {},
    createdAt,
    updatedAt: createdAt,
    version: 1,
  };
}

function apiItem(createdAt: number): ApiItem {
  return {
    apiId: API_OF_KEYS,
    name: 'PizzaShackAPI',
    version: '1.0.0',
    context: '/pizzashack/1.0.0',
    description: '',
    provider: 'PizzaShack',
    lifecycle: 'PUBLISHED',
    requiresSubscription: true,
    acceptsImportedKeys: false,
    approvesSubscriptions: false,
    keyHeader: 'apikey',
    gatewayApiId: 'abcdef1234',
    productionUrl: 'https://api.example.com/pizzashack/1.0.0',
    sandboxUrl: 'https://sandbox.example.com/pizzashack/1.0.0',
    stackId: 'arn:aws:cloudformation:us-east-1:000000000000:stack/Samples/1',
    createdAt,
    updatedAt: createdAt,
    revision: 1,
  };
}

function countRequests(client: DynamoDBClient): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  client.middlewareStack.add(
    (next, { commandName = 'unknown' }) =>
      (request) => {
        counts.set(commandName, (counts.get(commandName) ?? 0) + 1);
        return next(request);
      },
    { step: 'initialize' },
  );
  return counts;
}

function inTurn(values: readonly string[]): () => string {
  let place = 0;
  return () => {
    const value = values[place % values.length];
    place += 1;
    if (value === undefined) throw new Error('there is none');
    return value;
  };
}

function tableDefinition(tableName: string): TableDefinition {
  const texts = ['pk', 'sk', 'listing', 'listingOrder'];
  const key = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: 'HASH' },
    { AttributeName: range, KeyType: 'RANGE' },
  ];
  return {
    tableName,
    tableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${tableName}`,
    attributeDefinitions: texts.map((name) => ({ AttributeName: name, AttributeType: 'S' })),
    keySchema: key('pk', 'sk'),
    globalSecondaryIndexes: [
      {
        IndexName: LISTING_INDEX,
        KeySchema: key('listing', 'listingOrder'),
        Projection: { ProjectionType: 'ALL' },
      },
    ],
    localSecondaryIndexes: [],
  };
}
