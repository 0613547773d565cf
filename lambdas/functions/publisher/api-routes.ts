import { z } from 'zod';
import { LIFECYCLE_STATUSES } from '../../core/apis/managed-api.ts';
import { readPeriod } from '../../core/usage/usage-period.ts';
import { readOperations } from '../../management/apis/api-operations.ts';
import { Api, apiView } from '../../management/apis/api-views.ts';
import { getAnyApi, listAllApis, readDefinition } from '../../management/apis/apis.ts';
import {
  changeLifecycle,
  LIFECYCLE_ACTION_NAMES,
  lifecycleStateOf,
  STATE_NAMES,
} from '../../management/apis/change-lifecycle.ts';
import { listLifecycleChanges, type LifecycleChange } from '../../management/apis/lifecycle-history.ts';
import { carryOut } from '../../management/frame/carry-out.ts';
import type { Management } from '../../management/frame/management.ts';
import { look } from '../../management/frame/snapshot.ts';
import { listPlansOf, listPolicies } from '../../management/policies/policies.ts';
import { PolicySchema, policyView } from '../../management/policies/policy-views.ts';
import { API_QUERY, searchApis } from '../../management/apis/search-apis.ts';
import { reportUsage } from '../../management/usage/usage-reports.ts';
import { answerUsage, USAGE_CONTENT } from '../../management/usage/usage-views.ts';
import type { ApiItem } from '../../platform/dynamodb/items.ts';
import {
  defineRoute,
  noBody,
  noParams,
  noQuery,
  noResponseBody,
  type Route,
} from '../../platform/http/route.ts';
import { Id, line, listOf, listPage, paging, SORT_ORDERS, sortedBy } from '../../platform/http/schemas.ts';
import { PUBLISHER_BASE, PUBLISHER_ROLES } from './publisher-route.ts';

const path = `${PUBLISHER_BASE}/apis`;
const common = { tag: 'APIs', roles: PUBLISHER_ROLES, body: noBody, status: 200 } as const;
const one = { ...common, method: 'GET', params: z.strictObject({ apiId: Id }), query: noQuery } as const;

const PublisherApi = z
  .strictObject({ ...Api.shape, policies: z.array(z.string()), visibility: z.literal('PUBLIC') })
  .meta({ id: 'PublisherApi' });

const LifecycleState = z
  .strictObject({
    state: z
      .string()
      .describe(`As WSO2 writes it: ${LIFECYCLE_STATUSES.map((status) => STATE_NAMES[status]).join(', ')}.`),
    checkItems: z.array(z.unknown()).max(0),
    availableTransitions: z.array(
      z.strictObject({ event: z.enum(LIFECYCLE_ACTION_NAMES), targetState: z.string() }),
    ),
  })
  .meta({ id: 'LifecycleState' });

const LifecycleHistoryItem = z
  .strictObject({
    previousState: z.string().exactOptional().describe('Absent for the registration of the API.'),
    postState: z.string(),
    user: z.string().describe('Name of the publisher, or of the stack that registered the API.'),
    updatedTime: z.string().describe('ISO 8601.'),
  })
  .meta({ id: 'LifecycleHistoryItem' });

/** The fields that the list can be sorted by: WSO2's names, and ours for the same. */
const SORT_KEYS = {
  apiName: ({ name }) => name.toLowerCase(),
  name: ({ name }) => name.toLowerCase(),
  version: ({ version }) => version,
  createdTime: ({ createdAt }) => String(createdAt).padStart(16, '0'),
  status: ({ lifecycle }) => lifecycle,
} as const satisfies Record<string, (api: ApiItem) => string>;
const SORT_FIELDS = ['apiName', 'name', 'version', 'createdTime', 'status'] as const;

