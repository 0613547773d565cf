import { z } from 'zod';
import { SUBSCRIPTION_STATUSES } from '../../core/decision/credential.ts';
import { LIFECYCLE_STATUSES } from '../../core/apis/managed-api.ts';
import type { SubscriptionDetails } from './subscription-reads.ts';
import { Id } from '../../platform/http/schemas.ts';

/** A subscription as WSO2 shows it, to developers and publishers alike. */
export const SubscriptionSchema = z
  .strictObject({
    subscriptionId: Id,
    applicationId: Id,
    apiId: Id,
    apiInfo: z.strictObject({
      id: Id,
      name: z.string(),
      description: z.string(),
      context: z.string(),
      version: z.string(),
      provider: z.string(),
      lifeCycleStatus: z.enum(LIFECYCLE_STATUSES),
    }),
    applicationInfo: z.strictObject({
      applicationId: Id,
      name: z.string(),
      throttlingPolicy: z.string(),
      description: z.string(),
      status: z.literal('APPROVED'),
      subscriptionCount: z.int(),
      owner: z.string(),
    }),
    throttlingPolicy: z.string().describe('The current plan.'),
    requestedThrottlingPolicy: z
      .string()
      .exactOptional()
      .describe("The plan that awaits a publisher's approval."),
    status: z
      .enum([...SUBSCRIPTION_STATUSES, 'TIER_UPDATE_PENDING'])
      .describe('TIER_UPDATE_PENDING: works with the current plan while another one awaits approval.'),
    createdTime: z.string().describe('Milliseconds since the epoch.'),
  })
  .meta({ id: 'Subscription' });

export function subscriptionView({ subscription, application, api }: SubscriptionDetails) {
  const { applicationId, name, throttlingPolicy, description, subscriptionCount, ownerName } = application;
  const { requestedPolicy } = subscription;
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
    ...(requestedPolicy !== undefined && { requestedThrottlingPolicy: requestedPolicy }),
    status:
      requestedPolicy !== undefined && subscription.status === 'UNBLOCKED'
        ? 'TIER_UPDATE_PENDING'
        : subscription.status,
    createdTime: String(subscription.createdAt),
  };
}
