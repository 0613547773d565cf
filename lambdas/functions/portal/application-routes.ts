import { z } from 'zod';
import { readPeriod } from '../../core/usage/usage-period.ts';
import { getApplication, listApplications } from '../../management/applications/application-reads.ts';
import { createApplication, updateApplication } from '../../management/applications/applications.ts';
import { deleteApplication } from '../../management/applications/delete-application.ts';
import { carryOut } from '../../management/frame/carry-out.ts';
import type { Management } from '../../management/frame/management.ts';
import { look } from '../../management/frame/snapshot.ts';
import { reportUsage } from '../../management/usage/usage-reports.ts';
import { answerUsage, USAGE_CONTENT } from '../../management/usage/usage-views.ts';
import type { ApplicationItem } from '../../platform/dynamodb/items.ts';
import {
  defineRoute,
  noBody,
  noParams,
  noQuery,
  noResponseBody,
  type Route,
  type RouteResponse,
} from '../../platform/http/route.ts';
import { Id, line, listOf, listPage, paging, SORT_ORDERS, sortedBy } from '../../platform/http/schemas.ts';
import { refuseChanges } from '../../platform/http/tolerance.ts';
import { applicationInput, ApplicationBody, FIXED_FIELDS, refuseAnotherOwner } from './application-body.ts';
import { Application, applicationView } from './application-views.ts';
import { PORTAL_BASE, PORTAL_ROLES } from './portal-route.ts';

const path = `${PORTAL_BASE}/applications`;
const common = { roles: PORTAL_ROLES, tag: 'Applications' };
const one = {
  ...common,
  path: `${path}/{applicationId}`,
  params: z.strictObject({ applicationId: Id }),
  query: noQuery,
  status: 200,
} as const;

/** The fields that lists can be sorted by. */
const SORT_FIELDS = ['name', 'throttlingPolicy', 'status'] as const;

/** A developer's applications. */
export function applicationRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      ...common,
      method: 'GET',
      path,
      operationId: 'listApplications',
      summary: 'List your applications',
      params: noParams,
      query: z.strictObject({
        ...paging,
        query: line(200).optional().describe('The whole name; case does not matter.'),
        sortBy: z.enum(SORT_FIELDS).default('name'),
        sortOrder: z.enum(SORT_ORDERS).default('asc'),
        groupId: line(200).optional().describe('Ignored: act for a group to see its applications.'),
      }),
      body: noBody,
      status: 200,
      response: listOf(Application),
      handle: async ({ caller, query }) => {
        const wanted = query.query?.trim().toLowerCase();
        const applications = (await listApplications(look(management), caller.subject)).filter(
          ({ name }) => wanted === undefined || name.toLowerCase() === wanted,
        );
        const { sortBy, sortOrder } = query;
        const views = sortedBy(applications.map(applicationView), (view) => view[sortBy], sortOrder);
        return { status: 200, body: listPage(path, views, query, (view) => view) };
      },
    }),
    defineRoute({
      ...common,
      method: 'POST',
      path,
      operationId: 'createApplication',
      summary: 'Create an application',
      params: noParams,
      query: noQuery,
      body: ApplicationBody,
      supports: ['etag', 'idempotency-key'],
      status: 201,
      response: Application,
      handle: async (request) => {
        refuseAnotherOwner(request.body, request.caller);
        const plan = createApplication(management, request.caller, applicationInput(request.body));
        return carryOut(management, request, plan, (application) => ({
          ...answer(201, application),
          location: `${path}/${application.applicationId}`,
        }));
      },
    }),
    defineRoute({
      ...one,
      method: 'GET',
      operationId: 'getApplication',
      summary: 'Get an application',
      body: noBody,
      supports: ['etag'],
      response: Application,
      handle: async ({ caller, params: { applicationId } }) =>
        answer(200, await getApplication(look(management), caller.subject, applicationId)),
    }),
    defineRoute({
      ...one,
      ...USAGE_CONTENT,
      method: 'GET',
      path: `${one.path}/usage`,
      operationId: 'getApplicationUsage',
      summary: "Get an application's usage",
      body: noBody,
      handle: async ({ caller, params: { applicationId }, query }) => {
        const period = readPeriod(query, management.clock());
        await getApplication(look(management), caller.subject, applicationId);
        return answerUsage(await reportUsage(management, 'APPLICATION', applicationId, period), query);
      },
    }),
    defineRoute({
      ...one,
      method: 'PUT',
      operationId: 'updateApplication',
      summary: 'Change an application',
      body: ApplicationBody,
      supports: ['etag', 'if-match'],
      response: Application,
      handle: (request) => {
        const { caller, params, body } = request;
        const plan = updateApplication(
          caller.subject,
          params.applicationId,
          applicationInput(body),
          (current) => {
            refuseChanges(body, applicationView(current), FIXED_FIELDS);
          },
        );
        return carryOut(management, request, plan, (application) => answer(200, application));
      },
    }),
    defineRoute({
      ...one,
      method: 'DELETE',
      operationId: 'deleteApplication',
      summary: 'Delete an application with its subscriptions and application keys',
      description:
        'Keys of APIs are dissociated. An application with very many keys and subscriptions can take several requests: each but the last answers 503. The first ends the application and revokes its application keys. Within five seconds, every API that requires a subscription refuses the other keys. Repeat the request until it answers 200; 404 means that another request finished the work.',
      body: noBody,
      supports: ['if-match'],
      response: noResponseBody,
      handle: (request) => {
        const plan = deleteApplication(management, request.caller, request.params.applicationId);
        return carryOut(management, request, plan, () => ({ status: 200 }));
      },
    }),
  ];
}

function answer(status: RouteResponse['status'], application: ApplicationItem): RouteResponse {
  return { status, body: applicationView(application), version: application.version };
}