/** APIs as publishers see them, hidden ones included. */
export function apiRoutes(management: Management): readonly Route[] {
  const planNames = async () =>
    (await listPolicies(look(management), 'subscription')).map(({ name }) => name);
  return [
    defineRoute({
      ...common,
      method: 'GET',
      path,
      operationId: 'listAllApis',
      summary: 'List all APIs, including hidden ones',
      params: noParams,
      query: z.strictObject({
        ...paging,
        query: line(200).optional().describe(API_QUERY),
        sortBy: z.enum(SORT_FIELDS).default('name'),
        sortOrder: z.enum(SORT_ORDERS).default('asc'),
      }),
      response: listOf(PublisherApi),
      handle: async ({ query }) => {
        const [apis, plans] = await Promise.all([listAllApis(management), planNames()]);
        const found = sortedBy(searchApis(apis, query.query), SORT_KEYS[query.sortBy], query.sortOrder);
        return { status: 200, body: listPage(path, found, query, (api) => publisherApiView(api, plans)) };
      },
    }),
    defineRoute({
      ...one,
      path: `${path}/{apiId}`,
      operationId: 'getAnyApi',
      summary: 'Get an API, even a hidden one',
      supports: ['etag'],
      response: PublisherApi,
      handle: async ({ params: { apiId } }) => {
        const [api, plans, operations] = await Promise.all([
          getAnyApi(look(management), apiId),
          planNames(),
          readOperations(management, apiId),
        ]);
        return { status: 200, body: { ...publisherApiView(api, plans), operations }, version: api.revision };
      },
    }),
    defineRoute({
      ...one,
      path: `${path}/{apiId}/swagger`,
      operationId: 'getAnyApiDefinition',
      summary: "Get an API's OpenAPI document",
      response: z.looseObject({}),
      handle: async ({ params: { apiId } }) => {
        await getAnyApi(look(management), apiId);
        const body: unknown = JSON.parse(await readDefinition(management, apiId));
        return { status: 200, body };
      },
    }),
    defineRoute({
      ...one,
      path: `${path}/{apiId}/subscription-policies`,
      operationId: 'listPlansOfAnyApi',
      summary: 'List the plans that an API offers',
      response: z.array(PolicySchema),
      handle: async ({ params: { apiId } }) => {
        const read = look(management);
        const plans = await listPlansOf(read, await getAnyApi(read, apiId));
        return { status: 200, body: plans.map(policyView) };
      },
    }),
    defineRoute({
      ...one,
      path: `${path}/{apiId}/thumbnail`,
      operationId: 'getAnyApiThumbnail',
      summary: "Get an API's thumbnail; always empty",
      status: 204,
      response: noResponseBody,
      handle: async ({ params: { apiId } }) => {
        await getAnyApi(look(management), apiId);
        return { status: 204 };
      },
    }),
    defineRoute({
      ...one,
      path: `${path}/{apiId}/lifecycle-state`,
      operationId: 'getLifecycleState',
      summary: "Get an API's lifecycle state, and the states that it can move to",
      response: LifecycleState,
      handle: async ({ params: { apiId } }) => ({
        status: 200,
        body: lifecycleStateOf((await getAnyApi(look(management), apiId)).lifecycle),
      }),
    }),
    defineRoute({
      ...one,
      path: `${path}/{apiId}/lifecycle-history`,
      operationId: 'getLifecycleHistory',
      summary: "List the changes of an API's lifecycle state, newest first",
      response: z.strictObject({ count: z.int().min(0), list: z.array(LifecycleHistoryItem) }),
      handle: async ({ params: { apiId } }) => {
        await getAnyApi(look(management), apiId);
        const list = (await listLifecycleChanges(management, apiId)).map(changeView);
        return { status: 200, body: { count: list.length, list } };
      },
    }),
    defineRoute({
      ...common,
      ...USAGE_CONTENT,
      method: 'GET',
      path: `${path}/{apiId}/usage`,
      operationId: 'getApiUsage',
      summary: "Get an API's usage",
      params: one.params,
      handle: async ({ params: { apiId }, query }) => {
        const period = readPeriod(query, management.clock());
        await getAnyApi(look(management), apiId);
        return answerUsage(await reportUsage(management, 'API', apiId, period), query);
      },
    }),
    defineRoute({
      ...common,
      method: 'POST',
      path: `${path}/change-lifecycle`,
      operationId: 'changeLifecycle',
      supports: ['etag', 'if-match'],
      summary: 'Move an API through its lifecycle',
      params: noParams,
      query: z.strictObject({
        action: z.enum(LIFECYCLE_ACTION_NAMES),
        apiId: Id,
        lifecycleChecklist: line(1_000).optional().describe('Ignored: there is no checklist.'),
      }),
      response: z.strictObject({
        workflowStatus: z.literal('APPROVED'),
        lifecycleState: LifecycleState,
      }),
      handle: (request) => {
        const plan = changeLifecycle(request.query.apiId, request.query.action);
        return carryOut(management, request, plan, ({ lifecycle, revision }) => ({
          status: 200,
          body: { workflowStatus: 'APPROVED', lifecycleState: lifecycleStateOf(lifecycle) },
          version: revision,
        }));
      },
    }),
  ];
}

function publisherApiView(api: ApiItem, plans: readonly string[]) {
  const view = apiView(api, plans);
  return { ...view, policies: view.throttlingPolicies, visibility: 'PUBLIC' };
}

function changeView({ from, to, actorName, at }: LifecycleChange) {
  return {
    ...(from !== undefined && { previousState: STATE_NAMES[from] }),
    postState: STATE_NAMES[to],
    user: actorName,
    updatedTime: at,
  };
}
