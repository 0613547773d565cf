import { randomUUID } from 'node:crypto';
import type { Caller } from '../../core/http/caller.ts';
import type { SubscriptionAction } from '../../contract/audit-entry.ts';
import { Fault, notFound } from '../../core/http/fault.ts';
import { requireVersion, type IfMatch } from '../../core/http/if-match.ts';
import {
  MAX_SUBSCRIPTIONS,
  withSubscription,
  type Link,
  type Subscription,
} from '../../core/subscriptions/link.ts';
import { takesSubscriptions } from '../../core/apis/managed-api.ts';
import { isAdmitted } from '../../core/subscriptions/publisher-decision.ts';
import {
  ApiItem,
  ApplicationItem,
  LinkItem,
  SubscriptionReferenceItem,
} from '../../platform/dynamodb/items.ts';
import {
  ALL_LINKS_PREFIX,
  apiItemKey,
  applicationItemKey,
  ownerPartition,
  subscriptionReferenceItemKey,
} from '../../platform/dynamodb/keys.ts';
import { readItem, readItems } from '../../platform/dynamodb/read-items.ts';
import { readPartition } from '../../platform/dynamodb/read-partitions.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import type { Write } from '../../platform/dynamodb/writes.ts';
import { apiUnchanged, getApi } from '../apis/apis.ts';
import { findKeepingApplication, getApplication, refuseMoving } from '../applications/application-reads.ts';
import { auditEntry, subscriptionEntry } from '../audit/audit.ts';
import { writeNothingElse, type AlsoWrite } from '../frame/idempotently.ts';
import { linkWrites, readLink } from '../links/links.ts';
import { retryOnConflict, type Management } from '../frame/management.ts';
import { requirePolicy } from '../policies/policies.ts';
import { refuseUnenforceableSubscription } from '../gateway-cache/repeated-decisions.ts';
import { requireNoDecision } from './standing-decisions.ts';

/** A subscription with what it ties together. */
export interface SubscriptionDetails {
  readonly link: Link;
  readonly subscription: Subscription;
  readonly application: ApplicationItem;
  readonly api: ApiItem;
}

/**
 * Subscribes an application of the caller to an API. Keys that were associated before start to work; where a
 * publisher must approve, once that has happened.
 * @throws Fault `not_found`; `conflict` when it is subscribed, a publisher's decision stands, or the API takes no
 * (new) subscriptions or cannot enforce what the application brings along; `bad_request` for a plan that the API does
 * not offer or enforce.
 */
export async function subscribe(
  management: Management,
  caller: Caller,
  input: { readonly applicationId: string; readonly apiId: string; readonly policy: string },
  alsoWrite: AlsoWrite<SubscriptionDetails> = writeNothingElse,
): Promise<SubscriptionDetails> {
  return retryOnConflict(async () => {
    const api = await getApi(management, input.apiId);
    refuseUnsubscribable(api);
    await requireOfferedPolicy(management, api, input.policy);
    const undecided = await requireNoDecision(management, caller, api);
    const application = await getApplication(management, caller.subject, input.applicationId);
    refuseMoving(application);
    const link = await readLink(management, caller.subject, input.applicationId, input.apiId);
    if (link.subscription !== undefined) {
      throw new Fault('conflict', 'The application already has a subscription to this API.');
    }
    if (application.subscriptionCount >= MAX_SUBSCRIPTIONS) {
      throw new Fault('conflict', `An application can have at most ${MAX_SUBSCRIPTIONS} subscriptions.`);
    }
    await refuseUnenforceableSubscription(management, api, application, input.policy);
    const now = management.clock();
    const subscription: Subscription = {
      subscriptionId: randomUUID(),
      status: api.approvesSubscriptions ? 'ON_HOLD' : 'UNBLOCKED',
      policy: input.policy,
      createdAt: now,
    };
    const after = withSubscription(link, subscription);
    const details: SubscriptionDetails = {
      link: { ...after, version: link.version + 1 },
      subscription,
      application: { ...application, subscriptionCount: application.subscriptionCount + 1 },
      api,
    };
    await writeAll(management.store, [
      ...linkWrites(link, after, application, now),
      ...undecided,
      apiUnchanged(api),
      auditEntry(caller, now, {
        action: 'subscription.create',
        resourceId: subscription.subscriptionId,
        owner: caller.subject,
        after: { ...input, status: subscription.status },
      }),
      ...(await alsoWrite(details)),
    ]);
    return details;
  });
}

/** The caller's subscriptions, all or of one application or API, oldest first. */
export async function listSubscriptions(
  { store }: Management,
  owner: string,
  filter: { readonly applicationId?: string; readonly apiId?: string },
): Promise<readonly SubscriptionDetails[]> {
  const links = (
    await readPartition(store, { pk: ownerPartition(owner), prefix: ALL_LINKS_PREFIX }, LinkItem)
  )
    .filter(
      ({ applicationId }) => filter.applicationId === undefined || filter.applicationId === applicationId,
    )
    .filter(({ apiId }) => filter.apiId === undefined || filter.apiId === apiId);
  const applicationIds = new Set(links.map(({ applicationId }) => applicationId));
  const apiIds = new Set(links.map(({ apiId }) => apiId));
  const [applications, apis] = await Promise.all([
    readItems(
      store,
      [...applicationIds].map((id) => applicationItemKey(owner, id)),
      ApplicationItem,
    ),
    readItems(store, [...apiIds].map(apiItemKey), ApiItem),
  ]);
  return links
    .flatMap((link) => {
      const { subscription, applicationId, apiId } = link;
      const application = applications.find((candidate) => candidate.applicationId === applicationId);
      const api = apis.find((candidate) => candidate.apiId === apiId);
      if (subscription === undefined || application === undefined || api === undefined) return [];
      if (application.movingTo !== undefined) return [];
      return [{ link, subscription, application, api }];
    })
    .sort((one, other) => one.subscription.createdAt - other.subscription.createdAt);
}

