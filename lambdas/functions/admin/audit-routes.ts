import { z } from 'zod';
import type { Management } from '../../management/frame/management.ts';
import { readAudit } from '../../management/audit/read-audit.ts';
import { defineRoute, noBody, noParams, type Route } from '../../platform/http/route.ts';
import { cursorPage, cursorPaging, readPageStart } from '../../platform/http/cursor-pages.ts';
import { instant, label, listOf } from '../../platform/http/schemas.ts';
import { ADMIN_BASE, ADMIN_ROLES, LONGEST_STEP_MILLISECONDS } from './admin-route.ts';

const path = `${ADMIN_BASE}/audit`;
/** How far back a query reaches that does not say. */
const DEFAULT_SPAN_MILLISECONDS = 7 * 24 * 60 * 60 * 1000;
/** How far back a query without resource reaches at all: it reads day by day. */
const LONGEST_SPAN_MILLISECONDS = 366 * 24 * 60 * 60 * 1000;

const Entry = z
  .strictObject({
    auditId: z.string(),
    at: z.string().describe('ISO 8601.'),
    actor: z.string(),
    actorName: z.string(),
    sourceIp: z.string(),
    requestId: z.string(),
    action: z.string().describe('Resource and verb, such as key.regenerate.'),
    resourceId: z.string(),
    owner: z.string(),
    before: z.record(z.string(), z.unknown()).exactOptional(),
    after: z.record(z.string(), z.unknown()).exactOptional(),
  })
  .meta({ id: 'AuditEntry' });

/** Who did what, when, from where. */
export function auditRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      tag: 'Audit trail',
      summary: 'List audit entries, newest first',
      description:
        'For a change, `before` and `after` identify the resource and show what changed. A page has at most about a megabyte. Searching many entries takes more than one request: follow `pagination.next` until it is empty, even past pages with few or no entries.',
      roles: ADMIN_ROLES,
      method: 'GET',
      path,
      operationId: 'readAudit',
      params: noParams,
      query: z.strictObject({
        ...cursorPaging,
        from: instant.exactOptional().describe('Defaults to seven days ago, unless `resource` is set.'),
        to: instant.exactOptional(),
        actor: label(255).exactOptional(),
        resource: label(255).exactOptional(),
      }),
      body: noBody,
      status: 200,
      response: listOf(Entry),
      handle: async ({ caller, query: { limit, offset, cursor, ...filter } }) => {
        const { from, to, actor, resource } = filter;
        const binding = ['readAudit', caller.subject, filter];
        const start = readPageStart({ limit, offset, cursor }, binding);
        const now = management.clock();
        const until = Math.min(to ?? Infinity, now + 1);
        const { items, next } = await readAudit(
          management,
          {
            to: until,
            from:
              resource === undefined
                ? Math.max(from ?? until - DEFAULT_SPAN_MILLISECONDS, until - LONGEST_SPAN_MILLISECONDS)
                : (from ?? 0),
            ...(actor !== undefined && { actor }),
            ...(resource !== undefined && { resourceId: resource }),
          },
          { ...start, until: now + LONGEST_STEP_MILLISECONDS },
        );
        return { status: 200, body: cursorPage(path, filter, { start, list: items, next, binding }) };
      },
    }),
  ];
}
