import { plansOf, withoutKey, type Link } from '../../core/subscriptions/link.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { EndingApplicationItem, KeyItem, type ApplicationItem } from '../../platform/dynamodb/items.ts';
import {
  endingApplicationItemKey,
  keyItemKey,
  linkItemKey,
  subscriptionReferenceItemKey,
} from '../../platform/dynamodb/keys.ts';
import { readItem, readItems } from '../../platform/dynamodb/read-items.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { remove, removeExisting, type Write } from '../../platform/dynamodb/writes.ts';
import { dissociatedKeyWrites, withoutEndedGrace } from '../keys/key-items.ts';
import { linkWrites, readLink, readLinksOf } from './links.ts';
import { retryOnConflict, type Management } from '../frame/management.ts';
import { policyUseWrites } from '../policies/policy-use.ts';

/** Three writes each at most, beside three of the link: as many as one transaction takes. */
const KEYS_PER_TRANSACTION = 32;

type Place = Pick<ApplicationItem, 'owner' | 'applicationId'>;

/**
 * Ends what an application that does not exist any more has left behind: its links one after the other, and at last the
 * note that says so. Others may do the same at the same time.
 * @param until when to stop, in milliseconds since the epoch.
 * @returns whether nothing is left.
 */
export async function endLinks(management: Management, place: Place, until: number): Promise<boolean> {
  const { store, clock } = management;
  // There will be no others: a new link is written on condition of its application.
  const links = await readLinksOf(management, place);
  for (const { apiId } of links) {
    let hasMore = true;
    while (hasMore) {
      if (clock() >= until) return false;
      hasMore = await retryOnConflict(() => endPartOfLink(management, place, apiId));
    }
  }
  await retryOnConflict(async () => {
    const key = endingApplicationItemKey(place.owner, place.applicationId);
    const ending = await readItem(store, key, EndingApplicationItem);
    if (ending !== undefined) await writeAll(store, [remove(key, ending)]);
  });
  return true;
}

/**
 * Takes as many keys out of a link as one transaction can, and ends it with the last of them: until then their
 * credentials carry what the link says.
 * @returns whether keys are left.
 */
async function endPartOfLink(
  management: Management,
  { owner, applicationId }: Place,
  apiId: string,
): Promise<boolean> {
  const { store, clock } = management;
  const link = await readLink(management, owner, applicationId, apiId);
  if (link.version === 0) return false;
  const [now, linked] = [clock(), Object.keys(link.keys)];
  const part = linked.slice(0, KEYS_PER_TRANSACTION);
  const keys = await readItems(
    store,
    part.map((keyUUID) => keyItemKey(owner, { apiId }, keyUUID)),
    KeyItem,
  );
  const hasMore = part.length < linked.length;
  await writeAll(store, [
    ...(hasMore
      ? linkWrites(link, part.reduce(withoutKey, link), undefined, now)
      : [
          ...endedLinkWrites(link),
          ...policyUseWrites('subscription', { removed: plansOf(link.subscription), added: [] }),
        ]),
    // A key that is being revoked needs no dissociation, and must not come back through one.
    ...keys
      .filter(({ status }) => status !== 'REVOKED')
      .flatMap((key) => dissociatedKeyWrites(withoutEndedGrace(key, toEpochSeconds(now)))),
  ]);
  return hasMore;
}

/** The end of a link and of the look-up of its subscription; not of what else knows of them. */
export function endedLinkWrites(link: Link): Write[] {
  const { owner, applicationId, apiId, subscription } = link;
  return [
    remove(linkItemKey(owner, applicationId, apiId), link),
    ...(subscription === undefined
      ? []
      : [removeExisting(subscriptionReferenceItemKey(subscription.subscriptionId))]),
  ];
}
