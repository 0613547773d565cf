import type { Caller } from '../../core/http/caller.ts';
import { plansOf, withoutKey, type Link } from '../../core/subscriptions/link.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { EndingApplicationItem, KeyItem, type ApplicationItem } from '../../platform/dynamodb/items.ts';
import {
  endingApplicationItemKey,
  keyItemKey,
  linkItemKey,
  linkPrefix,
  subscriptionReferenceItemKey,
} from '../../platform/dynamodb/keys.ts';
import { remove, removeExisting, type Write } from '../../platform/dynamodb/writes.ts';
import { commit } from '../frame/carry-out.ts';
import { noChange, type Plan } from '../frame/change.ts';
import type { TableAccess } from '../frame/management.ts';
import { look } from '../frame/snapshot.ts';
import { dissociatedKeyWrites, withoutEndedGrace } from '../keys/key-items.ts';
import { linkWrites, listLinks, readLink } from '../links/links.ts';
import { policyUseWrites } from '../policies/policy-use.ts';

/** Three writes each at most, beside three of the link: as many as one transaction takes. */
const KEYS_PER_TRANSACTION = 32;

type Place = Pick<ApplicationItem, 'owner' | 'applicationId'>;

/**
 * Ends what an application that does not exist any more has left behind: its links one after the other, and at last the
 * note that says so. Others may do the same at the same time. None of it has an entry of the audit trail: the deletion has.
 * @param until when to stop, in milliseconds since the epoch.
 * @returns whether nothing is left.
 */
export async function endLinks(
  access: TableAccess,
  caller: Caller,
  place: Place,
  until: number,
): Promise<boolean> {
  // There will be no others: a new link is written on condition of its application.
  for (const { apiId } of await listLinks(look(access), place.owner, linkPrefix(place.applicationId))) {
    let hasMore = true;
    while (hasMore) {
      if (access.clock() >= until) return false;
      hasMore = await commit(access, { caller }, endPartOfLink(place, apiId));
    }
  }
  await commit(access, { caller }, forgetEnding(place));
  return true;
}

function forgetEnding({ owner, applicationId }: Place): Plan<void> {
  const key = endingApplicationItemKey(owner, applicationId);
  return async (read) => {
    const ending = await read.item(key, EndingApplicationItem);
    return ending === undefined
      ? noChange(undefined)
      : { result: undefined, writes: [remove(key, ending)], audit: 'none' };
  };
}

/**
 * Takes as many keys out of a link as one transaction can, and ends it with the last of them: until then their
 * credentials carry what the link says. Results in whether keys are left.
 */
function endPartOfLink({ owner, applicationId }: Place, apiId: string): Plan<boolean> {
  return async (read) => {
    const link = await readLink(read, owner, applicationId, apiId);
    if (link.version === 0) return noChange(false);
    const linked = Object.keys(link.keys);
    const part = linked.slice(0, KEYS_PER_TRANSACTION);
    const keys = await read.items(
      part.map((keyUUID) => keyItemKey(owner, { apiId }, keyUUID)),
      KeyItem,
    );
    const hasMore = part.length < linked.length;
    return {
      result: hasMore,
      writes: [
        ...(hasMore
          ? linkWrites(link, part.reduce(withoutKey, link), undefined, read.now)
          : [
              ...endedLinkWrites(link),
              ...policyUseWrites('subscription', { removed: plansOf(link.subscription), added: [] }),
            ]),
        // A key that is being revoked needs no dissociation, and must not come back through one.
        ...keys
          .filter(({ status }) => status !== 'REVOKED')
          .flatMap((key) => dissociatedKeyWrites(withoutEndedGrace(key, toEpochSeconds(read.now)))),
      ],
      audit: 'none',
    };
  };
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
