import { z } from 'zod';
import { readOperations } from '../../management/apis/api-operations.ts';
import { getApi, getApiDefinition, listApis } from '../../management/apis/apis.ts';
import type { Management } from '../../management/frame/management.ts';
import { look } from '../../management/frame/snapshot.ts';
import { listPlansOf, listPolicies } from '../../management/policies/policies.ts';
import { PolicySchema, policyView } from '../../management/policies/policy-views.ts';
import { API_QUERY, searchApis } from '../../management/apis/search-apis.ts';
import type { ApiItem } from '../../platform/dynamodb/items.ts';
import { definePublicRoute } from '../../platform/http/public-route.ts';
import { noParams, noQuery, noResponseBody, type Route } from '../../platform/http/route.ts';
import { Id, line, listOf, listPage, paging } from '../../platform/http/schemas.ts';
import { Api, ApiSummary, apiSummary, apiView } from '../../management/apis/api-views.ts';
import { PORTAL_BASE, PORTAL_ROLES } from './portal-route.ts';

const path = `${PORTAL_BASE}/apis`;
const one = z.strictObject({ apiId: Id });
const common = { roles: PORTAL_ROLES, tag: 'APIs', status: 200 } as const;

/** The APIs that developers can see and use. */
export function apiRoutes(management: Management): readonly Route[] {
  return [
    definePublicRoute({
      ...common,
      path,
      operationId: 'listApis',
      summary: 'List the APIs',
      params: noParams,
      query: z.strictObject({
        ...paging,
        query: line(200).optional().describe(API_QUERY),
      }),
      response: listOf(ApiSummary),
      handle: async ({ query }) => {
        const [apis, plans] = await Promise.all([listApis(management), planNames(management)]);
        const found = searchApis(apis, query.query);
        return { status: 200, body: listPage(path, found, query, (api) => apiSummary(api, plans)) };
      },
    }),
    definePublicRoute({
      ...common,
      path: `${path}/{apiId}`,
      operationId: 'getApi',
      summary: 'Get an API',
      params: one,
      query: noQuery,
      response: Api,
      handle: async ({ params: { apiId } }) => {
        const [api, plans, operations] = await Promise.all([
          getApi(look(management), apiId),
          planNames(management),
          readOperations(management, apiId),
        ]);
        return { status: 200, body: apiView(api, plans, operations) };
      },
    }),
    definePublicRoute({
      ...common,
      path: `${path}/{apiId}/swagger`,
      operationId: 'getApiDefinition',
      summary: "Get an API's OpenAPI document",
      params: one,
      query: noQuery,
      response: z.looseObject({}),
      handle: async ({ params }) => {
        const body: unknown = JSON.parse(await getApiDefinition(management, params.apiId));
        return { status: 200, body };
      },
    }),
    definePublicRoute({
      ...common,
      path: `${path}/{apiId}/subscription-policies`,
      operationId: 'listPlansOfApi',
      summary: 'List the plans that an API offers',
      params: one,
      query: noQuery,
      response: z.array(PolicySchema),
      handle: async ({ params: { apiId } }) => {
        const read = look(management);
        const plans = await listPlansOf(read, await getApi(read, apiId));
        return { status: 200, body: plans.map(policyView) };
      },
    }),
    definePublicRoute({
      ...common,
      path: `${path}/{apiId}/thumbnail`,
      operationId: 'getApiThumbnail',
      summary: "Get an API's thumbnail; always empty",
      params: one,
      query: noQuery,
      status: 204,
      response: noResponseBody,
      handle: async ({ params: { apiId } }) => {
        await getApi(look(management), apiId);
        return { status: 204 };
      },
    }),
    definePublicRoute({
      ...common,
      path: `${PORTAL_BASE}/tags`,
      operationId: 'listTags',
      summary: 'List tags, with the number of APIs for each',
      params: noParams,
      query: z.strictObject(paging),
      response: listOf(z.strictObject({ value: z.string(), count: z.int().min(1) }).meta({ id: 'Tag' })),
      handle: async ({ query }) => {
        const tags = countTags(await listApis(management));
        return { status: 200, body: listPage(`${PORTAL_BASE}/tags`, tags, query, (tag) => tag) };
      },
    }),
  ];
}

async function planNames(management: Management): Promise<readonly string[]> {
  return (await listPolicies(look(management), 'subscription')).map(({ name }) => name);
}

/** By name. */
function countTags(apis: readonly Pick<ApiItem, 'tags'>[]): readonly { value: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const tag of apis.flatMap(({ tags = [] }) => tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .toSorted((one, other) => one.value.localeCompare(other.value, 'en'));
}
