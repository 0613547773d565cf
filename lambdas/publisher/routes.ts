import { z } from 'zod';
import {
  decideSubscription,
  listSubscriptionsTo,
  type PublisherAction,
} from '../management/decide-subscription.ts';
import type { Management } from '../management/management.ts';
import { defineRoute, noBody, noParams, type Route } from '../platform/http/route.ts';
import { Id, listOf, listPage, paging } from '../platform/http/schemas.ts';
import { withOpenApi } from '../platform/http/with-open-api.ts';
import { apiRoutes } from './api-routes.ts';
import { PUBLISHER_BASE, PUBLISHER_ROLES } from './publisher-route.ts';
import { settingsRoutes } from './settings-routes.ts';
import { PublisherSubscription, publisherSubscriptionView } from './subscription-view.ts';

/** What the document of the Publisher API says of it. */
export const PUBLISHER_API = {
  title: 'Keybound Publisher API',
  base: PUBLISHER_BASE,
  description: 'Publishers move APIs through their lifecycle, and decide about subscriptions.',
} as const;

const base = PUBLISHER_BASE;
const common = { roles: PUBLISHER_ROLES, params: noParams, body: noBody, status: 200 } as const;

const BLOCK_STATES = { BLOCKED: 'block', PROD_ONLY_BLOCKED: 'blockProduction' } as const;

/** Every operation of the Publisher API. */
export function publisherRoutes(management: Management): readonly Route[] {
  return withOpenApi(PUBLISHER_API, [
    ...apiRoutes(management),
    ...settingsRoutes(management),
    defineRoute({
      ...common,
      tag: 'Subscriptions',
      summary: 'List the subscriptions to an API',
      method: 'GET',
      path: `${base}/subscriptions`,
      operationId: 'listSubscriptionsToApi',
      query: z.strictObject({ ...paging, apiId: Id }),
      response: listOf(PublisherSubscription),
      handle: async ({ query: { apiId, ...page } }) => {
        const subscriptions = await listSubscriptionsTo(management, apiId);
        return {
          status: 200,
          body: listPage(`${base}/subscriptions`, subscriptions, page, publisherSubscriptionView),
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
      response: PublisherSubscription,
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
        response: PublisherSubscription,
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
  return { status: 200 as const, body: publisherSubscriptionView(details) };
}
