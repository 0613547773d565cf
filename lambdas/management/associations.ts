import type { Caller } from '../core/caller.ts';
import { Fault } from '../core/fault.ts';
import { MAX_ASSOCIATED_KEYS, withKey, withoutKey } from '../core/link.ts';
import type { ApiItem, ApplicationItem, KeyItem } from '../platform/dynamodb/items.ts';
import { writeAll } from '../platform/dynamodb/store.ts';
import { replace } from '../platform/dynamodb/writes.ts';
import { auditView, getKey, linkedKeyOf } from './api-keys.ts';
import { getApi } from './apis.ts';
import { dissociatedKeyWrites, getApplication } from './applications.ts';
import { auditEntry } from './audit.ts';
import { credentialWrite, keyAttributes, keyKeyOf } from './credential-items.ts';
import { linkWrites, readLink } from './links.ts';
import { retryOnConflict, type Management } from './management.ts';

/** A key and the application that it belongs to. */
export interface Association {
  readonly key: KeyItem;
  readonly api: ApiItem;
  readonly application: ApplicationItem;
}

/**
 * Associates a key with an application of the same owner, whether or not that has subscribed to the API yet.
 * Doing so again changes nothing.
 * @throws Fault `not_found`; `conflict` when the key belongs to another application, or too many do to this one.
 */
export async function associateKey(
  management: Management,
  caller: Caller,
  apiId: string,
  { keyUUID, applicationId }: { readonly keyUUID: string; readonly applicationId: string },
): Promise<Association> {
  const owner = caller.subject;
  const api = await getApi(management, apiId);
  return retryOnConflict(async () => {
    const before = await getKey(management, owner, apiId, keyUUID);
    const application = await getApplication(management, owner, applicationId);
    if (before.applicationId === applicationId) return { key: before, api, application };
    if (before.applicationId !== undefined) {
      throw new Fault('conflict', 'The API key is associated with another application. Dissociate it first.');
    }
    const link = await readLink(management, owner, applicationId, apiId);
    if (Object.keys(link.keys).length >= MAX_ASSOCIATED_KEYS) {
      throw new Fault(
        'conflict',
        `At most ${MAX_ASSOCIATED_KEYS} keys of an API can be associated with one application.`,
      );
    }
    const now = management.clock();
    const key: KeyItem = { ...before, applicationId };
    const linked = withKey(link, keyUUID, linkedKeyOf(key));
    await writeAll(management.store, [
      ...linkWrites(link, linked, application, now),
      credentialWrite(key, linked),
      replace(keyKeyOf(key), before, keyAttributes(key)),
      auditEntry(caller, now, {
        action: 'key.associate',
        resourceId: keyUUID,
        owner,
        before: auditView(before),
        after: auditView(key),
      }),
    ]);
    return { key, api, application };
  });
}

/** Takes a key out of its application. Does nothing for a key that has none. */
export async function dissociateKey(
  management: Management,
  caller: Caller,
  apiId: string,
  keyUUID: string,
): Promise<void> {
  const owner = caller.subject;
  await retryOnConflict(async () => {
    const before = await getKey(management, owner, apiId, keyUUID);
    if (before.applicationId === undefined) return;
    const application = await getApplication(management, owner, before.applicationId);
    const link = await readLink(management, owner, before.applicationId, apiId);
    const now = management.clock();
    await writeAll(management.store, [
      ...linkWrites(link, withoutKey(link, keyUUID), application, now),
      ...dissociatedKeyWrites(before),
      auditEntry(caller, now, {
        action: 'key.dissociate',
        resourceId: keyUUID,
        owner,
        before: auditView(before),
      }),
    ]);
  });
}
