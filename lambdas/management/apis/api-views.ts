import { z } from 'zod';
import { FRESHNESS_MODES, readFreshness } from '../../core/decision/freshness.ts';
import { LIFECYCLE_STATUSES, takesSubscriptions } from '../../core/apis/managed-api.ts';
import { SUBSCRIPTIONLESS_PLAN } from '../../core/limits/throttling-policy.ts';
import type { ApiItem } from '../../platform/dynamodb/items.ts';
import { Id } from '../../platform/http/schemas.ts';
import type { ApiOperation } from './api-operations.ts';

const summaryFields = {
  id: Id,
  name: z.string(),
  description: z.string(),
  context: z.string().describe('Path below which the gateway serves it.'),
  version: z.string(),
  type: z.literal('HTTP'),
  provider: z.string(),
  lifeCycleStatus: z.enum(LIFECYCLE_STATUSES),
  throttlingPolicies: z.array(z.string()).describe('Names of the plans that it offers.'),
  isSubscriptionAvailable: z.boolean().describe('Whether new subscriptions are possible.'),
  hasThumbnail: z.literal(false),
  advertiseInfo: z.strictObject({ advertised: z.literal(false) }),
  businessInformation: z.strictObject({}),
  createdTime: z.string().describe('Milliseconds since the epoch.'),
};

/** An API in a list. */
export const ApiSummary = z.strictObject(summaryFields).meta({ id: 'ApiSummary' });

export const Api = z
  .strictObject({
    ...summaryFields,
    tags: z.array(z.string()).describe('Tags of its OpenAPI document.'),
    tiers: z
      .array(z.strictObject({ tierName: z.string(), tierPlan: z.literal('FREE') }))
      .describe('The plans that it offers.'),
    operations: z
      .array(z.strictObject({ id: z.string().exactOptional(), target: z.string(), verb: z.string() }))
      .exactOptional()
      .describe('From its OpenAPI document; not in lists.'),
    monetization: z.strictObject({ enabled: z.literal(false) }),
    isDefaultVersion: z.literal(false),
    lastUpdatedTime: z.string().describe('Milliseconds since the epoch.'),
    transport: z.tuple([z.literal('https')]),
    securityScheme: z.tuple([z.literal('api_key')]),
    subscriptionRequired: z.boolean(),
    freshness: z
      .strictObject({
        mode: z.enum(FRESHNESS_MODES),
        seconds: z.int().exactOptional().describe('For `bounded`.'),
        ttlSeconds: z.int().exactOptional().describe('For `gateway`.'),
      })
      .describe(
        'How stale the data behind a decision can be. strict: nothing is cached. bounded: data about a key is cached for `seconds`. gateway: API Gateway caches decisions by key and address for `ttlSeconds`; there are no referrer restrictions and no limits.',
      ),
    apiKeyHeader: z.string().exactOptional().describe('Name of the header that carries the key.'),
    apiKeyQueryParameter: z.string().exactOptional(),
    endpointURLs: z.array(
      z.strictObject({
        environmentName: z.string(),
        environmentDisplayName: z.string(),
        environmentType: z.enum(['production', 'sandbox']),
        URLs: z.strictObject({ http: z.string().exactOptional(), https: z.string().exactOptional() }),
      }),
    ),
  })
  .meta({ id: 'Api' });

/** @param plans names of all business plans: what an API takes that names none of its own. */
export function apiSummary(api: ApiItem, plans: readonly string[]) {
  const { requiresSubscription, lifecycle } = api;
  return {
    id: api.apiId,
    name: api.name,
    description: api.description,
    context: api.context,
    version: api.version,
    type: 'HTTP',
    provider: api.provider,
    lifeCycleStatus: lifecycle,
    throttlingPolicies: requiresSubscription ? (api.policies ?? plans) : [SUBSCRIPTIONLESS_PLAN],
    isSubscriptionAvailable: requiresSubscription && takesSubscriptions(lifecycle),
    hasThumbnail: false,
    advertiseInfo: { advertised: false },
    businessInformation: {},
    createdTime: String(api.createdAt),
  };
}

export function apiView(api: ApiItem, plans: readonly string[], operations?: readonly ApiOperation[]) {
  const summary = apiSummary(api, plans);
  return {
    ...summary,
    tags: api.tags ?? [],
    tiers: summary.throttlingPolicies.map((tierName) => ({ tierName, tierPlan: 'FREE' })),
    ...(operations !== undefined && { operations }),
    monetization: { enabled: false },
    isDefaultVersion: false,
    lastUpdatedTime: String(api.updatedAt),
    transport: ['https'],
    securityScheme: ['api_key'],
    subscriptionRequired: api.requiresSubscription,
    freshness: readFreshness(api.freshness),
    ...(api.keyHeader !== undefined && { apiKeyHeader: api.keyHeader }),
    ...(api.keyQueryParameter !== undefined && { apiKeyQueryParameter: api.keyQueryParameter }),
    endpointURLs: [
      endpointView('Production', 'production', api.productionUrl),
      endpointView('Sandbox', 'sandbox', api.sandboxUrl),
    ],
  };
}

function endpointView(environmentDisplayName: string, environmentType: string, url: string) {
  const isSecure = url.startsWith('https:');
  return {
    environmentName: environmentType,
    environmentDisplayName,
    environmentType,
    URLs: isSecure ? { https: url } : { http: url },
  };
}
