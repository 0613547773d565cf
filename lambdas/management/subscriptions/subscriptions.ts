import { randomUUID } from 'node:crypto';
import { takesSubscriptions } from '../../core/apis/managed-api.ts';
import type { Caller } from '../../core/http/caller.ts';
import { Fault } from '../../core/http/fault.ts';
import { MAX_SUBSCRIPTIONS, withSubscription, type Subscription } from '../../core/subscriptions/link.ts';
import { isAdmitted } from '../../core/subscriptions/publisher-decision.ts';
import { ApiItem } from '../../platform/dynamodb/items.ts';
import { apiItemKey } from '../../platform/dynamodb/keys.ts';
import { getApi } from '../apis/apis.ts';
import { getApplication, refuseMoving } from '../applications/application-reads.ts';
import { subscriptionAudit } from '../audit/audit.ts';
import type { Plan } from '../frame/change.ts';
import type { Reads } from '../frame/snapshot.ts';
import { refuseUnenforceableSubscription } from '../gateway-cache/repeated-decisions.ts';
import { linkWrites, readLink } from '../links/links.ts';
import { requirePolicy } from '../policies/policies.ts';
import { requireNoDecision } from './standing-decisions.ts';
import { getSubscription, type SubscriptionDetails } from './subscription-reads.ts';

/**
 * Subscribes an application of the caller to an API. Keys that were associated before start to work; where a
 * publisher must approve, once that has happened.
 * @throws Fault `not_found`; `conflict` when it is subscribed, a publisher's decision stands, or the API takes no
 * (new) subscriptions or cannot enforce what the application brings along; `bad_request` for a plan that the API does
 * not offer or enforce.
 */
export function subscribe(
  caller: Caller,
  input: { readonly applicationId: string; readonly apiId: string; readonly policy: string },
): Plan<SubscriptionDetails> {
  const { subject } = caller;
  const { applicationId, apiId, policy } = input;
  const subscriptionId = randomUUID();
  return async (read) => {
    const api = await getApi(read, apiId);
    refuseUnsubscribable(api);
    await requireOfferedPolicy(read, api, policy);
    await requireNoDecision(read, caller, api);
    const application = await getApplication(read, subject, applicationId);
    refuseMoving(application);
    const link = await readLink(read, subject, applicationId, apiId);
    if (link.subscription !== undefined) {
      throw new Fault('conflict', 'The application already has a subscription to this API.');
    }
    if (application.subscriptionCount >= MAX_SUBSCRIPTIONS) {
      throw new Fault('conflict', `An application can have at most ${MAX_SUBSCRIPTIONS} subscriptions.`);
    }
    await refuseUnenforceableSubscription(read, api, application, policy);
    const status = api.approvesSubscriptions ? 'ON_HOLD' : 'UNBLOCKED';
    const subscription: Subscription = { subscriptionId, status, policy, createdAt: read.now };
    const after = withSubscription(link, subscription);
    return {
      result: {
        link: { ...after, version: link.version + 1 },
        subscription,
        application: { ...application, subscriptionCount: application.subscriptionCount + 1 },
        api,
      },
      writes: linkWrites(link, after, application, read.now),
      audit: {
        action: 'subscription.create',
        resourceId: subscriptionId,
        owner: subject,
        after: { ...input, status },
      },
    };
  };
}

/**
 * Changes the business plan of a subscription, and with it that of its keys. Where a publisher approves subscriptions,
 * the plan of one that has been let in is a request: the old plan holds until it is approved. Asking for the plan that
 * holds takes the request back.
 * @param planOf reads what is wanted of the subscription as it is.
 * @throws Fault `not_found`, `precondition_failed`; those of `planOf`; `bad_request` for a plan that the API does not
 * offer or enforce.
 */
export function changeSubscriptionPolicy(
  owner: string,
  subscriptionId: string,
  planOf: (current: SubscriptionDetails) => string,
): Plan<SubscriptionDetails> {
  return async (read) => {
    const found = await getSubscription(read, owner, subscriptionId);
    const policy = planOf(found);
    const { link, application, api } = found;
    read.requireVersion(link.version);
    // What the API offers and enforces must not change in between.
    await read.item(apiItemKey(api.apiId), ApiItem);
    await requireOfferedPolicy(read, api, policy);
    await refuseUnenforceableSubscription(read, api, application, policy);
    const subscription = withPlan(found, policy);
    const after = withSubscription(link, subscription);
    return {
      result: { ...found, link: { ...after, version: link.version + 1 }, subscription },
      writes: linkWrites(link, after, application, read.now),
      audit: subscriptionAudit('subscription.update', {
        link,
        before: found.subscription,
        after: subscription,
      }),
    };
  };
}

/** Ends a subscription. Its keys stay associated with the application, but are refused from now on. */
export function unsubscribe(owner: string, subscriptionId: string): Plan<void> {
  return async (read) => {
    const { link, subscription, application } = await getSubscription(read, owner, subscriptionId);
    const { applicationId, apiId } = link;
    read.requireVersion(link.version);
    return {
      result: undefined,
      writes: linkWrites(link, withSubscription(link, undefined), application, read.now),
      audit: {
        action: 'subscription.delete',
        resourceId: subscriptionId,
        owner,
        before: { applicationId, apiId, ...subscription },
      },
    };
  };
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

async function requireOfferedPolicy(read: Reads, { policies }: ApiItem, policy: string): Promise<void> {
  if (policies !== undefined && !policies.includes(policy)) {
    throw new Fault('bad_request', 'The API does not offer this business plan.', {
      problems: [{ field: 'throttlingPolicy', message: `must be one of ${policies.join(', ')}` }],
    });
  }
  await requirePolicy(read, 'subscription', policy);
}
