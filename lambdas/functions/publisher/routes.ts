import { z } from 'zod';
import type { PublisherAction } from '../../core/subscriptions/publisher-decision.ts';
import { carryOut, type ChangeRequest } from '../../management/frame/carry-out.ts';
import type { Management } from '../../management/frame/management.ts';
import { look } from '../../management/frame/snapshot.ts';
import { listStandingDecisions } from '../../management/subscriptions/decide-owner.ts';
import { decideSubscription } from '../../management/subscriptions/decide-subscription.ts';
import {
  findSubscription,
  listSubscriptionsTo,
  type SubscriptionDetails,
} from '../../management/subscriptions/subscription-reads.ts';
import { defineRoute, noBody, noParams, noQuery, type Route } from '../../platform/http/route.ts';
import { Id, listOf, listPage, paging } from '../../platform/http/schemas.ts';
import { withOpenApi } from '../../platform/http/with-open-api.ts';
import { apiRoutes } from './api-routes.ts';
import { decisionRoutes, decisionView, StandingDecision } from './decision-routes.ts';
import { PUBLISHER_BASE, PUBLISHER_ROLES } from './publisher-route.ts';
import { settingsRoutes } from './settings-routes.ts';
import { PublisherSubscription, publisherSubscriptionView } from './subscription-view.ts';

/** What the document of the Publisher API says of it. */
export const PUBLISHER_API = {
  title: 'Keybound Publisher API',
  base: PUBLISHER_BASE,
  description: 'Publishers move APIs through their lifecycle, and decide about subscriptions.',
} as const;

const { base } = PUBLISHER_API;
const roles = PUBLISHER_ROLES;
const common = { roles, params: noParams, body: noBody, status: 200 } as const;

const BLOCK_STATES = { BLOCKED: 'block', PROD_ONLY_BLOCKED: 'blockProduction' } as const;

/** Every operation of the Publisher API. */
export function publisherRoutes(management: Management): readonly Route[] {
  const decide = (request: ChangeRequest, subscriptionId: string, action: PublisherAction) =>
    carryOut(
      management,
      request,
      decideSubscription(management, request.caller, subscriptionId, action),
      answer,
    );
  return withOpenApi(PUBLISHER_API, [
    ...apiRoutes(management),
    ...settingsRoutes(management),
    defineRoute({
      ...common,
      tag: 'Subscriptions',
      summary: 'List the subscriptions to an API, and the blocks and rejections of owners there',
      method: 'GET',
      path: `${base}/subscriptions`,
      operationId: 'listSubscriptionsToApi',
      query: z.strictObject({ ...paging, apiId: Id }),
      response: listOf(PublisherSubscription).extend({
        standingDecisions: z
          .array(StandingDecision)
          .describe('All blocks and rejections at the API, also of owners who have no subscription left.'),
      }),
      handle: async ({ query: { apiId, ...page } }) => {
        const [subscriptions, decisions] = await Promise.all([
          listSubscriptionsTo(management, apiId),
          listStandingDecisions(management, apiId),
        ]);
        return {
          status: 200,
          body: {
            ...listPage(`${base}/subscriptions`, subscriptions, page, publisherSubscriptionView),
            standingDecisions: decisions.map(decisionView),
          },
        };
      },
    }),
    defineRoute({
      ...common,
      tag: 'Subscriptions',
      summary: 'Get a subscription',
      method: 'GET',
      path: `${base}/subscriptions/{subscriptionId}`,
      operationId: 'getAnySubscription',
      supports: ['etag'],
      params: z.strictObject({ subscriptionId: Id }),
      query: noQuery,
      response: PublisherSubscription,
      handle: async ({ params: { subscriptionId } }) => {
        return answer(await findSubscription(look(management), subscriptionId));
      },
    }),
    defineRoute({
      ...common,
      tag: 'Subscriptions',
      summary: 'Block the owner of a subscription at its API, entirely or for production only',
      method: 'POST',
      path: `${base}/subscriptions/block-subscription`,
      operationId: 'blockSubscription',
      supports: ['etag', 'if-match'],
      query: z.strictObject({
        subscriptionId: Id,
        blockState: z.enum(['BLOCKED', 'PROD_ONLY_BLOCKED']),
      }),
      response: PublisherSubscription,
      handle: (request) =>
        decide(request, request.query.subscriptionId, BLOCK_STATES[request.query.blockState]),
    }),
    ...(
      [
        ['unblock', 'Unblock an owner at the API of a subscription'],
        ['approve', 'Approve a subscription, or a change of its plan, that waits for approval'],
        ['reject', 'Reject a subscription, or a change of its plan, that waits for approval'],
      ] as const
    ).map(([action, summary]) =>
      defineRoute({
        ...common,
        tag: 'Subscriptions',
        summary,
        method: 'POST',
        path: `${base}/subscriptions/${action}-subscription`,
        operationId: `${action}Subscription`,
        supports: ['etag', 'if-match'],
        query: z.strictObject({ subscriptionId: Id }),
        response: PublisherSubscription,
        handle: (request) => decide(request, request.query.subscriptionId, action),
      }),
    ),
    ...decisionRoutes(management),
  ]);
}

function answer(details: SubscriptionDetails) {
  return { status: 200, body: publisherSubscriptionView(details), version: details.link.version } as const;
}
