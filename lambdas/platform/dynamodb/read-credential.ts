import { GetItemCommand, type AttributeValue, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CREDENTIAL_STATUSES,
  KEY_TYPES,
  SUBSCRIPTION_STATUSES,
  type Credential,
  type CredentialSubscription,
} from '../../core/credential.ts';
import type { IpRule } from '../../core/ip-restriction.ts';
import { LIFECYCLE_STATUSES, type ApiState } from '../../core/managed-api.ts';
import type { ReferrerRule } from '../../core/referrer-restriction.ts';
import { apiKey, credentialKey, type ItemKey } from './keys.ts';

/** What the authorizer's reads need. It has no other: its role allows `GetItem` alone. */
export interface CredentialReads {
  readonly client: Pick<DynamoDBClient, 'send'>;
  readonly tableName: string;
  readonly compileIpRule: (rule: string) => IpRule;
  readonly compileReferrerRule: (rule: string) => ReferrerRule;
}

type Item = Readonly<Record<string, AttributeValue>>;

/**
 * Reads what one key value stands for at the API that is called, strongly consistent.
 * @returns `undefined` when there is no such value.
 * @throws Error when DynamoDB does not answer or the item is not what this version writes: no decision.
 */
export async function readCredential(
  reads: CredentialReads,
  digest: string,
  apiId: string,
): Promise<Credential | undefined> {
  const item = await getItem(reads, credentialKey(digest));
  if (item === undefined) return undefined;
  const expiresAtEpochSeconds = optional(item, 'expiresAt', integer);
  const applicationId = optional(item, 'applicationId', text);
  const boundApiId = optional(item, 'apiId', text);
  const replacedAtEpochSeconds = optional(item, 'replacedAt', integer);
  const subscription = subscriptionTo(item, apiId);
  return {
    keyUUID: text(item, 'keyUUID'),
    keyName: text(item, 'keyName'),
    keyType: oneOf(item, 'keyType', KEY_TYPES),
    status: oneOf(item, 'status', CREDENTIAL_STATUSES),
    owner: text(item, 'owner'),
    issuedAtEpochMilliseconds: integer(item, 'issuedAt'),
    permittedIp: texts(item, 'permittedIp').map(reads.compileIpRule),
    permittedReferrer: texts(item, 'permittedReferrer').map(reads.compileReferrerRule),
    ...(expiresAtEpochSeconds !== undefined && { expiresAtEpochSeconds }),
    ...(replacedAtEpochSeconds !== undefined && { replacedAtEpochSeconds }),
    ...(boundApiId !== undefined && { apiId: boundApiId }),
    ...(applicationId !== undefined && { applicationId }),
    ...(subscription !== undefined && { subscription }),
  };
}

/** A credential carries the subscriptions of its application by API; one look finds the one that counts. */
function subscriptionTo(item: Item, apiId: string): CredentialSubscription | undefined {
  const { subscriptions } = item;
  if (subscriptions?.M === undefined) throw new Error('the stored item has no map of subscriptions');
  const entry = Object.hasOwn(subscriptions.M, apiId) ? subscriptions.M[apiId] : undefined;
  if (entry === undefined) return undefined;
  if (entry.M === undefined) throw new Error('a stored subscription is not a map');
  return {
    subscriptionId: text(entry.M, 'subscriptionId'),
    status: oneOf(entry.M, 'status', SUBSCRIPTION_STATUSES),
    policy: text(entry.M, 'policy'),
  };
}

/** Reads the state of an API, strongly consistent; `undefined` when it is not registered. */
export async function readApiState(reads: CredentialReads, apiId: string): Promise<ApiState | undefined> {
  const item = await getItem(reads, apiKey(apiId));
  if (item === undefined) return undefined;
  return {
    gatewayApiId: text(item, 'gatewayApiId'),
    lifecycle: oneOf(item, 'lifecycle', LIFECYCLE_STATUSES),
  };
}

async function getItem(
  { client, tableName }: CredentialReads,
  { pk, sk }: ItemKey,
): Promise<Item | undefined> {
  const { Item: item } = await client.send(
    new GetItemCommand({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } }, ConsistentRead: true }),
  );
  return item;
}

// Decoded by hand: a schema library would double the authorizer's load time.

function text(item: Item, name: string): string {
  const value = item[name]?.S;
  if (value === undefined) throw new Error(`the stored item has no text attribute ${name}`);
  return value;
}

function texts(item: Item, name: string): readonly string[] {
  const attribute = item[name];
  if (attribute?.L === undefined) throw new Error(`the stored attribute ${name} is not a list`);
  return attribute.L.map((entry) => {
    if (entry.S === undefined) throw new Error(`the stored attribute ${name} is not a list of texts`);
    return entry.S;
  });
}

function integer(item: Item, name: string): number {
  const value = Number(item[name]?.N);
  if (!Number.isSafeInteger(value)) throw new Error(`the stored item has no whole number ${name}`);
  return value;
}

function oneOf<T extends string>(item: Item, name: string, values: readonly T[]): T {
  const stored = text(item, name);
  const value = values.find((candidate) => candidate === stored);
  if (value === undefined) throw new Error(`the stored attribute ${name} has an unknown value`);
  return value;
}

function optional<T>(item: Item, name: string, read: (item: Item, name: string) => T): T | undefined {
  return item[name] === undefined ? undefined : read(item, name);
}
