import { Fault, notFound } from '../../core/http/fault.ts';
import {
  liveDigests,
  MAX_APPLICATION_KEYS,
  MAX_ASSOCIATED_KEYS,
  MAX_ASSOCIATED_VALUES,
  withKey,
  withoutEndedKeys,
  withoutKey,
  type Link,
  type LinkedKey,
} from '../../core/subscriptions/link.ts';
import { EXPIRED_KEY_RETENTION_SECONDS } from '../../core/keys/validity.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import type { ApplicationItem, KeyItem } from '../../platform/dynamodb/items.ts';
import { applicationItemKey } from '../../platform/dynamodb/keys.ts';
import { WriteConflict } from '../../platform/dynamodb/write-errors.ts';
import { replace, type Write } from '../../platform/dynamodb/writes.ts';
import {
  applicationAttributes,
  findKeepingApplication,
  refuseMoving,
} from '../applications/application-reads.ts';
import type { Snapshot } from '../frame/snapshot.ts';
import { linkedKeyOf, subscriptionsOf, type CredentialSubscriptions } from './linked-credentials.ts';
import { linkWrites, readLink, readLinksOf } from './links.ts';

/** What changes beside a key and its credentials, and what new credentials of the key must carry. */
export interface HolderChange {
  readonly writes: readonly Write[];
  readonly subscriptions: CredentialSubscriptions;
}

type Kind = 'add' | 'update' | 'remove';

/**
 * A key's values are also known to what gives it its subscriptions: the link that it is associated through, or the
 * application that it belongs to. Brings that up to date with `key`, adds the key to it, or takes the key out of it.
 * @throws Fault `conflict` when a link or an application would have more keys or live values than one transaction can
 * change; `not_found` when the key is added to an application that does not exist. WriteConflict when the key was taken
 * out of its application, which was deleted, since the key was read: then the key has changed, too.
 */
export async function changeHolder(read: Snapshot, key: KeyItem, change: Kind): Promise<HolderChange> {
  const { owner, applicationId, apiId } = key;
  if (applicationId === undefined) return { writes: [], subscriptions: {} };
  const application = await findKeepingApplication(read, owner, applicationId);
  if (application === undefined && change === 'add') throw notFound('application');
  // Ending a key, or taking it out, is possible at any time.
  if (application !== undefined && change !== 'remove') refuseMoving(application);
  if (apiId === undefined) {
    if (application === undefined) throw new WriteConflict();
    return changeApplication(read, application, key, change);
  }
  const before = await readLinkOf(read, key, application, applicationId, apiId);
  // The link of a deleted application may be left for a while, and only links that are left have keys.
  if (application === undefined && before.version === 0) throw new WriteConflict();
  const after =
    change === 'remove' ? withoutKey(before, key.keyUUID) : withKey(before, key.keyUUID, linkedKeyOf(key));
  refuseTooManyKeys(after, change, read.now);
  return {
    writes: linkWrites(before, after, application, read.now),
    subscriptions: subscriptionsOf([after]),
  };
}

/** The link of a key, which may be with the new owner of its application before the key is. */
async function readLinkOf(
  read: Snapshot,
  { owner }: KeyItem,
  application: ApplicationItem | undefined,
  applicationId: string,
  apiId: string,
): Promise<Link> {
  const link = await readLink(read, owner, applicationId, apiId);
  return link.version > 0 || application === undefined || application.owner === owner
    ? link
    : readLink(read, application.owner, applicationId, apiId);
}

async function changeApplication(
  read: Snapshot,
  application: ApplicationItem,
  key: KeyItem,
  change: Kind,
): Promise<HolderChange> {
  // Read after the application: a subscription that changes in between changes the application, too.
  const links = await readLinksOf(read, application);
  const { [key.keyUUID]: before, ...others } = keptKeys(application.keys, read.now);
  const keys: Readonly<Record<string, LinkedKey>> =
    change === 'remove' ? others : { ...others, [key.keyUUID]: linkedKeyOf(key) };
  // Checked on the application whose version the write is conditional on: nobody can slip past it.
  if (Object.keys(keys).length > MAX_APPLICATION_KEYS) {
    throw new Fault('conflict', `An application can have at most ${MAX_APPLICATION_KEYS} application keys.`);
  }
  return {
    writes: [
      replace(
        applicationItemKey(application.owner, application.applicationId),
        application,
        applicationAttributes({ ...application, keys }),
      ),
    ],
    subscriptions: subscriptionsOf(links),
  };
}

function keptKeys(keys: Link['keys'], now: number): Link['keys'] {
  return withoutEndedKeys(keys, toEpochSeconds(now) - EXPIRED_KEY_RETENTION_SECONDS);
}

/**
 * Checked on the link whose version the write is conditional on: nobody can slip past it. Also for a key that should be in
 * it already: it can have left the link at its end, a moment before it gets a new value.
 */
function refuseTooManyKeys({ keys }: Link, change: Kind, now: number): void {
  if (change !== 'remove' && Object.keys(keptKeys(keys, now)).length > MAX_ASSOCIATED_KEYS) {
    throw new Fault(
      'conflict',
      `At most ${MAX_ASSOCIATED_KEYS} keys of an API can be associated with one application.`,
    );
  }
  const values = liveDigests(keys, toEpochSeconds(now)).length;
  if (values > MAX_ASSOCIATED_VALUES) {
    throw new Fault(
      'conflict',
      `The keys of an application for one API can have at most ${MAX_ASSOCIATED_VALUES} values that work: end a grace period or dissociate a key.`,
    );
  }
}
