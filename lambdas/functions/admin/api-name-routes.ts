import { z } from 'zod';
import { listApiNames, releaseApiName } from '../../management/apis/api-names.ts';
import { carryOut } from '../../management/frame/carry-out.ts';
import type { Management } from '../../management/frame/management.ts';
import type { ApiNameItem } from '../../platform/dynamodb/registration-items.ts';
import { defineRoute, noBody, noParams, noQuery, type Route } from '../../platform/http/route.ts';
import { Id, listOf, listPage, must, paging } from '../../platform/http/schemas.ts';
import { ADMIN_BASE, ADMIN_ROLES } from './admin-route.ts';

const path = `${ADMIN_BASE}/api-names`;
const common = { tag: 'API names', roles: ADMIN_ROLES, status: 200 } as const;

const StackName = z
  .string(must('the name of a stack'))
  .regex(/^[A-Za-z][A-Za-z0-9-]{0,127}$/, 'must be the name of a CloudFormation stack');

const ApiNameSchema = z
  .strictObject({
    apiId: Id,
    name: z.string(),
    version: z.string(),
    stackName: z.string().describe('The stack that can register it.'),
    registered: z.boolean().describe('false: reserved for its stack, so keys never pass to another one.'),
    releasedTo: z
      .string()
      .nullable()
      .describe('The stack that it was released to, until that stack registers it.'),
  })
  .meta({ id: 'ApiName' });

/** The names of APIs and the stacks that they belong to. */
export function apiNameRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      ...common,
      summary: 'List the names and versions of APIs, with the stacks that own them',
      method: 'GET',
      path,
      operationId: 'listApiNames',
      params: noParams,
      query: z.strictObject(paging),
      body: noBody,
      response: listOf(ApiNameSchema),
      handle: async ({ query }) => ({
        status: 200,
        body: listPage(path, await listApiNames(management), query, apiNameView),
      }),
    }),
    defineRoute({
      ...common,
      summary: "Release an API's name and version to another stack",
      description:
        "The stack can then register the API, and the API's keys open what it registers. Until it does, nothing changes.",
      method: 'POST',
      path: `${path}/{apiId}/release`,
      operationId: 'releaseApiName',
      params: z.strictObject({ apiId: Id }),
      query: noQuery,
      body: z.strictObject({ stackName: StackName }),
      response: ApiNameSchema,
      handle: (request) => {
        const plan = releaseApiName(request.params.apiId, request.body.stackName);
        return carryOut(management, request, plan, (name) => ({ status: 200, body: apiNameView(name) }));
      },
    }),
  ];
}

function apiNameView({ apiId, name, apiVersion, stackName, isRegistered, releasedTo }: ApiNameItem) {
  return {
    apiId,
    name,
    version: apiVersion,
    stackName,
    registered: isRegistered,
    releasedTo: releasedTo ?? null,
  };
}
