import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import { z } from 'zod';
import type { Store } from '../../lambdas/platform/dynamodb/store.ts';
import { auditItemKey, credentialItemKey } from '../../lambdas/platform/dynamodb/keys.ts';

const Item = z.looseObject({ pk: z.string(), sk: z.string() });
export type StoredItem = Readonly<z.infer<typeof Item>>;

/** Every item of the table, ordered by its key, so that two readings can be compared. */
export async function readTable({ client, tableName }: Store): Promise<readonly StoredItem[]> {
  const found: StoredItem[] = [];
  let start: Record<string, unknown> | undefined;
  do {
    const page = await client.send(
      new ScanCommand({
        TableName: tableName,
        ConsistentRead: true,
        ...(start && { ExclusiveStartKey: start }),
      }),
    );
    found.push(...(page.Items ?? []).map((item) => Item.parse(item)));
    start = page.LastEvaluatedKey;
  } while (start !== undefined);
  const order = ({ pk, sk }: StoredItem) => `${pk}\n${sk}`;
  return found.sort((one, other) => (order(one) < order(other) ? -1 : 1));
}

const AUDIT_PREFIX = auditItemKey('', '').pk;
const CREDENTIAL_PREFIX = credentialItemKey('').pk;

export function auditEntriesOf(items: readonly StoredItem[]): readonly StoredItem[] {
  return items
    .filter(({ pk }) => pk.startsWith(AUDIT_PREFIX))
    .sort((one, other) => (one.sk < other.sk ? -1 : 1));
}

export function credentialsOf(items: readonly StoredItem[]): readonly StoredItem[] {
  return items.filter(({ pk }) => pk.startsWith(CREDENTIAL_PREFIX));
}
