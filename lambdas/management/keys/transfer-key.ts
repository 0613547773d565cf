import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { credentialItemKey } from '../../platform/dynamodb/keys.ts';
import { create, remove, setAttributes, type Write } from '../../platform/dynamodb/writes.ts';
import { digestsOf, keyAttributes, keyKeyOf, keyReferenceWrite, withoutEndedGrace } from './key-items.ts';
import type { Owner } from '../owners/resolve-owner.ts';

/** The writes that give a key another owner: five, or six with a grace period. A revoked one stays where it is. */
export function transferredKeyWrites(read: KeyItem, owner: Owner, nowSeconds: number): Write[] {
  if (read.status === 'REVOKED') return [];
  const key: KeyItem = {
    ...withoutEndedGrace(read, nowSeconds),
    owner: owner.subject,
    ownerName: owner.name,
    version: read.version + 1,
  };
  return [
    remove(keyKeyOf(read), read),
    create(keyKeyOf(key), keyAttributes(key)),
    keyReferenceWrite(key),
    ...digestsOf(key).map((digest) =>
      setAttributes(
        credentialItemKey(digest),
        // A forced suspension that has reached the item alone looks for it in vain from now on.
        { owner: owner.subject, status: key.status },
        { attribute: 'keyUUID', equals: key.keyUUID },
      ),
    ),
  ];
}
