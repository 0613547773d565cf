import type { Caller } from '../../core/http/caller.ts';
import { notFound } from '../../core/http/fault.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { findKeyPlace, readKey } from './key-reads.ts';
import type { TableAccess } from '../frame/management.ts';

/** Who wants to see something of a key: its owner, or whoever sees those of all. */
export interface Reader {
  /** Whose resources the caller acts for. */
  readonly subject: Caller['subject'];
  readonly seesAll: boolean;
}

/**
 * Finds a key that the reader may see, revoked or not.
 * @throws Fault `not_found` for a key that is gone, and for another's: the same.
 */
export async function findReadableKey(
  management: TableAccess,
  { subject, seesAll }: Reader,
  keyUUID: string,
): Promise<KeyItem> {
  const place = await findKeyPlace(management, keyUUID);
  const key = seesAll || place.owner === subject ? await readKey(management, place) : undefined;
  if (key === undefined) throw notFound('API key');
  return key;
}
