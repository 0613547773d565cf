import { Fault, notFound } from '../../core/http/fault.ts';
import type { ApiItem, ApplicationItem, KeyItem } from '../../platform/dynamodb/items.ts';
import { getApi } from '../apis/apis.ts';
import { getApplication } from '../applications/application-reads.ts';
import { noChange, type Plan } from '../frame/change.ts';
import { changeHolder } from '../links/key-holder.ts';
import { dissociatedKeyWrites, keyAudit, reassociatedKeyWrites } from './key-items.ts';
import { getKey, type AnyKey, type KeyPlace } from './key-reads.ts';

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
export function associateKey(
  place: KeyPlace & { readonly scope: { readonly apiId: string } },
  applicationId: string,
): Plan<Association> {
  return async (read) => {
    const api = await getApi(read.loosely, place.scope.apiId);
    const before = await getKey(read, place);
    read.requireVersion(before.version);
    const application = await getApplication(read, place.owner, applicationId);
    if (before.applicationId === applicationId) return noChange({ key: before, api, application });
    if (before.applicationId !== undefined) {
      throw new Fault('conflict', 'The API key is associated with another application. Dissociate it first.');
    }
    const key: KeyItem = { ...before, applicationId, version: before.version + 1 };
    const holder = await changeHolder(read, key, 'add');
    return {
      result: { key, api, application },
      writes: [...holder.writes, ...reassociatedKeyWrites(before, key, holder.subscriptions)],
      audit: keyAudit('key.associate', key, { before, after: key }),
    };
  };
}

/**
 * Takes a key out of its application. Does nothing for a key that has none.
 * @param only the owner's keys of single APIs are meant that this fits.
 * @throws Fault `not_found`
 */
export function dissociateKey(
  place: KeyPlace | AnyKey,
  only: (key: KeyItem) => boolean = () => true,
): Plan<void> {
  return async (read) => {
    const before = await getKey(read, place);
    if (!only(before)) throw notFound('API key');
    read.requireVersion(before.version);
    if (before.applicationId === undefined) return noChange(undefined);
    const holder = await changeHolder(read, before, 'remove');
    return {
      result: undefined,
      writes: [...holder.writes, ...dissociatedKeyWrites(before)],
      audit: keyAudit('key.dissociate', before, { before }),
    };
  };
}
