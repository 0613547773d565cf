import { z } from 'zod';
import type { Caller } from '../../core/http/caller.ts';
import { Fault } from '../../core/http/fault.ts';
import type { KeyFilter } from '../../core/keys/key-filter.ts';
import {
  BULK_OUTCOMES,
  bulkRevoke,
  type BulkKey,
  type BulkProgress,
} from '../../management/keys/bulk-revoke.ts';
import type { Management } from '../../management/frame/management.ts';
import { Place, readCursor, writeCursor } from '../../platform/http/cursor.ts';
import { defineRoute, noParams, noQuery, type Route } from '../../platform/http/route.ts';
import { label } from '../../platform/http/schemas.ts';
import { ADMIN_BASE, ADMIN_ROLES } from './admin-route.ts';
import { KeyFilterBody } from './key-filter-schemas.ts';
import { anyKeyFields, anyKeyView } from './key-views.ts';

const Progress = z
  .strictObject({
    seen: z.int().describe('Keys that were checked.'),
    found: z.int().describe('Keys that match the filter.'),
    revoked: z.int(),
    alreadyEnded: z.int(),
    failed: z.int(),
  })
  .describe('Sums over this and all earlier steps.');
const Failure = z.strictObject({ code: z.string(), message: z.string() });
const Body = z
  .strictObject({
    filter: KeyFilterBody.exactOptional().describe('Required without `nextToken`.'),
    dryRun: z.boolean().exactOptional().describe('true (the default): only show the keys.'),
    reason: label(256).exactOptional(),
    nextToken: z
      .string()
      .exactOptional()
      .describe('From the previous answer: continues with the same filter, `dryRun` and `reason`.'),
  })
  .refine(({ filter, nextToken }) => (filter ?? nextToken) !== undefined, {
    path: ['filter'],
    error: 'is required',
  });
const Answer = z.strictObject({
  count: z.int(),
  list: z.array(
    z
      .strictObject({ ...anyKeyFields, outcome: z.enum(BULK_OUTCOMES), failure: Failure.exactOptional() })
      .meta({ id: 'BulkRevokedKey' }),
  ),
  revoked: z.int().describe('Keys that this step revoked.'),
  alreadyEnded: z.int().describe('Keys of this step that were already revoked.'),
  failed: z.array(Failure.extend({ keyUUID: z.string() })),
  progress: Progress,
  nextToken: z
    .string()
    .exactOptional()
    .describe('Present if more keys remain to be checked: send it in the next request.'),
});

/** State that a step hands to the next one. It includes the filter, so that continuing needs nothing else. */
const Step = z.object({
  behind: Place,
  // Like the rest: a token can be changed on its way.
  filter: KeyFilterBody,
  dryRun: z.boolean(),
  reason: label(256).exactOptional(),
  progress: Progress,
});
type Body = z.infer<typeof Body>;

export function bulkRevokeRoute(management: Management): Route {
  return defineRoute({
    tag: 'API keys',
    roles: ADMIN_ROLES,
    summary: 'Revoke all keys that match a filter, in steps, or preview them',
    description:
      'A request works for a few seconds and reports up to 250 keys, each with its outcome. While there is a `nextToken`, more keys remain to be checked. A key that could not be revoked is reported, and the others are still revoked. You can repeat any step, or start over: for thirty days, keys that were revoked earlier are reported as such. A key that is generated in the meantime can be missed.',
    method: 'POST',
    path: `${ADMIN_BASE}/api-keys/bulk-revoke`,
    operationId: 'bulkRevokeApiKeys',
    params: noParams,
    query: noQuery,
    body: Body,
    status: 200,
    response: Answer,
    handle: async ({ caller, body }) => {
      const { filter, behind, ...how } = startOf(caller, body);
      const step = await bulkRevoke(management, caller, filter, {
        ...how,
        ...(behind !== undefined && { behind }),
      });
      const { keys, progress, next } = step;
      const nextToken =
        next === undefined
          ? undefined
          : writeCursor(bindingOf(caller), { ...how, filter, behind: next, progress });
      return {
        status: 200,
        body: {
          count: keys.length,
          list: keys.map(keyView),
          revoked: keys.filter(({ outcome }) => outcome === 'REVOKED').length,
          alreadyEnded: keys.filter(({ outcome }) => outcome === 'ALREADY_REVOKED').length,
          failed: keys.flatMap(({ key: { keyUUID }, failure }) =>
            failure === undefined ? [] : [{ keyUUID, ...failure }],
          ),
          progress,
          ...(nextToken !== undefined && { nextToken }),
        },
      };
    },
  });
}

interface Start {
  readonly filter: KeyFilter;
  readonly dryRun: boolean;
  readonly reason?: string;
  readonly behind?: string;
  readonly progress?: BulkProgress;
}

/** @throws Fault `bad_request` for a token of another caller, or beside something that it does not go on with. */
function startOf(caller: Caller, { nextToken, filter = {}, dryRun, reason }: Body): Start {
  const why = reason === undefined ? {} : { reason };
  if (nextToken === undefined) return { filter, dryRun: dryRun ?? true, ...why };
  const step = readCursor('nextToken', nextToken, bindingOf(caller), Step);
  const contradictions = [
    ...(dryRun !== undefined && dryRun !== step.dryRun ? ['dryRun'] : []),
    ...(reason !== undefined && reason !== step.reason ? ['reason'] : []),
    ...(Object.keys(filter).length > 0 && !isSame(filter, step.filter) ? ['filter'] : []),
  ];
  if (contradictions.length > 0) {
    throw new Fault('bad_request', 'The request is not valid.', {
      problems: contradictions.map((field) => ({
        field,
        message: 'must be left out or the same as in the request that nextToken continues',
      })),
    });
  }
  return step;
}

function bindingOf({ subject, actor }: Caller): unknown {
  return ['bulkRevokeApiKeys', subject, actor?.subject];
}

type Parts = Readonly<Record<string, unknown>>;

function isSame(one: Parts, other: Parts): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...names].every((name) => one[name] === other[name]);
}

function keyView({ outcome, failure, ...key }: BulkKey) {
  return { ...anyKeyView(key), outcome, ...(failure !== undefined && { failure }) };
}
