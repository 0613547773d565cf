import { z } from 'zod';
import { APPLICATION_POLICY_NAMES } from '../core/throttling-policy.ts';
import {
  createApplication,
  deleteApplication,
  getApplication,
  listApplications,
  updateApplication,
} from '../management/applications.ts';
import type { Management } from '../management/management.ts';
import type { ApplicationItem } from '../platform/dynamodb/items.ts';
import { defineRoute, noBody, noParams, noQuery, type Route } from '../platform/http/route.ts';
import { Id, label, listPage, must, note, paging } from '../platform/http/schemas.ts';
import { PORTAL_BASE, PORTAL_ROLES } from './portal-route.ts';

const path = `${PORTAL_BASE}/applications`;
const roles = PORTAL_ROLES;
const params = z.strictObject({ applicationId: Id });
const MAX_ATTRIBUTES = 20;

/** What a developer may say of an application. */
const ApplicationBody = z.strictObject({
  name: label(100),
  throttlingPolicy: z.enum(APPLICATION_POLICY_NAMES, must(`one of ${APPLICATION_POLICY_NAMES.join(', ')}`)),
  description: note(512).default(''),
  tokenType: z.enum(['JWT', 'OAUTH'], must('JWT or OAUTH')).default('JWT'),
  attributes: z
    .record(label(64), note(256))
    .refine((attributes) => Object.keys(attributes).length <= MAX_ATTRIBUTES, {
      error: `must have at most ${MAX_ATTRIBUTES} entries`,
    })
    .default({}),
});

/** A developer's applications. */
export function applicationRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path,
      operationId: 'listApplications',
      roles,
      params: noParams,
      query: z.strictObject({ ...paging, query: label(200).optional() }),
      body: noBody,
      handle: async ({ caller, query }) => {
        const wanted = query.query?.toLowerCase() ?? '';
        const applications = (await listApplications(management, caller.subject)).filter(({ name }) =>
          name.toLowerCase().includes(wanted),
        );
        return { status: 200, body: listPage(path, applications, query, applicationView) };
      },
    }),
    defineRoute({
      method: 'POST',
      path,
      operationId: 'createApplication',
      roles,
      params: noParams,
      query: noQuery,
      body: ApplicationBody,
      handle: async ({ caller, body }) => ({
        status: 201,
        body: applicationView(await createApplication(management, caller, body)),
      }),
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/{applicationId}`,
      operationId: 'getApplication',
      roles,
      params,
      query: noQuery,
      body: noBody,
      handle: async ({ caller, params: { applicationId } }) => ({
        status: 200,
        body: applicationView(await getApplication(management, caller.subject, applicationId)),
      }),
    }),
    defineRoute({
      method: 'PUT',
      path: `${path}/{applicationId}`,
      operationId: 'updateApplication',
      roles,
      params,
      query: noQuery,
      body: ApplicationBody,
      handle: async ({ caller, params: { applicationId }, body }) => ({
        status: 200,
        body: applicationView(await updateApplication(management, caller, applicationId, body)),
      }),
    }),
    defineRoute({
      method: 'DELETE',
      path: `${path}/{applicationId}`,
      operationId: 'deleteApplication',
      roles,
      params,
      query: noQuery,
      body: noBody,
      handle: async ({ caller, params: { applicationId } }) => {
        await deleteApplication(management, caller, applicationId);
        return { status: 200 };
      },
    }),
  ];
}

export function applicationView(application: ApplicationItem) {
  const { applicationId, name, throttlingPolicy, description, tokenType, attributes } = application;
  return {
    applicationId,
    name,
    throttlingPolicy,
    description,
    tokenType,
    status: 'APPROVED',
    subscriptionCount: application.subscriptionCount,
    owner: application.ownerName,
    attributes,
    createdTime: String(application.createdAt),
    updatedTime: String(application.updatedAt),
  };
}
