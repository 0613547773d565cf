import { randomUUID } from 'node:crypto';
import type { Caller } from '../../core/http/caller.ts';
import type { KeyAction } from '../../contract/audit-entry.ts';
import type { KeyType } from '../../core/decision/credential.ts';
import { Fault } from '../../core/http/fault.ts';
import { createKeyValue, digestKeyValue } from '../../core/keys/key-value.ts';
import { CredentialItem, type KeyItem } from '../../platform/dynamodb/items.ts';
import { credentialItemKey, type KeyScope } from '../../platform/dynamodb/keys.ts';
import { readItem } from '../../platform/dynamodb/read-items.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { create } from '../../platform/dynamodb/writes.ts';
import { getApi } from '../apis/apis.ts';
import { auditEntry } from '../audit/audit.ts';
import { changeHolder } from '../links/holders.ts';
import { writeNothingElse, type AlsoWrite } from '../frame/idempotently.ts';
import { auditView, credentialWrite, keyAttributes, keyKeyOf, keyReferenceWrite } from './key-items.ts';
import { retryOnConflict, type Management } from '../frame/management.ts';
import { refuseLargeMetadata, refuseMoreKeys } from '../owners/owner-limits.ts';
import { refuseUnenforceableReferrers } from '../gateway-cache/repeated-decisions.ts';
import { withValidity } from './with-validity.ts';

/** What a developer decides about a new key. The restrictions are canonical rules. */
export interface KeyInput {
  /** Absent: made from the key's id. */
  readonly keyName?: string;
  readonly keyType: KeyType;
  readonly validityPeriod: number;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly permittedIp: readonly string[];
  readonly permittedReferrer: readonly string[];
}

/** A key with its plain value, which is kept nowhere: this is the one time that it can be shown. */
export interface IssuedKey {
  readonly key: KeyItem;
  readonly value: string;
}

/**
 * Generates a key for an API, or for all that an application subscribes to. A key for a subscription-enabled API
 * opens it once it is associated with a subscriber.
 * @throws Fault `not_found`; `bad_request` for referrer rules that an API cannot enforce; `conflict` past a limit.
 */
export async function issueKey(
  management: Management,
  caller: Caller,
  scope: KeyScope,
  input: KeyInput,
  alsoWrite: AlsoWrite<IssuedKey> = writeNothingElse,
): Promise<IssuedKey> {
  const value = createKeyValue(management.keyPrefix, input.keyType);
  const key = await storeKey(management, caller, scope, input, {
    digest: digestKeyValue(value),
    action: 'key.generate',
    alsoWrite: (stored) => alsoWrite({ key: stored, value }),
  });
  return { key, value };
}

/**
 * Takes over a key that exists elsewhere, by the SHA-256 of its value.
 * @throws Fault `conflict` when Keybound knows the value already, or the API takes no keys that were made elsewhere.
 */
export async function importKey(
  management: Management,
  caller: Caller,
  scope: { readonly apiId: string },
  input: KeyInput & { readonly digest: string },
  alsoWrite: AlsoWrite<KeyItem> = writeNothingElse,
): Promise<KeyItem> {
  const { digest, ...rest } = input;
  const api = await getApi(management, scope.apiId);
  if (!api.acceptsImportedKeys) {
    throw new Fault('conflict', `${api.name} ${api.version} accepts only keys that Keybound generated.`);
  }
  return storeKey(management, caller, scope, rest, { digest, action: 'key.import', alsoWrite });
}

async function storeKey(
  management: Management,
  caller: Caller,
  scope: KeyScope,
  input: KeyInput,
  how: { readonly digest: string; readonly action: KeyAction; readonly alsoWrite: AlsoWrite<KeyItem> },
): Promise<KeyItem> {
  const bound =
    'apiId' in scope
      ? { apiId: scope.apiId, apiName: (await getApi(management, scope.apiId)).name }
      : { ...scope, applicationId: scope.boundApplicationId };
  refuseLargeMetadata(management, input.metadata);
  const keyUUID = randomUUID();
  return retryOnConflict(async () => {
    const now = management.clock();
    const key = withValidity(
      {
        ...bound,
        keyUUID,
        keyName: input.keyName ?? `key-${keyUUID.slice(0, 8)}`,
        keyType: input.keyType,
        status: 'ACTIVE',
        owner: caller.subject,
        ownerName: caller.name,
        description: input.description,
        metadata: { ...input.metadata },
        digest: how.digest,
        validityPeriod: input.validityPeriod,
        createdAt: now,
        issuedAt: now,
        permittedIp: [...input.permittedIp],
        permittedReferrer: [...input.permittedReferrer],
        version: 1,
      },
      now,
    );
    await refuseKnownValue(management, how.digest);
    await refuseMoreKeys(management, caller.subject);
    const holder = await changeHolder(management, key, now, 'add');
    await refuseUnenforceableReferrers(management, key, holder.subscriptions);
    await writeAll(management.store, [
      create(keyKeyOf(key), keyAttributes(key)),
      keyReferenceWrite(key),
      credentialWrite(key, holder.subscriptions),
      ...holder.writes,
      auditEntry(caller, now, {
        action: how.action,
        resourceId: keyUUID,
        owner: key.owner,
        after: auditView(key),
      }),
      ...(await how.alsoWrite(key)),
    ]);
    return key;
  });
}

async function refuseKnownValue({ store }: Management, digest: string): Promise<void> {
  if ((await readItem(store, credentialItemKey(digest), CredentialItem)) !== undefined) {
    throw new Fault('conflict', 'This key value already exists.');
  }
}
