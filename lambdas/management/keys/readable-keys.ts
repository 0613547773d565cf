import type { Caller } from '../../core/http/caller.ts';
import { notFound } from '../../core/http/fault.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { findKeyPlace, readKey } from './key-reads.ts';
import type { Reads } from '../frame/snapshot.ts';

/** Who wants to see something of a key: its owner, or whoever sees those of all. */
export interface Reader {
  /** Whose resources the caller acts for. */
  readonly subject: Caller['subject'];
  readonly seesAll: boolean;
}

/** A developer sees what is the developer's own, an administrator all. */
export function readerOf({ subject }: Caller, roles: ReadonlySet<string>): Reader {
  return { subject, seesAll: roles.has('administrator') };
}

/**
 * Finds a key that the reader may see, revoked or not.
 * @throws Fault `not_found` for a key that is gone, and for another's: the same.
 */
export async function findReadableKey(
  read: Reads,
  { subject, seesAll }: Reader,
  keyUUID: string,
): Promise<KeyItem> {
  const place = await findKeyPlace(read, keyUUID);
  const key = seesAll || place.owner === subject ? await readKey(read, place) : undefined;
  if (key === undefined) throw notFound('API key');
  return key;
}
