import type { SubscriptionAction } from '../../contract/audit-entry.ts';
import type { SubscriptionStatus } from '../../core/decision/credential.ts';
import type { Caller } from '../../core/http/caller.ts';
import type { Link } from '../../core/subscriptions/link.ts';
import { withinDecision } from '../../core/subscriptions/publisher-decision.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { KeyItem, LinkItem, type ApplicationItem } from '../../platform/dynamodb/items.ts';
import {
  keyItemKey,
  linkItemKey,
  linkPrefix,
  subscriptionReferenceItemKey,
} from '../../platform/dynamodb/keys.ts';
import { create, overwrite, remove } from '../../platform/dynamodb/writes.ts';
import { subscriptionAudit } from '../audit/audit.ts';
import { commit } from '../frame/carry-out.ts';
import { noChange, type Plan } from '../frame/change.ts';
import type { TableAccess } from '../frame/management.ts';
import { look } from '../frame/snapshot.ts';
import { transferredKeyWrites } from '../keys/transfer-key.ts';
import { linkAttributes, listLinks, readLinksOf } from '../links/links.ts';
import { forceStatus } from '../subscriptions/force-status.ts';
import { readDecision } from '../subscriptions/standing-decisions.ts';

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
  access: TableAccess,
  caller: Caller,
  transfer: Transfer,
): Promise<boolean> {
  const { application, from, until } = transfer;
  const { applicationId } = application;
  // There will be no others: nothing can be linked to an application that is on its way.
  for (const { apiId } of await listLinks(look(access), from, linkPrefix(applicationId))) {
    if (access.clock() >= until) return false;
    await commit(access, { caller }, transferLink(transfer, apiId));
  }
  for (const link of await readLinksOf(look(access), application)) {
    const { subscription } = link;
    // Who decided while the link was moving looks for it in vain from then on, and an earlier request may have ended
    // before the values had followed.
    if (subscription !== undefined && subscription.status !== 'UNBLOCKED') {
      await forceStatus(access, link, subscription);
    }
    const ids = Object.keys(link.keys);
    for (let start = 0; start < ids.length; start += KEYS_PER_TRANSACTION) {
      if (access.clock() >= until) return false;
      const part = ids.slice(start, start + KEYS_PER_TRANSACTION);
      await commit(access, { caller }, transferKeys(transfer, link, part));
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

function transferLink({ application: { owner, applicationId }, from }: Transfer, apiId: string): Plan<void> {
  return async (read) => {
    const oldKey = linkItemKey(from, applicationId, apiId);
    const link = await read.item(oldKey, LinkItem);
    if (link === undefined) return noChange(undefined);
    const { subscription: before } = link;
    const decision = await readDecision(read, { owner, apiId });
    const subscription = before && withinDecision(before, decision?.status);
    const moved = { owner, applicationId, apiId };
    return {
      result: undefined,
      writes: [
        remove(oldKey, link),
        create(
          linkItemKey(owner, applicationId, apiId),
          linkAttributes({
            ...link,
            owner,
            version: link.version + 1,
            ...(subscription && { subscription }),
          }),
        ),
        ...(subscription === undefined
          ? []
          : [overwrite(subscriptionReferenceItemKey(subscription.subscriptionId), moved)]),
      ],
      audit:
        subscription === undefined || subscription === before
          ? 'none'
          : subscriptionAudit(ACTIONS[subscription.status], { link: moved, before, after: subscription }),
    };
  };
}

function transferKeys({ application, from }: Transfer, { apiId }: Link, ids: readonly string[]): Plan<void> {
  return async (read) => {
    const found = await read.items(
      ids.map((keyUUID) => keyItemKey(from, { apiId }, keyUUID)),
      KeyItem,
    );
    const owner = { subject: application.owner, name: application.ownerName };
    const writes = found
      // One that was taken out of the application meanwhile stays with its owner.
      .filter(({ applicationId }) => applicationId === application.applicationId)
      .flatMap((key) => transferredKeyWrites(key, owner, toEpochSeconds(read.now)));
    return { result: undefined, writes, audit: 'none' };
  };
}
