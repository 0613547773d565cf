import { z } from 'zod';
import { getApi, getApiDefinition, listApis } from '../management/apis.ts';
import type { Management } from '../management/management.ts';
import { listPolicies } from '../management/policies.ts';
import type { ApiItem } from '../platform/dynamodb/items.ts';
import { defineRoute, noBody, noParams, noQuery, type Route } from '../platform/http/route.ts';
import { Id, label, listOf, listPage, paging } from '../platform/http/schemas.ts';
import { Api, ApiSummary, apiSummary, apiView } from '../management/api-views.ts';
import { PORTAL_BASE, PORTAL_ROLES } from './portal-route.ts';

const path = `${PORTAL_BASE}/apis`;
const common = { method: 'GET', roles: PORTAL_ROLES, tag: 'APIs', body: noBody, status: 200 } as const;

/** The APIs that developers can see and use. */
export function apiRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      ...common,
      path,
      operationId: 'listApis',
      summary: 'List the APIs',
      params: noParams,
      query: z.strictObject({
        ...paging,
        query: label(200)
          .optional()
          .describe(
            'Part of a name, or name:, version:, context:, provider: or status: with a part of that.',
          ),
      }),
      response: listOf(ApiSummary),
      handle: async ({ query }) => {
        const [apis, plans] = await Promise.all([listApis(management), planNames(management)]);
        const found = query.query === undefined ? apis : apis.filter(matching(query.query));
        return { status: 200, body: listPage(path, found, query, (api) => apiSummary(api, plans)) };
      },
    }),
    defineRoute({
      ...common,
      path: `${path}/{apiId}`,
      operationId: 'getApi',
      summary: 'Get an API',
      params: z.strictObject({ apiId: Id }),
      query: noQuery,
      response: Api,
      handle: async ({ params: { apiId } }) => {
        const [api, plans] = await Promise.all([getApi(management, apiId), planNames(management)]);
        return { status: 200, body: apiView(api, plans) };
      },
    }),
    defineRoute({
      ...common,
      path: `${path}/{apiId}/swagger`,
      operationId: 'getApiDefinition',
      summary: 'Get the OpenAPI document of an API',
      params: z.strictObject({ apiId: Id }),
      query: noQuery,
      response: z.looseObject({}),
      handle: async ({ params }) => {
        const body: unknown = JSON.parse(await getApiDefinition(management, params.apiId));
        return { status: 200, body };
      },
    }),
  ];
}

async function planNames(management: Management): Promise<readonly string[]> {
  return (await listPolicies(management, 'subscription')).map(({ name }) => name);
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
