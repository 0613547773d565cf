import { z } from 'zod';
import { readPeriod } from '../core/usage-period.ts';
import { Api, apiView } from '../management/api-views.ts';
import { getAnyApi } from '../management/apis.ts';
import { changeLifecycle, LIFECYCLE_ACTION_NAMES, listAllApis } from '../management/change-lifecycle.ts';
import {
  decideSubscription,
  listSubscriptionsTo,
  type PublisherAction,
} from '../management/decide-subscription.ts';
import type { Management } from '../management/management.ts';
import { listPolicies } from '../management/policies.ts';
import { SubscriptionSchema, subscriptionView } from '../management/subscription-views.ts';
import { reportUsage } from '../management/usage-reports.ts';
import { answerUsage, USAGE_CONTENT } from '../management/usage-views.ts';
import { defineRoute, noBody, noParams, type Route } from '../platform/http/route.ts';
import { Id, listOf, listPage, paging } from '../platform/http/schemas.ts';
import { withOpenApi } from '../platform/http/with-open-api.ts';

/** What the document of the Publisher API says of it. */
export const PUBLISHER_API = {
  title: 'Keybound Publisher API',
  base: '/api/am/publisher/v4',
  description: 'Publishers move APIs through their lifecycle, and decide about subscriptions.',
} as const;

const { base } = PUBLISHER_API;
const roles = ['publisher', 'administrator'] as const;
const common = { roles, params: noParams, body: noBody, status: 200 } as const;

const BLOCK_STATES = { BLOCKED: 'block', PROD_ONLY_BLOCKED: 'blockProduction' } as const;
const Action = z.enum(LIFECYCLE_ACTION_NAMES);

/** Every operation of the Publisher API. */
export function publisherRoutes(management: Management): readonly Route[] {
  return withOpenApi(PUBLISHER_API, [
    defineRoute({
      ...common,
      tag: 'APIs',
      summary: 'List all APIs, hidden ones included',
      method: 'GET',
      path: `${base}/apis`,
      operationId: 'listAllApis',
      query: z.strictObject(paging),
      response: listOf(Api),
      handle: async ({ query }) => {
        const [apis, plans] = await Promise.all([
          listAllApis(management),
          listPolicies(management, 'subscription'),
        ]);
        const names = plans.map(({ name }) => name);
        return { status: 200, body: listPage(`${base}/apis`, apis, query, (api) => apiView(api, names)) };
      },
    }),
    defineRoute({
      ...common,
      ...USAGE_CONTENT,
      tag: 'APIs',
      summary: 'Get how often an API was called, and with what result',
      method: 'GET',
      path: `${base}/apis/{apiId}/usage`,
      operationId: 'getApiUsage',
      params: z.strictObject({ apiId: Id }),
      handle: async ({ params: { apiId }, query }) => {
        const period = readPeriod(query, management.clock());
        await getAnyApi(management, apiId);
        return answerUsage(await reportUsage(management, 'API', apiId, period), query);
      },
    }),
    defineRoute({
      ...common,
      tag: 'APIs',
      summary: 'Move an API through its lifecycle',
      method: 'POST',
      path: `${base}/apis/change-lifecycle`,
      operationId: 'changeLifecycle',
      query: z.strictObject({ action: Action, apiId: Id }),
      response: z.strictObject({ workflowStatus: z.literal('APPROVED'), lifecycleState: z.string() }),
      handle: async ({ caller, query: { action, apiId } }) => {
        const { lifecycle } = await changeLifecycle(management, caller, apiId, action);
        return { status: 200, body: { workflowStatus: 'APPROVED', lifecycleState: lifecycle } };
      },
    }),
    defineRoute({
      ...common,
      tag: 'Subscriptions',
      summary: 'List the subscriptions to an API',
      method: 'GET',
      path: `${base}/subscriptions`,
      operationId: 'listSubscriptionsToApi',
      query: z.strictObject({ ...paging, apiId: Id }),
      response: listOf(SubscriptionSchema),
      handle: async ({ query: { apiId, ...page } }) => {
        const subscriptions = await listSubscriptionsTo(management, apiId);
        return {
          status: 200,
          body: listPage(`${base}/subscriptions`, subscriptions, page, subscriptionView),
        };
      },
    }),
    defineRoute({
      ...common,
      tag: 'Subscriptions',
      summary: 'Block a subscription, for all calls or for production only',
      method: 'POST',
      path: `${base}/subscriptions/block-subscription`,
      operationId: 'blockSubscription',
      query: z.strictObject({
        subscriptionId: Id,
        blockState: z.enum(['BLOCKED', 'PROD_ONLY_BLOCKED']),
      }),
      response: SubscriptionSchema,
      handle: ({ caller, query: { subscriptionId, blockState } }) =>
        decide(management, caller, subscriptionId, BLOCK_STATES[blockState]),
    }),
    ...(
      [
        ['unblock', 'Unblock a subscription'],
        ['approve', 'Approve a subscription that waits'],
        ['reject', 'Reject a subscription that waits'],
      ] as const
    ).map(([action, summary]) =>
      defineRoute({
        ...common,
        tag: 'Subscriptions',
        summary,
        method: 'POST',
        path: `${base}/subscriptions/${action}-subscription`,
        operationId: `${action}Subscription`,
        query: z.strictObject({ subscriptionId: Id }),
        response: SubscriptionSchema,
        handle: ({ caller, query: { subscriptionId } }) => decide(management, caller, subscriptionId, action),
      }),
    ),
  ]);
}

async function decide(
  management: Management,
  caller: Parameters<typeof decideSubscription>[1],
  subscriptionId: string,
  action: PublisherAction,
) {
  const details = await decideSubscription(management, caller, subscriptionId, action);
  return { status: 200 as const, body: subscriptionView(details) };
}
