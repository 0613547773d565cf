import { z } from 'zod';
import { Fault } from '../core/fault.ts';
import { idempotently } from '../management/idempotently.ts';
import type { Management } from '../management/management.ts';
import {
  changeSubscriptionPolicy,
  getSubscription,
  listSubscriptions,
  subscribe,
  unsubscribe,
  type SubscriptionDetails,
} from '../management/subscriptions.ts';
import {
  defineRoute,
  noBody,
  noParams,
  noQuery,
  noResponseBody,
  type Route,
} from '../platform/http/route.ts';
import { Id, label, listOf, listPage, paging } from '../platform/http/schemas.ts';
import { SubscriptionSchema, subscriptionView } from '../management/subscription-views.ts';
import { PORTAL_BASE, PORTAL_ROLES } from './portal-route.ts';

const path = `${PORTAL_BASE}/subscriptions`;
const roles = PORTAL_ROLES;
const tag = 'Subscriptions';
const params = z.strictObject({ subscriptionId: Id });

const SubscriptionBody = z.strictObject({ applicationId: Id, apiId: Id, throttlingPolicy: label(100) });

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
      query: z.strictObject({ ...paging, apiId: Id.exactOptional(), applicationId: Id.exactOptional() }),
      body: noBody,
      handle: async ({ caller, query: { limit, offset, ...filter } }) => {
        const subscriptions = await listSubscriptions(management, caller.subject, filter);
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
        const { throttlingPolicy: policy, ...ids } = request.body;
        return idempotently(
          management,
          request,
          (alsoWrite) => subscribe(management, request.caller, { ...ids, policy }, alsoWrite),
          (details: SubscriptionDetails) => ({
            status: 201,
            body: subscriptionView(details),
            version: details.link.version,
          }),
        );
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
        const details = await getSubscription(management, caller.subject, subscriptionId);
        return { status: 200, body: subscriptionView(details), version: details.link.version };
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
      handle: async ({ caller, params: { subscriptionId }, body, ifMatch }) => {
        const { application, api } = await getSubscription(management, caller.subject, subscriptionId);
        if (application.applicationId !== body.applicationId || api.apiId !== body.apiId) {
          throw new Fault(
            'bad_request',
            'A subscription keeps its application and API; only its plan can change.',
          );
        }
        const changed = await changeSubscriptionPolicy(
          management,
          caller,
          subscriptionId,
          body.throttlingPolicy,
          ifMatch,
        );
        return { status: 200, body: subscriptionView(changed), version: changed.link.version };
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
      handle: async ({ caller, params: { subscriptionId }, ifMatch }) => {
        await unsubscribe(management, caller, subscriptionId, ifMatch);
        return { status: 200 };
      },
    }),
  ];
}
