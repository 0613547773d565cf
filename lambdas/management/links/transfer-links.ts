import type { Caller } from '../../core/http/caller.ts';
import type { SubscriptionStatus } from '../../core/decision/credential.ts';
import type { SubscriptionAction } from '../../contract/audit-entry.ts';
import type { Link } from '../../core/subscriptions/link.ts';
import { withinDecision } from '../../core/subscriptions/publisher-decision.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { KeyItem, LinkItem, type ApplicationItem } from '../../platform/dynamodb/items.ts';
import { keyItemKey, linkItemKey, subscriptionReferenceItemKey } from '../../platform/dynamodb/keys.ts';
import { readItem, readItems } from '../../platform/dynamodb/read-items.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { create, overwrite, remove } from '../../platform/dynamodb/writes.ts';
import { subscriptionEntry } from '../audit/audit.ts';
import { forceStatus } from '../subscriptions/force-status.ts';
import { linkAttributes, readLinksOf } from './links.ts';
import { retryOnConflict, type Management } from '../frame/management.ts';
import { decisionUnchanged, readDecision } from '../subscriptions/standing-decisions.ts';
import { transferredKeyWrites } from '../keys/transfer-key.ts';

/** Six writes each at most: as many as one transaction takes. */
const KEYS_PER_TRANSACTION = 16;

interface Transfer {
  /** At its new owner. */
  readonly application: ApplicationItem;
  /** The owner before. */
  readonly from: string;
  /** When to stop, in milliseconds since the epoch. */
  readonly until: number;
}

/**
 * Moves what an application has left at its owner before: first its links, each whole, so that every decision about a
 * subscription finds all values that it concerns; then the keys in them. Others may do the same at the same time. What a
 * publisher decides about the new owner meanwhile holds for what arrives.
 * @returns whether nothing is left.
 */
export async function transferLinks(
  management: Management,
  caller: Caller,
  transfer: Transfer,
): Promise<boolean> {
  const { application, from, until } = transfer;
  const { applicationId } = application;
  // There will be no others: nothing can be linked to an application that is on its way.
  for (const { apiId } of await readLinksOf(management, { owner: from, applicationId })) {
    if (management.clock() >= until) return false;
    await retryOnConflict(() => transferLink(management, caller, transfer, apiId));
  }
  for (const link of await readLinksOf(management, application)) {
    const { subscription } = link;
    // Who decided while the link was moving looks for it in vain from then on, and an earlier request may have ended
    // before the values had followed.
    if (subscription !== undefined && subscription.status !== 'UNBLOCKED') {
      await forceStatus(management, link, subscription);
    }
    const ids = Object.keys(link.keys);
    for (let start = 0; start < ids.length; start += KEYS_PER_TRANSACTION) {
      if (management.clock() >= until) return false;
      const part = ids.slice(start, start + KEYS_PER_TRANSACTION);
      await retryOnConflict(() => transferKeys(management, transfer, link, part));
    }
  }
  return true;
}

/** What a publisher would have done to a subscription that is so now. */
const ACTIONS = {
  UNBLOCKED: 'subscription.unblock',
  BLOCKED: 'subscription.block',
  PROD_ONLY_BLOCKED: 'subscription.blockProduction',
  ON_HOLD: 'subscription.update',
  REJECTED: 'subscription.reject',
} as const satisfies Record<SubscriptionStatus, SubscriptionAction>;

async function transferLink(
  management: Management,
  caller: Caller,
  { application: { owner, applicationId }, from }: Transfer,
  apiId: string,
): Promise<void> {
  const { store, clock } = management;
  const oldKey = linkItemKey(from, applicationId, apiId);
  const link = await readItem(store, oldKey, LinkItem);
  if (link === undefined) return;
  const { subscription: before } = link;
  const decision = await readDecision(management, { owner, apiId });
  const subscription = before && withinDecision(before, decision?.status);
  await writeAll(store, [
    remove(oldKey, link),
    create(
      linkItemKey(owner, applicationId, apiId),
      linkAttributes({ ...link, owner, version: link.version + 1, ...(subscription && { subscription }) }),
    ),
    decisionUnchanged({ owner, apiId }, decision),
    ...(subscription === undefined
      ? []
      : [
          overwrite(subscriptionReferenceItemKey(subscription.subscriptionId), {
            owner,
            applicationId,
            apiId,
          }),
        ]),
    ...(subscription === undefined || subscription === before
      ? []
      : [
          subscriptionEntry(caller, clock(), ACTIONS[subscription.status], {
            link: { owner, applicationId, apiId },
            before,
            after: subscription,
          }),
        ]),
  ]);
}

async function transferKeys(
  { store, clock }: Management,
  { application, from }: Transfer,
  { apiId }: Link,
  ids: readonly string[],
): Promise<void> {
  const found = await readItems(
    store,
    ids.map((keyUUID) => keyItemKey(from, { apiId }, keyUUID)),
    KeyItem,
  );
  const owner = { subject: application.owner, name: application.ownerName };
  const writes = found
    // One that was taken out of the application meanwhile stays with its owner.
    .filter(({ applicationId }) => applicationId === application.applicationId)
    .flatMap((key) => transferredKeyWrites(key, owner, toEpochSeconds(clock())));
  if (writes.length > 0) await writeAll(store, writes);
}
