import type { SubscriptionStatus } from '../../core/decision/credential.ts';
import { liveDigests, type Link, type Subscription } from '../../core/subscriptions/link.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { requireWhere, updateWhere } from '../../platform/dynamodb/conditional-updates.ts';
import { applicationItemKey, credentialItemKey, linkItemKey } from '../../platform/dynamodb/keys.ts';
import type { Write } from '../../platform/dynamodb/writes.ts';
import { findKeepingApplication } from '../applications/application-reads.ts';
import { forceValues } from '../frame/force-values.ts';
import { readLink } from '../links/links.ts';
import type { TableAccess } from '../frame/management.ts';
import { look } from '../frame/snapshot.ts';
import type { SubscriptionDetails } from './subscription-reads.ts';

/**
 * Sets the status of a subscription whatever else changes in its link: who reads the link from then on gives this
 * status to credentials, and who read it before starts over. Its credentials follow: `forceStatus`.
 */
export function forceWrites(
  { link, subscription, application }: Pick<SubscriptionDetails, 'link' | 'subscription' | 'application'>,
  status: SubscriptionStatus,
): readonly Write[] {
  const nextVersion = [[['version'], 1]] as const;
  return [
    updateWhere(linkItemKey(link.owner, link.applicationId, link.apiId), {
      set: [[['subscription', 'status'], status]],
      add: nextVersion,
      where: [
        { path: ['subscription', 'subscriptionId'], equals: subscription.subscriptionId },
        { path: ['subscription', 'status'], equals: subscription.status },
      ],
    }),
    // Its own keys carry the subscription, too.
    updateWhere(applicationItemKey(application.owner, application.applicationId), { add: nextVersion }),
  ];
}

/**
 * Gives the status of a subscription, as its link has it already, to the credentials that carry it. A credential that
 * got its subscriptions since then has it anyway.
 */
export async function forceStatus(
  access: TableAccess,
  { owner, applicationId, apiId }: Link,
  { subscriptionId, status }: Subscription,
): Promise<void> {
  const stillSo = requireWhere(linkItemKey(owner, applicationId, apiId), [
    { path: ['subscription', 'subscriptionId'], equals: subscriptionId },
    { path: ['subscription', 'status'], equals: status },
  ]);
  const read = look(access);
  const [link, application] = await Promise.all([
    readLink(read, owner, applicationId, apiId),
    findKeepingApplication(read, owner, applicationId),
  ]);
  const nowSeconds = toEpochSeconds(read.now);
  const digests = [link.keys, application?.keys ?? {}].flatMap((keys) => liveDigests(keys, nowSeconds));
  const entry = ['subscriptions', apiId];
  const credentials = digests.map((digest) =>
    updateWhere(credentialItemKey(digest), {
      set: [[[...entry, 'status'], status]],
      where: [
        { path: ['applicationId'], equals: applicationId },
        { path: [...entry, 'subscriptionId'], equals: subscriptionId },
      ],
    }),
  );
  // Whoever decided anew, or took a key out of the application, has written its credential.
  await forceValues(access, stillSo, credentials);
}
