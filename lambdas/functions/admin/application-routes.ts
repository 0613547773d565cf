import { z } from 'zod';
import {
  listAnyApplications,
  type ListedApplication,
} from '../../management/applications/any-applications.ts';
import type { Management } from '../../management/frame/management.ts';
import { resolveOwner } from '../../management/owners/resolve-owner.ts';
import { transferApplication } from '../../management/applications/transfer-application.ts';
import { cursorPage, cursorPaging, readPageStart } from '../../platform/http/cursor-pages.ts';
import { defineRoute, noBody, noParams, noResponseBody, type Route } from '../../platform/http/route.ts';
import { Id, label, listOf } from '../../platform/http/schemas.ts';
import { ADMIN_BASE, ADMIN_ROLES, LONGEST_STEP_MILLISECONDS } from './admin-route.ts';

const path = `${ADMIN_BASE}/applications`;
const common = { tag: 'Applications', roles: ADMIN_ROLES, body: noBody, status: 200 } as const;

const ApplicationInfo = z
  .strictObject({
    applicationId: Id,
    name: z.string(),
    owner: z.string().describe('Name of the owner.'),
    ownerId: z.string().describe('Subject of the owner.'),
    status: z.literal('APPROVED'),
    groupId: z.string().describe('Always empty: a group is an owner.'),
    throttlingPolicy: z.string(),
    createdTime: z.string().describe('Milliseconds since the epoch.'),
  })
  .meta({ id: 'AnyApplication' });
const link = z.string().describe('The same as in `pagination`.');

/** Applications of all owners. */
export function applicationRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      ...common,
      summary: 'List the applications of all owners, newest first',
      description:
        'Searching many applications takes more than one request: follow `next` until it is empty, even past pages with few or no entries.',
      method: 'GET',
      path,
      operationId: 'listAllApplications',
      params: noParams,
      query: z.strictObject({
        ...cursorPaging,
        user: label(255).exactOptional().describe('Subject or name of the owner.'),
        name: label(100).exactOptional().describe('Part of a name.'),
      }),
      response: listOf(ApplicationInfo).extend({ next: link, previous: link }),
      handle: async ({ caller, query: { limit, offset, cursor, ...filter } }) => {
        const binding = ['listAllApplications', caller.subject, filter];
        const start = readPageStart({ limit, offset, cursor }, binding);
        const until = management.clock() + LONGEST_STEP_MILLISECONDS;
        const { items, next } = await listAnyApplications(management, filter, { ...start, until });
        const page = cursorPage(path, filter, { start, list: items.map(view), next, binding });
        const { pagination } = page;
        return { status: 200, body: { ...page, next: pagination.next, previous: pagination.previous } };
      },
    }),
    defineRoute({
      ...common,
      summary: 'Transfer an application, with its subscriptions and keys, to another owner',
      description:
        'Key values do not change: everybody who knows them can use them until they are regenerated. An application with many keys and subscriptions can take several requests: each but the last answers 503. Repeat the request until it answers 200. Until then every key works as before, and nobody can change the application or add to it.',
      method: 'POST',
      path: `${path}/{applicationId}/change-owner`,
      operationId: 'changeApplicationOwner',
      params: z.strictObject({ applicationId: Id }),
      query: z.strictObject({
        owner: label(255).describe('Subject or name of the new owner; `group:` and a name for a group.'),
        ownerName: label(255)
          .exactOptional()
          .describe('The name that lists show, for a subject without keys and applications.'),
      }),
      response: noResponseBody,
      handle: async ({ caller, params: { applicationId }, query: { owner, ownerName } }) => {
        const newOwner = await resolveOwner(management, owner, ownerName);
        await transferApplication(management, caller, applicationId, newOwner);
        return { status: 200 };
      },
    }),
  ];
}

function view({ applicationId, name, owner, ownerName, throttlingPolicy, createdAt }: ListedApplication) {
  return {
    applicationId,
    name,
    owner: ownerName,
    ownerId: owner,
    status: 'APPROVED',
    groupId: '',
    throttlingPolicy,
    createdTime: String(createdAt),
  };
}
