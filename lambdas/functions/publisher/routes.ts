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
  description: 'For publishers: move APIs through their lifecycle, and decide about subscriptions.',
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
      summary: 'List the subscriptions to an API, with the standing decisions about their owners',
      method: 'GET',
      path: `${base}/subscriptions`,
      operationId: 'listSubscriptionsToApi',
      query: z.strictObject({ ...paging, apiId: Id }),
      response: listOf(PublisherSubscription).extend({
        standingDecisions: z
          .array(StandingDecision)
          .describe(
            'All standing decisions at the API, including those about owners without a subscription.',
          ),
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
      summary: 'Get the subscriber of a subscription',
      method: 'GET',
      path: `${base}/subscriptions/{subscriptionId}/subscriber-info`,
      operationId: 'getSubscriber',
      params: z.strictObject({ subscriptionId: Id }),
      query: noQuery,
      response: z
        .strictObject({
          name: z.string(),
          claims: z.array(z.unknown()).max(0).describe('Always empty: the identity provider has the claims.'),
        })
        .meta({ id: 'SubscriberInfo' }),
      handle: async ({ params: { subscriptionId } }) => {
        const { application } = await findSubscription(look(management), subscriptionId);
        return { status: 200, body: { name: application.ownerName, claims: [] } };
      },
    }),
    defineRoute({
      ...common,
      tag: 'Subscriptions',
      summary: 'Block the owner of a subscription at its API, fully or for production only',
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
        ['unblock', 'Unblock the owner of a subscription at its API'],
        ['approve', 'Approve a pending subscription, or a pending change of its plan'],
        ['reject', 'Reject a pending subscription, or a pending change of its plan'],
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
