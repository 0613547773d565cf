import { randomUUID } from 'node:crypto';
import type { KeyAction } from '../../contract/audit-entry.ts';
import type { KeyType } from '../../core/decision/credential.ts';
import type { Caller } from '../../core/http/caller.ts';
import { Fault } from '../../core/http/fault.ts';
import { createKeyValue, digestKeyValue } from '../../core/keys/key-value.ts';
import { CredentialItem, type KeyItem } from '../../platform/dynamodb/items.ts';
import { credentialItemKey, type KeyScope } from '../../platform/dynamodb/keys.ts';
import { getApi } from '../apis/apis.ts';
import type { Plan } from '../frame/change.ts';
import type { Management } from '../frame/management.ts';
import type { Reads } from '../frame/snapshot.ts';
import { refuseUnenforceableReferrers } from '../gateway-cache/repeated-decisions.ts';
import { changeHolder } from '../links/key-holder.ts';
import { refuseLargeMetadata, refuseMoreKeys } from '../owners/owner-limits.ts';
import { keyAudit, newKeyWrites, withValidity } from './key-items.ts';

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

type Settings = Pick<Management, 'keyPrefix' | 'ownerLimits'>;

/**
 * Generates a key for an API, or for all that an application subscribes to. A key for a subscription-enabled API
 * opens it once it is associated with a subscriber.
 * @throws Fault `not_found`; `bad_request` for referrer rules that an API cannot enforce; `conflict` past a limit.
 */
export function issueKey(
  settings: Settings,
  caller: Caller,
  scope: KeyScope,
  input: KeyInput,
): Plan<IssuedKey> {
  const value = createKeyValue(settings.keyPrefix, input.keyType);
  const plan = newKey(settings, caller, scope, { ...input, digest: digestKeyValue(value) }, 'key.generate');
  return async (read) => {
    const { result: key, writes, audit } = await plan(read);
    return { result: { key, value }, writes, audit };
  };
}

/**
 * Takes over a key that exists elsewhere, by the SHA-256 of its value.
 * @throws Fault `conflict` when Keybound knows the value already, or the API takes no keys that were made elsewhere.
 */
export function importKey(
  settings: Settings,
  caller: Caller,
  scope: { readonly apiId: string },
  input: KeyInput & { readonly digest: string },
): Plan<KeyItem> {
  const plan = newKey(settings, caller, scope, input, 'key.import');
  return async (read) => {
    const api = await getApi(read.loosely, scope.apiId);
    if (!api.acceptsImportedKeys) {
      throw new Fault('conflict', `${api.name} ${api.version} accepts only keys that Keybound generated.`);
    }
    await refuseKnownValue(read.loosely, input.digest);
    return plan(read);
  };
}

function newKey(
  settings: Settings,
  { subject, name }: Caller,
  scope: KeyScope,
  { keyName, metadata, permittedIp, permittedReferrer, ...input }: KeyInput & { readonly digest: string },
  action: KeyAction,
): Plan<KeyItem> {
  const keyUUID = randomUUID();
  return async (read) => {
    const bound =
      'apiId' in scope
        ? { apiId: scope.apiId, apiName: (await getApi(read.loosely, scope.apiId)).name }
        : { ...scope, applicationId: scope.boundApplicationId };
    refuseLargeMetadata(settings, metadata);
    await refuseMoreKeys(settings, read, subject);
    const key = withValidity(
      {
        ...bound,
        ...input,
        keyUUID,
        keyName: keyName ?? `key-${keyUUID.slice(0, 8)}`,
        status: 'ACTIVE',
        owner: subject,
        ownerName: name,
        metadata: { ...metadata },
        createdAt: read.now,
        issuedAt: read.now,
        permittedIp: [...permittedIp],
        permittedReferrer: [...permittedReferrer],
        version: 1,
      },
      read.now,
    );
    const holder = await changeHolder(read, key, 'add');
    await refuseUnenforceableReferrers(read.loosely, key, holder.subscriptions);
    return {
      result: key,
      writes: [...newKeyWrites(key, holder.subscriptions), ...holder.writes],
      audit: keyAudit(action, key, { after: key }),
    };
  };
}

async function refuseKnownValue(read: Reads, digest: string): Promise<void> {
  if ((await read.item(credentialItemKey(digest), CredentialItem)) !== undefined) {
    throw new Fault('conflict', 'This key value already exists.');
  }
}
