import { z } from 'zod';
import { Fault } from '../../core/http/fault.ts';
import { carryOut, commit } from '../../management/frame/carry-out.ts';
import type { Management } from '../../management/frame/management.ts';
import { look } from '../../management/frame/snapshot.ts';
import {
  getSubscription,
  listSubscriptions,
  type SubscriptionDetails,
} from '../../management/subscriptions/subscription-reads.ts';
import {
  changeSubscriptionPolicy,
  subscribe,
  unsubscribe,
} from '../../management/subscriptions/subscriptions.ts';
import {
  defineRoute,
  noBody,
  noParams,
  noQuery,
  noResponseBody,
  type Route,
} from '../../platform/http/route.ts';
import { Id, line, listOf, listPage, paging } from '../../platform/http/schemas.ts';
import { SubscriptionSchema, subscriptionView } from '../../management/subscriptions/subscription-views.ts';
import { PORTAL_BASE, PORTAL_ROLES } from './portal-route.ts';
import { newPlan, SubscriptionBody, wantedPlan } from './subscription-body.ts';

const path = `${PORTAL_BASE}/subscriptions`;
const roles = PORTAL_ROLES;
const tag = 'Subscriptions';
const params = z.strictObject({ subscriptionId: Id });
/** One request has time for so many transactions. */
const MAX_AT_ONCE = 20;

/** A developer's subscriptions. */
export function subscriptionRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path,
      operationId: 'listSubscriptions',
      summary: 'List subscriptions',
      tag,
      status: 200,
      response: listOf(SubscriptionSchema),
      roles,
      params: noParams,
      query: z.strictObject({
        ...paging,
        apiId: Id.exactOptional(),
        applicationId: Id.exactOptional(),
        groupId: line(200).optional().describe('Ignored: act for a group to see its subscriptions.'),
      }),
      body: noBody,
      handle: async ({ caller, query: { limit, offset, groupId: _group, ...filter } }) => {
        const subscriptions = await listSubscriptions(look(management), caller.subject, filter);
        return { status: 200, body: listPage(path, subscriptions, { limit, offset }, subscriptionView) };
      },
    }),
    defineRoute({
      method: 'POST',
      path,
      operationId: 'createSubscription',
      summary: 'Subscribe an application to an API',
      tag,
      supports: ['etag', 'idempotency-key'],
      status: 201,
      response: SubscriptionSchema,
      roles,
      params: noParams,
      query: noQuery,
      body: SubscriptionBody,
      handle: (request) => {
        const { applicationId, apiId } = request.body;
        const plan = subscribe(request.caller, { applicationId, apiId, policy: newPlan(request.body) });
        return carryOut(management, request, plan, (details) => ({
          status: 201,
          location: `${path}/${details.subscription.subscriptionId}`,
          ...answer(details),
        }));
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/multiple`,
      operationId: 'createSubscriptions',
      summary: 'Subscribe applications to several APIs',
      description: `At most ${MAX_AT_ONCE}, one after the other. As in WSO2, if one is refused, the others are still created, and the answer lists them. If none could be created, the answer is the fault of the first.`,
      tag,
      status: 200,
      response: z.array(SubscriptionSchema),
      roles,
      params: noParams,
      query: noQuery,
      body: z.array(SubscriptionBody).min(1).max(MAX_AT_ONCE),
      handle: async ({ caller, body }) => {
        const made: SubscriptionDetails[] = [];
        let refusal: Fault | undefined;
        for (const { applicationId, apiId, ...sent } of body) {
          try {
            const policy = newPlan({ applicationId, apiId, ...sent });
            made.push(
              await commit(management, { caller }, subscribe(caller, { applicationId, apiId, policy })),
            );
          } catch (error) {
            if (!(error instanceof Fault)) throw error;
            refusal ??= error;
          }
        }
        if (made.length === 0 && refusal !== undefined) throw refusal;
        return { status: 200, body: made.map(subscriptionView) };
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/{subscriptionId}`,
      operationId: 'getSubscription',
      summary: 'Get a subscription',
      tag,
      supports: ['etag'],
      status: 200,
      response: SubscriptionSchema,
      roles,
      params,
      query: noQuery,
      body: noBody,
      handle: async ({ caller, params: { subscriptionId } }) => {
        const details = await getSubscription(look(management), caller.subject, subscriptionId);
        return { status: 200, ...answer(details) };
      },
    }),
    defineRoute({
      method: 'PUT',
      path: `${path}/{subscriptionId}`,
      operationId: 'updateSubscription',
      summary: 'Change the business plan',
      tag,
      supports: ['etag', 'if-match'],
      status: 200,
      response: SubscriptionSchema,
      roles,
      params,
      query: noQuery,
      body: SubscriptionBody,
      handle: (request) => {
        const { caller, params: sent, body } = request;
        const plan = changeSubscriptionPolicy(caller.subject, sent.subscriptionId, (current) =>
          wantedPlan(body, subscriptionView(current)),
        );
        return carryOut(management, request, plan, (details) => ({ status: 200, ...answer(details) }));
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${path}/{subscriptionId}`,
      operationId: 'deleteSubscription',
      summary: 'Unsubscribe',
      tag,
      supports: ['if-match'],
      status: 200,
      response: noResponseBody,
      roles,
      params,
      query: noQuery,
      body: noBody,
      handle: (request) => {
        const plan = unsubscribe(request.caller.subject, request.params.subscriptionId);
        return carryOut(management, request, plan, () => ({ status: 200 }));
      },
    }),
  ];
}

function answer(details: SubscriptionDetails) {
  return { body: subscriptionView(details), version: details.link.version };
}
