import { z } from 'zod';
import { SUBSCRIPTIONLESS_PLAN } from '../core/throttling-policy.ts';
import { getApi, getApiDefinition, listApis } from '../management/apis.ts';
import type { Management } from '../management/management.ts';
import type { ApiItem } from '../platform/dynamodb/items.ts';
import { defineRoute, noBody, noParams, noQuery, type Route } from '../platform/http/route.ts';
import { Id, label, listPage, paging } from '../platform/http/schemas.ts';
import { PORTAL_BASE, PORTAL_ROLES } from './portal-route.ts';

const path = `${PORTAL_BASE}/apis`;
const common = { roles: PORTAL_ROLES, body: noBody };

/** The APIs that developers can see and use. */
export function apiRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      ...common,
      method: 'GET',
      path,
      operationId: 'listApis',
      params: noParams,
      query: z.strictObject({ ...paging, query: label(200).optional() }),
      handle: async ({ query }) => {
        const apis = await listApis(management);
        const found = query.query === undefined ? apis : apis.filter(matching(query.query));
        return { status: 200, body: listPage(path, found, query, apiSummary) };
      },
    }),
    defineRoute({
      ...common,
      method: 'GET',
      path: `${path}/{apiId}`,
      operationId: 'getApi',
      params: z.strictObject({ apiId: Id }),
      query: noQuery,
      handle: async ({ params }) => ({ status: 200, body: apiView(await getApi(management, params.apiId)) }),
    }),
    defineRoute({
      ...common,
      method: 'GET',
      path: `${path}/{apiId}/swagger`,
      operationId: 'getApiDefinition',
      params: z.strictObject({ apiId: Id }),
      query: noQuery,
      handle: async ({ params }) => {
        const body: unknown = JSON.parse(await getApiDefinition(management, params.apiId));
        return { status: 200, body };
      },
    }),
  ];
}

/** `name:pizza`, `version:1`, `context:…`, `provider:…`, `status:…`, or a part of the name. */
function matching(query: string): (api: ApiItem) => boolean {
  const [, field = 'name', wanted = query] =
    /^(name|version|context|provider|status):(.*)$/i.exec(query) ?? [];
  return (api) => {
    const texts: Record<string, string> = {
      name: api.name,
      version: api.version,
      context: api.context,
      provider: api.provider,
      status: api.lifecycle,
    };
    return (texts[field.toLowerCase()] ?? '').toLowerCase().includes(wanted.trim().toLowerCase());
  };
}

function apiSummary(api: ApiItem) {
  return {
    id: api.apiId,
    name: api.name,
    description: api.description,
    context: api.context,
    version: api.version,
    type: 'HTTP',
    provider: api.provider,
    lifeCycleStatus: api.lifecycle,
    throttlingPolicies: policiesOf(api),
    createdTime: String(api.createdAt),
  };
}

function apiView(api: ApiItem) {
  return {
    ...apiSummary(api),
    lastUpdatedTime: String(api.updatedAt),
    transport: ['https'],
    securityScheme: ['api_key'],
    subscriptionRequired: api.requiresSubscription,
    ...(api.keyHeader !== undefined && { apiKeyHeader: api.keyHeader }),
    ...(api.keyQueryParameter !== undefined && { apiKeyQueryParameter: api.keyQueryParameter }),
    endpointURLs: [
      endpointView('Production', 'production', api.productionUrl),
      endpointView('Sandbox', 'sandbox', api.sandboxUrl),
    ],
  };
}

function policiesOf({ requiresSubscription, policies }: ApiItem): readonly string[] {
  return requiresSubscription ? policies : [SUBSCRIPTIONLESS_PLAN];
}

function endpointView(environmentDisplayName: string, environmentType: string, url: string) {
  const isSecure = url.startsWith('https:');
  return {
    environmentName: environmentType,
    environmentDisplayName,
    environmentType,
    URLs: { http: isSecure ? null : url, https: isSecure ? url : null },
  };
}
