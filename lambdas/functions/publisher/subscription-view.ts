import { z } from 'zod';
import { SubscriptionSchema, subscriptionView } from '../../management/subscriptions/subscription-views.ts';
import type { SubscriptionDetails } from '../../management/subscriptions/subscription-reads.ts';

const { applicationInfo } = SubscriptionSchema.shape;

/** A subscription as WSO2's Publisher reads it, with what developers see of it. */
export const PublisherSubscription = z
  .strictObject({
    ...SubscriptionSchema.shape,
    applicationInfo: applicationInfo.extend({ subscriber: z.string() }),
    subscriptionStatus: SubscriptionSchema.shape.status.describe('The same as `status`.'),
  })
  .meta({ id: 'PublisherSubscription' });

export function publisherSubscriptionView(details: SubscriptionDetails) {
  const view = subscriptionView(details);
  return {
    ...view,
    applicationInfo: { ...view.applicationInfo, subscriber: view.applicationInfo.owner },
    subscriptionStatus: view.status,
  };
}
