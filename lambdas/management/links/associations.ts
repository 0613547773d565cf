import type { Caller } from '../../core/http/caller.ts';
import { Fault, notFound } from '../../core/http/fault.ts';
import { requireVersion, type IfMatch } from '../../core/http/if-match.ts';
import type { ApiItem, ApplicationItem, KeyItem } from '../../platform/dynamodb/items.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { replace } from '../../platform/dynamodb/writes.ts';
import { getApi } from '../apis/apis.ts';
import { getApplication } from '../applications/application-reads.ts';
import { auditEntry } from '../audit/audit.ts';
import { changeHolder } from './holders.ts';
import {
  auditView,
  dissociatedKeyWrites,
  keyAttributes,
  keyKeyOf,
  reassociatedCredentialWrites,
} from '../keys/key-items.ts';
import { getKey } from '../keys/key-reads.ts';
import { retryOnConflict, type Management } from '../frame/management.ts';

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
  {
    apiId,
    keyUUID,
    applicationId,
  }: { readonly apiId: string; readonly keyUUID: string; readonly applicationId: string },
  ifMatch?: IfMatch,
): Promise<Association> {
  const owner = caller.subject;
  const api = await getApi(management, apiId);
  return retryOnConflict(async () => {
    const before = await getKey(management, { owner, scope: { apiId }, keyUUID });
    requireVersion(before.version, ifMatch);
    const application = await getApplication(management, owner, applicationId);
    if (before.applicationId === applicationId) return { key: before, api, application };
    if (before.applicationId !== undefined) {
      throw new Fault('conflict', 'The API key is associated with another application. Dissociate it first.');
    }
    const now = management.clock();
    const key: KeyItem = { ...before, applicationId, version: before.version + 1 };
    const holder = await changeHolder(management, key, now, 'add');
    await writeAll(management.store, [
      ...holder.writes,
      ...reassociatedCredentialWrites(key, applicationId, holder.subscriptions),
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

/**
 * Takes a key out of its application. Does nothing for a key that has none.
 * @throws Fault `not_found` also for a key of another application than `applicationId`, if that is given.
 */
export async function dissociateKey(
  management: Management,
  caller: Caller,
  {
    apiId,
    keyUUID,
    applicationId,
  }: { readonly apiId: string; readonly keyUUID: string; readonly applicationId?: string },
  ifMatch?: IfMatch,
): Promise<void> {
  const owner = caller.subject;
  await retryOnConflict(async () => {
    const before = await getKey(management, { owner, scope: { apiId }, keyUUID });
    if (applicationId !== undefined && before.applicationId !== applicationId) throw notFound('API key');
    requireVersion(before.version, ifMatch);
    if (before.applicationId === undefined) return;
    const now = management.clock();
    const holder = await changeHolder(management, before, now, 'remove');
    await writeAll(management.store, [
      ...holder.writes,
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
