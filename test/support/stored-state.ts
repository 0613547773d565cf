import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import { digestKeyValue } from '../../lambdas/core/keys/key-value.ts';
import { credentialItemKey } from '../../lambdas/platform/dynamodb/keys.ts';
import type { Store } from '../../lambdas/platform/dynamodb/store.ts';
import type { StoredItem } from './table-contents.ts';

/** What a credential carries of a subscription. */
export interface StoredSubscription {
  readonly subscriptionId?: unknown;
  readonly status?: unknown;
  readonly policy?: unknown;
}

/** The attributes of a credential whose application subscribes to an API, or to none. */
export function subscriptionAttributes(apiId: string, subscription: StoredSubscription | undefined) {
  return { subscriptions: subscription === undefined ? {} : { [apiId]: subscription } };
}

const Subscriptions = z.object({ subscriptions: z.record(z.string(), z.unknown()) });

/** The subscriptions that a stored credential carries, by API. */
export function subscriptionsIn(credential: StoredItem): Readonly<Record<string, unknown>> {
  return Subscriptions.parse(credential).subscriptions;
}

/** What a link knows of a key: the digests of its values. */
const LinkedKey = z.object({ values: z.array(z.object({ digest: z.string() })) });

export function digestsIn(linkedKey: unknown): readonly string[] {
  return LinkedKey.parse(linkedKey).values.map(({ digest }) => digest);
}

/** What a publisher's operation writes into the credential of a value. */
export async function setSubscriptionStatus(
  { client, tableName }: Store,
  value: string,
  apiId: string,
  status: string,
): Promise<void> {
  await client.send(
    new UpdateCommand({
      TableName: tableName,
      Key: credentialItemKey(digestKeyValue(value)),
      UpdateExpression: 'SET subscriptions.#api.#status = :status',
      ExpressionAttributeNames: { '#api': apiId, '#status': 'status' },
      ExpressionAttributeValues: { ':status': status },
    }),
  );
}
