import { z } from 'zod';
import { Fault } from '../core/fault.ts';
import type { Management } from '../management/management.ts';
import {
  changeSubscriptionPolicy,
  getSubscription,
  listSubscriptions,
  subscribe,
  unsubscribe,
  type SubscriptionDetails,
} from '../management/subscriptions.ts';
import { defineRoute, noBody, noParams, noQuery, type Route } from '../platform/http/route.ts';
import { Id, label, listPage, paging } from '../platform/http/schemas.ts';
import { PORTAL_BASE, PORTAL_ROLES } from './portal-route.ts';

const path = `${PORTAL_BASE}/subscriptions`;
const roles = PORTAL_ROLES;
const params = z.strictObject({ subscriptionId: Id });

const SubscriptionBody = z.strictObject({ applicationId: Id, apiId: Id, throttlingPolicy: label(100) });

/** A developer's subscriptions. */
export function subscriptionRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path,
      operationId: 'listSubscriptions',
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
      roles,
      params: noParams,
      query: noQuery,
      body: SubscriptionBody,
      handle: async ({ caller, body: { throttlingPolicy: policy, ...ids } }) => ({
        status: 201,
        body: subscriptionView(await subscribe(management, caller, { ...ids, policy })),
      }),
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/{subscriptionId}`,
      operationId: 'getSubscription',
      roles,
      params,
      query: noQuery,
      body: noBody,
      handle: async ({ caller, params: { subscriptionId } }) => ({
        status: 200,
        body: subscriptionView(await getSubscription(management, caller.subject, subscriptionId)),
      }),
    }),
    defineRoute({
      method: 'PUT',
      path: `${path}/{subscriptionId}`,
      operationId: 'updateSubscription',
      roles,
      params,
      query: noQuery,
      body: SubscriptionBody,
      handle: async ({ caller, params: { subscriptionId }, body }) => {
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
        );
        return { status: 200, body: subscriptionView(changed) };
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${path}/{subscriptionId}`,
      operationId: 'deleteSubscription',
      roles,
      params,
      query: noQuery,
      body: noBody,
      handle: async ({ caller, params: { subscriptionId } }) => {
        await unsubscribe(management, caller, subscriptionId);
        return { status: 200 };
      },
    }),
  ];
}

function subscriptionView({ subscription, application, api }: SubscriptionDetails) {
  const { applicationId, name, throttlingPolicy, description, subscriptionCount, ownerName } = application;
  return {
    subscriptionId: subscription.subscriptionId,
    applicationId,
    apiId: api.apiId,
    apiInfo: {
      id: api.apiId,
      name: api.name,
      description: api.description,
      context: api.context,
      version: api.version,
      provider: api.provider,
      lifeCycleStatus: api.lifecycle,
    },
    applicationInfo: {
      applicationId,
      name,
      throttlingPolicy,
      description,
      status: 'APPROVED',
      subscriptionCount,
      owner: ownerName,
    },
    throttlingPolicy: subscription.policy,
    status: subscription.status,
  };
}
