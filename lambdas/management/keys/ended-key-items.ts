import { EXPIRED_KEY_RETENTION_SECONDS } from '../../core/keys/validity.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { updateWhere, type Term } from '../../platform/dynamodb/conditional-updates.ts';
import { TTL_ATTRIBUTE } from '../../platform/dynamodb/keys.ts';
import type { Write } from '../../platform/dynamodb/writes.ts';
import { digestsOf, endedCredentialWrite, keyKeyOf, keyReferenceWrite } from './key-items.ts';

const LIVE: Term = { path: ['status'], oneOf: ['ACTIVE', 'SUSPENDED'] };
const CLAIMED: Term = { path: ['isEnding'], equals: true };

interface How {
  readonly reason?: string;
  /** Whether the key must be at the version that was read. */
  readonly atVersion?: boolean;
}

/**
 * Ends a key for good: its item, its look-up and its credentials, on condition that it has the values and the
 * application that were read. What holds it must let go of it, too.
 */
export function revokedKeyWrites(
  key: KeyItem,
  nowSeconds: number,
  { reason, atVersion = false }: How = {},
): Write[] {
  const ttl = nowSeconds + EXPIRED_KEY_RETENTION_SECONDS;
  const own = updateWhere(keyKeyOf(key), {
    set: [
      [['status'], 'REVOKED'],
      [[TTL_ATTRIBUTE], ttl],
      ...(reason === undefined ? [] : [[['revocationReason'], reason] as const]),
    ],
    remove: [['graced'], ['isEnding']],
    add: [[['version'], 1]],
    where: [
      key.isEnding === true ? CLAIMED : LIVE,
      { path: ['digest'], equals: key.digest },
      key.applicationId === undefined
        ? { path: ['applicationId'], is: 'absent' }
        : { path: ['applicationId'], equals: key.applicationId },
      ...(atVersion ? [{ path: ['version'], equals: key.version }] : []),
    ],
  });
  return [own, ...endedValueWrites(key, nowSeconds), keyReferenceWrite({ ...key, status: 'REVOKED', ttl })];
}

/**
 * Takes a live key away from everybody who might still change it, whatever its values and application have become
 * since it was read, and ends those that were read.
 */
export function claimedKeyWrites(key: KeyItem, nowSeconds: number): Write[] {
  return [
    updateWhere(keyKeyOf(key), {
      set: [
        [['status'], 'REVOKED'],
        [['isEnding'], true],
      ],
      add: [[['version'], 1]],
      where: [LIVE],
    }),
    ...endedValueWrites(key, nowSeconds),
  ];
}

function endedValueWrites(key: KeyItem, nowSeconds: number): Write[] {
  return digestsOf(key).map((digest) => endedCredentialWrite(key, digest, 'REVOKED', nowSeconds));
}