/** @throws Fault `not_found` also for another's subscription. */
export async function getSubscription(
  management: Management,
  owner: string,
  subscriptionId: string,
): Promise<SubscriptionDetails> {
  const found = await findSubscription(management, subscriptionId);
  if (found.link.owner !== owner) throw notFound('subscription');
  return found;
}

/** Finds anybody's subscription: for publishers. @throws Fault `not_found` */
export async function findSubscription(
  management: Management,
  subscriptionId: string,
): Promise<SubscriptionDetails> {
  const reference = await readItem(
    management.store,
    subscriptionReferenceItemKey(subscriptionId),
    SubscriptionReferenceItem,
  );
  if (reference === undefined) throw notFound('subscription');
  const { owner, applicationId, apiId } = reference;
  const [link, application, api] = await Promise.all([
    readLink(management, owner, applicationId, apiId),
    findKeepingApplication(management, owner, applicationId),
    readItem(management.store, apiItemKey(apiId), ApiItem),
  ]);
  if (
    link.subscription?.subscriptionId !== subscriptionId ||
    application === undefined ||
    api === undefined
  ) {
    throw notFound('subscription');
  }
  return { link, subscription: link.subscription, application, api };
}

/**
 * Changes the business plan of a subscription, and with it that of its keys. Where a publisher approves subscriptions,
 * the plan of one that has been let in is a request: the old plan holds until it is approved. Asking for the plan that
 * holds takes the request back.
 */
export async function changeSubscriptionPolicy(
  management: Management,
  caller: Caller,
  subscriptionId: string,
  policy: string,
  ifMatch?: IfMatch,
): Promise<SubscriptionDetails> {
  return changeSubscription(management, caller, 'subscription.update', async () => {
    const found = await getSubscription(management, caller.subject, subscriptionId);
    requireVersion(found.link.version, ifMatch);
    await requireOfferedPolicy(management, found.api, policy);
    await refuseUnenforceableSubscription(management, found.api, found.application, policy);
    return {
      found,
      subscription: withPlan(found, policy),
      alsoWrite: [apiUnchanged(found.api)],
    };
  });
}

/** Ends a subscription. Its keys stay associated with the application, but are refused from now on. */
export async function unsubscribe(
  management: Management,
  caller: Caller,
  subscriptionId: string,
  ifMatch?: IfMatch,
): Promise<void> {
  await retryOnConflict(async () => {
    const { link, subscription, application } = await getSubscription(
      management,
      caller.subject,
      subscriptionId,
    );
    requireVersion(link.version, ifMatch);
    const now = management.clock();
    await writeAll(management.store, [
      ...linkWrites(link, withSubscription(link, undefined), application, now),
      auditEntry(caller, now, {
        action: 'subscription.delete',
        resourceId: subscriptionId,
        owner: caller.subject,
        before: { applicationId: link.applicationId, apiId: link.apiId, ...subscription },
      }),
    ]);
  });
}

interface SubscriptionChange {
  readonly found: SubscriptionDetails;
  readonly subscription: Subscription;
  /** Joins the transaction. */
  readonly alsoWrite: readonly Write[];
}

/** Writes a subscription that `decide` made of the one it found, with all that follows from it. */
export async function changeSubscription(
  management: Management,
  caller: Caller,
  action: SubscriptionAction,
  decide: () => Promise<SubscriptionChange>,
): Promise<SubscriptionDetails> {
  return retryOnConflict(async () => {
    const { found, subscription, alsoWrite } = await decide();
    const { link, application, api } = found;
    const now = management.clock();
    const after = withSubscription(link, subscription);
    await writeAll(management.store, [
      ...linkWrites(link, after, application, now),
      subscriptionEntry(caller, now, action, { link, before: found.subscription, after: subscription }),
      ...alsoWrite,
    ]);
    return { link: { ...after, version: link.version + 1 }, subscription, application, api };
  });
}

function withPlan({ subscription, api }: SubscriptionDetails, policy: string): Subscription {
  const { requestedPolicy: _requested, ...held } = subscription;
  if (policy === held.policy) return held;
  return api.approvesSubscriptions && isAdmitted(held.status)
    ? { ...held, requestedPolicy: policy }
    : { ...held, policy };
}

function refuseUnsubscribable(api: ApiItem): void {
  if (!api.requiresSubscription) {
    throw new Fault(
      'conflict',
      `${api.name} ${api.version} needs no subscription: its keys work as they are.`,
    );
  }
  if (!takesSubscriptions(api.lifecycle)) {
    throw new Fault(
      'conflict',
      `${api.name} ${api.version} is ${api.lifecycle} and takes no new subscriptions.`,
    );
  }
}

async function requireOfferedPolicy(
  management: Management,
  { policies }: ApiItem,
  policy: string,
): Promise<void> {
  if (policies !== undefined && !policies.includes(policy)) {
    throw new Fault('bad_request', 'The API does not offer this business plan.', {
      problems: [{ field: 'throttlingPolicy', message: `must be one of ${policies.join(', ')}` }],
    });
  }
  await requirePolicy(management, 'subscription', policy);
}
