import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { toEpochSeconds, type Clock } from '../clock.ts';
import { TTL_ATTRIBUTE } from './keys.ts';

/** The table as the management functions use it. */
export interface Store {
  readonly client: DynamoDBDocumentClient;
  readonly tableName: string;
  readonly clock: Clock;
}

/** Whether the TTL of `item` is over: it counts as absent, deleted or not. */
export function hasEnded({ clock }: Store, item: Record<string, unknown>): boolean {
  const ttl = item[TTL_ATTRIBUTE];
  return typeof ttl === 'number' && ttl <= toEpochSeconds(clock());
}
