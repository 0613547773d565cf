import { setTimeout as delay } from 'node:timers/promises';
import {
  DynamoDBServiceException,
  TransactionCanceledException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  BatchWriteCommand,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
  type DynamoDBDocumentClient,
  type QueryCommandInput,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { z } from 'zod';
import { Fault } from '../../core/fault.ts';
import { toEpochSeconds, type Clock } from '../clock.ts';
import { isThrottle } from './item-reading.ts';
import { LISTING_INDEX, listingSpan, TTL_ATTRIBUTE, type ItemKey } from './keys.ts';
import type { Write } from './writes.ts';

/** The table as the management functions use it. */
export interface Store {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly clock: Clock;
}

/** Another writer was there first: read again and decide anew. Nothing was written. */
export class WriteConflict extends Error {
  /** Places in the transaction of the writes whose condition does not hold; the rest is held by another transaction. */
  readonly unmet: readonly number[];

  constructor(unmet: readonly number[] = []) {
    super('an item changed since it was read');
    this.name = 'WriteConflict';
    this.unmet = unmet;
  }
}

/** The table has more to do than it can: nothing was written. */
export class TableBusy extends Error {
  constructor(cause: unknown) {
    super('the table throttles', { cause });
    this.name = 'TableBusy';
  }
}

/** The table did not say whether it carried out a write. `cause`: what it said instead. */
export class OutcomeUnknown extends Error {
  constructor(cause: unknown) {
    super('it is not known whether the transaction was carried out', { cause });
    this.name = 'OutcomeUnknown';
  }
}

type Schema<T> = z.ZodType<T>;

/** Most items of one `TransactWriteItems`. */
export const MAX_TRANSACTION_ITEMS = 100;
const MAX_BATCH_GET_KEYS = 100;
const MAX_PAGE_ITEMS = 1_000;
const MAX_BATCH_WRITE_ITEMS = 25;
const UNPROCESSED_PAUSE_MILLISECONDS = 50;
const LONGEST_UNPROCESSED_PAUSE_MILLISECONDS = 2_000;
const UNPROCESSED_TRIES = 8;
/** Reasons that pass by themselves: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const UNMET = 'ConditionalCheckFailed';
const CONFLICT_REASONS = new Set([UNMET, 'TransactionConflict']);
const BUSY_REASONS = new Set(['ThrottlingError', 'ProvisionedThroughputExceeded']);

/** Reads one item, strongly consistent. An item past its TTL counts as absent, deleted or not. */
export async function readItem<T>(store: Store, key: ItemKey, schema: Schema<T>): Promise<T | undefined> {
  const { Item: item } = await store.client.send(
    new GetCommand({ TableName: store.tableName, Key: key, ConsistentRead: true }),
  );
  return item === undefined || hasEnded(store, item) ? undefined : schema.parse(item);
}

/** Reads the items that exist of `keys`, strongly consistent, in no order. */
export async function readItems<T>(store: Store, keys: readonly ItemKey[], schema: Schema<T>): Promise<T[]> {
  const found: T[] = [];
  let open: Record<string, unknown>[] = keys.map((key) => ({ ...key }));
  while (open.length > 0) {
    const { Responses: responses, UnprocessedKeys: unprocessed } = await store.client.send(
      new BatchGetCommand({
        RequestItems: {
          [store.tableName]: { Keys: open.slice(0, MAX_BATCH_GET_KEYS), ConsistentRead: true },
        },
      }),
    );
    const items = responses?.[store.tableName] ?? [];
    found.push(...items.filter((item) => !hasEnded(store, item)).map((item) => schema.parse(item)));
    const again = unprocessed?.[store.tableName]?.Keys ?? [];
    if (again.length > 0) await delay(UNPROCESSED_PAUSE_MILLISECONDS);
    open = [...again, ...open.slice(MAX_BATCH_GET_KEYS)];
  }
  return found;
}

/** Reads all items of a partition whose sort key begins with `prefix`, strongly consistent, in its order. */
export async function readPartition<T>(
  store: Store,
  partition: { readonly pk: string; readonly prefix: string },
  schema: Schema<T>,
): Promise<T[]> {
  return queryAll(store, schema, {
    KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
    ExpressionAttributeValues: { ':pk': partition.pk, ':prefix': partition.prefix },
    ConsistentRead: true,
  });
}

/** A part of a partition: the items whose sort keys lie between two, both included. */
export interface PartitionRange {
  readonly pk: string;
  readonly from: string;
  readonly to: string;
}

/**
 * Reads items of a part of a partition, strongly consistent: with `newest`, no more than so many of the last, the last
 * first; otherwise all of them in their order.
 */
export async function readRange<T>(
  store: Store,
  { pk, from, to }: PartitionRange,
  schema: Schema<T>,
  newest?: number,
): Promise<T[]> {
  return queryAll(
    store,
    schema,
    {
      KeyConditionExpression: 'pk = :pk AND sk BETWEEN :from AND :to',
      ExpressionAttributeValues: { ':pk': pk, ':from': from, ':to': to },
      ConsistentRead: true,
      ...(newest !== undefined && { ScanIndexForward: false }),
    },
    newest,
  );
}

/** Reads all items of one listing in its order. Eventually consistent: an index cannot be read otherwise. */
export async function readListing<T>(store: Store, listing: string, schema: Schema<T>): Promise<T[]> {
  return queryAll(store, schema, {
    IndexName: LISTING_INDEX,
    KeyConditionExpression: 'listing = :listing',
    ExpressionAttributeValues: { ':listing': listing },
  });
}

/** Reads the items of a listing by time from `from` on and before `to` (milliseconds since the epoch), in its order. */
export async function readListingSpan<T>(
  store: Store,
  listing: string,
  { from, to }: { readonly from: number; readonly to: number },
  schema: Schema<T>,
): Promise<T[]> {
  const { first, last } = listingSpan(from, to);
  return queryAll(store, schema, {
    IndexName: LISTING_INDEX,
    KeyConditionExpression: 'listing = :listing AND listingOrder BETWEEN :first AND :last',
    ExpressionAttributeValues: { ':listing': listing, ':first': first, ':last': last },
  });
}

/** A part of a listing. */
export interface ListingPage {
  readonly offset: number;
  readonly limit: number;
}

/** Reads a part of one listing, newest first: no more than the part and what lies before it. */
export async function readListingPage<T>(
  store: Store,
  listing: string,
  { offset, limit }: ListingPage,
  schema: Schema<T>,
): Promise<{ readonly items: readonly T[]; readonly hasMore: boolean }> {
  const found = await queryAll(
    store,
    schema,
    {
      IndexName: LISTING_INDEX,
      KeyConditionExpression: 'listing = :listing',
      ExpressionAttributeValues: { ':listing': listing },
      ScanIndexForward: false,
    },
    offset + limit + 1,
  );
  return { items: found.slice(offset, offset + limit), hasMore: found.length > offset + limit };
}

async function queryAll<T>(
  store: Store,
  schema: Schema<T>,
  query: Omit<QueryCommandInput, 'TableName'>,
  most = Infinity,
): Promise<T[]> {
  const found: T[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await store.client.send(
      new QueryCommand({
        TableName: store.tableName,
        ...query,
        ...(start !== undefined && { ExclusiveStartKey: start }),
        ...(most !== Infinity && { Limit: Math.min(most - found.length, MAX_PAGE_ITEMS) }),
      }),
    );
    const items = page.Items ?? [];
    found.push(...items.filter((item) => !hasEnded(store, item)).map((item) => schema.parse(item)));
    start = page.LastEvaluatedKey;
  } while (start !== undefined && found.length < most);
  return found;
}

/**
 * Writes all or nothing. The SDK sends one token with every try, so that a try whose answer was lost is not
 * carried out twice.
 * @throws WriteConflict when a condition does not hold or another transaction holds an item; TableBusy; after both
 * nothing was written. OutcomeUnknown when no answer came, or one that leaves it open.
 */
export async function writeAll(store: Store, writes: readonly Write[]): Promise<void> {
  if (writes.length > MAX_TRANSACTION_ITEMS) {
    throw new Fault(
      'conflict',
      'Too many keys would change at once. Nothing was written; end grace periods first.',
    );
  }
  try {
    await store.client.send(new TransactWriteCommand(transactionParams(store.tableName, writes)));
  } catch (error) {
    throw writeError(error);
  }
}

/**
 * Writes items over what is there, each by itself and in no order. None of their keys may be the same.
 * @throws TableBusy when it took none eight times in a row.
 */
export async function overwriteEach(
  store: Store,
  items: readonly (ItemKey & Readonly<Record<string, unknown>>)[],
): Promise<void> {
  let open = items.map((item) => ({ PutRequest: { Item: item } }));
  for (let stuck = 0; open.length > 0;) {
    const sent = open.slice(0, MAX_BATCH_WRITE_ITEMS);
    const { UnprocessedItems: unprocessed } = await store.client.send(
      new BatchWriteCommand({ RequestItems: { [store.tableName]: sent } }),
    );
    const left = new Set(
      (unprocessed?.[store.tableName] ?? []).map(({ PutRequest: put }) => keyText(put?.Item ?? {})),
    );
    const again = sent.filter(({ PutRequest: put }) => left.has(keyText(put.Item)));
    stuck = again.length === sent.length ? stuck + 1 : 0;
    if (stuck === UNPROCESSED_TRIES) throw new TableBusy(undefined);
    open = [...again, ...open.slice(MAX_BATCH_WRITE_ITEMS)];
    if (again.length > 0) {
      const longest = UNPROCESSED_PAUSE_MILLISECONDS * 2 ** stuck;
      await delay(Math.random() * Math.min(longest, LONGEST_UNPROCESSED_PAUSE_MILLISECONDS));
    }
  }
}

function keyText({ pk, sk }: { readonly pk?: unknown; readonly sk?: unknown }): string {
  return JSON.stringify([pk, sk]);
}

function writeError(error: unknown): unknown {
  if (error instanceof TransactionCanceledException) {
    const codes = (error.CancellationReasons ?? []).map(({ Code: code }) => code ?? 'None');
    if (codes.some((code) => CONFLICT_REASONS.has(code))) {
      return new WriteConflict(codes.flatMap((code, place) => (code === UNMET ? [place] : [])));
    }
    return codes.some((code) => BUSY_REASONS.has(code)) ? new TableBusy(error) : error;
  }
  if (isThrottle(error)) return new TableBusy(error);
  // An earlier try of the same transaction is still at work.
  if (error instanceof TransactionInProgressException) return new OutcomeUnknown(error);
  // What the client got wrong is refused before it is carried out; all else may have been carried out.
  return error instanceof DynamoDBServiceException && error.$fault === 'client'
    ? error
    : new OutcomeUnknown(error);
}

function transactionParams(tableName: string, writes: readonly Write[]): TransactWriteCommandInput {
  return {
    TransactItems: writes.map((write) => {
      switch (write.type) {
        case 'put':
          return { Put: { TableName: tableName, Item: write.item, ...write.condition } };
        case 'update':
          return {
            Update: {
              TableName: tableName,
              Key: write.key,
              UpdateExpression: write.update,
              ...write.condition,
            },
          };
        case 'delete':
          return { Delete: { TableName: tableName, Key: write.key, ...write.condition } };
      }
    }),
  };
}

function hasEnded({ clock }: Store, item: Record<string, unknown>): boolean {
  const ttl = item[TTL_ATTRIBUTE];
  return typeof ttl === 'number' && ttl <= toEpochSeconds(clock());
}

/** Reads one page of a partition, newest sort key first; `next` starts the page after it. */
export async function readPartitionPage<T>(
  store: Store,
  pk: string,
  schema: Schema<T>,
  start: Record<string, unknown> | undefined,
): Promise<{ readonly items: readonly T[]; readonly next: Record<string, unknown> | undefined }> {
  const page = await store.client.send(
    new QueryCommand({
      TableName: store.tableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': pk },
      ConsistentRead: true,
      ScanIndexForward: false,
      ...(start !== undefined && { ExclusiveStartKey: start }),
    }),
  );
  return { items: (page.Items ?? []).map((item) => schema.parse(item)), next: page.LastEvaluatedKey };
}
