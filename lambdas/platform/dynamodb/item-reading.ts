import { GetItemCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { ItemKey } from './keys.ts';

/**
 * Reading items without the document client and without a schema library, for the authorizer: either would double its
 * load time.
 */
export interface ItemReads {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
}

export type Item = Readonly<Record<string, AttributeValue>>;

/** Reads one item, strongly consistent; `attribute`: no more of it than this one. */
export async function getItem(
  { client, tableName }: ItemReads,
  { pk, sk }: ItemKey,
  attribute?: string,
): Promise<Item | undefined> {
  const { Item: item } = await client.send(
    new GetItemCommand({
      TableName: tableName,
      Key: { pk: { S: pk }, sk: { S: sk } },
      ConsistentRead: true,
      ...(attribute !== undefined && { ProjectionExpression: attribute }),
    }),
  );
  return item;
}

export function text(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined) throw new Error(`the stored item has no text attribute ${name}`);
  return value;
}

export function texts(item: Item, name: string): readonly string[] {
  const attribute = item[name];
  if (attribute?.L === undefined) throw new Error(`the stored attribute ${name} is not a list`);
  return attribute.L.map((entry) => {
    if (entry.S === undefined) throw new Error(`the stored attribute ${name} is not a list of texts`);
    return entry.S;
  });
}

export function integer(item: Item, name: string): number {
  const value = Number(item[name]?.N);
  if (!Number.isSafeInteger(value)) throw new Error(`the stored item has no whole number ${name}`);
  return value;
}

export function flag(item: Item, name: string): boolean {
  const value = item[name]?.BOOL;
  if (value === undefined) throw new Error(`the stored item has no yes or no ${name}`);
  return value;
}

export function oneOf<T extends string>(item: Item, name: string, values: readonly T[]): T {
  const stored = text(item, name);
  const value = values.find((candidate) => candidate === stored);
  if (value === undefined) throw new Error(`the stored attribute ${name} has an unknown value`);
  return value;
}

export function map(item: Item, name: string): Item {
  const value = item[name]?.M;
  if (value === undefined) throw new Error(`the stored attribute ${name} is not a map`);
  return value;
}

export function optional<T>(item: Item, name: string, read: (item: Item, name: string) => T): T | undefined {
  return item[name] === undefined ? undefined : read(item, name);
}
