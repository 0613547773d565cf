import type { z } from 'zod';
import { notFound } from '../../core/http/fault.ts';
import { readPeriod } from '../../core/usage/usage-period.ts';
import { carryOut } from '../../management/frame/carry-out.ts';
import { showing, type Plan } from '../../management/frame/change.ts';
import type { Management } from '../../management/frame/management.ts';
import { look } from '../../management/frame/snapshot.ts';
import { resumeKey, updateKey } from '../../management/keys/change-key.ts';
import { endGracePeriod } from '../../management/keys/end-grace-period.ts';
import { getKey, readKey, type KeyPlace } from '../../management/keys/key-reads.ts';
import { suspendKey } from '../../management/keys/suspend-key.ts';
import { reportKeyUsage } from '../../management/usage/usage-reports.ts';
import { answerUsage, KEY_USAGE_CONTENT } from '../../management/usage/usage-views.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { defineRoute, noBody, noQuery, type Route } from '../../platform/http/route.ts';
import { describeKey } from './key-list.ts';
import { KeyBody, KeyChangeBody, KeySchema, restrictionsOf, warningsOf } from './key-schemas.ts';
import { PORTAL_ROLES } from './portal-route.ts';

/** Where the keys of one kind live, and how their operations are called in the document. */
interface KeyKind<Params> {
  readonly path: string;
  readonly tag: string;
  readonly params: z.ZodType<Params>;
  /** The same, with the key's id at the end of the path. */
  readonly keyParams: z.ZodType<Params & { readonly keyUUID: string }>;
  readonly ids: Readonly<Record<'get' | 'usage' | 'update' | 'endGrace' | 'suspend' | 'resume', string>>;
  /** The place of a key of the owner below that path, if there is such a key. */
  readonly placeOf: (owner: string, params: Params, keyUUID: string) => KeyPlace;
}

const CHANGES = [
  [
    'end-grace',
    'endGrace',
    'End the grace period: the previous value stops working',
    (_management, place) => endGracePeriod(place),
  ],
  ['suspend', 'suspend', 'Suspend a key: its calls are refused until it is resumed', suspendKey],
  ['resume', 'resume', 'Resume a suspended key', (_management, place) => resumeKey(place)],
] as const satisfies readonly (readonly [
  string,
  string,
  string,
  (management: Management, place: KeyPlace) => Plan<KeyItem>,
])[];

/** Operations on one key that need no new value, for keys of APIs and application keys. */
export function oneKeyRoutes<Params>(
  management: Management,
  { path, tag, params, keyParams, ids, placeOf }: KeyKind<Params>,
): readonly Route[] {
  const common = { tag, roles: PORTAL_ROLES, status: 200, query: noQuery, response: KeySchema } as const;

  return [
    defineRoute({
      ...common,
      method: 'GET',
      path: `${path}/{keyUUID}`,
      operationId: ids.get,
      summary: 'Get a key',
      supports: ['etag'],
      params: keyParams,
      body: noBody,
      handle: async ({ caller: { subject }, params: sent }) => {
        const read = look(management);
        const key = await getKey(read, placeOf(subject, sent, sent.keyUUID));
        return { status: 200, ...(await describeKey(read, key))(key) };
      },
    }),
    defineRoute({
      ...common,
      ...KEY_USAGE_CONTENT,
      method: 'GET',
      path: `${path}/{keyUUID}/usage`,
      operationId: ids.usage,
      summary: "Get a key's usage, with client addresses",
      params: keyParams,
      body: noBody,
      handle: async ({ caller: { subject }, params: sent, query }) => {
        const period = readPeriod(query, management.clock());
        const place = placeOf(subject, sent, sent.keyUUID);
        // Revoked ones included: who revokes a key that leaked wants to know what it was used for.
        if ((await readKey(look(management), place)) === undefined) throw notFound('API key');
        return answerUsage(await reportKeyUsage(management, place.keyUUID, period), query);
      },
    }),
    defineRoute({
      ...common,
      method: 'PATCH',
      path: `${path}/{keyUUID}`,
      operationId: ids.update,
      summary: "Change a key's name, restrictions, expiry or metadata; its value stays",
      supports: ['etag', 'if-match'],
      params: keyParams,
      body: KeyChangeBody,
      handle: (request) => {
        const { caller, params: sent } = request;
        const { additionalProperties = {}, ...rest } = request.body;
        const change = { ...rest, ...restrictionsOf(additionalProperties) };
        const plan = updateKey(management, placeOf(caller.subject, sent, sent.keyUUID), change);
        return carryOut(management, request, showing(plan, describeKey), ({ body, version }) => ({
          status: 200,
          body: { ...body, ...warningsOf(additionalProperties) },
          version,
        }));
      },
    }),
    ...CHANGES.map(([verb, id, summary, planOf]) =>
      defineRoute({
        ...common,
        method: 'POST',
        path: `${path}/${verb}`,
        operationId: ids[id],
        summary,
        supports: ['etag', 'if-match'],
        params,
        body: KeyBody,
        handle: (request) => {
          const place = placeOf(request.caller.subject, request.params, request.body.keyUUID);
          const plan = showing(planOf(management, place), describeKey);
          return carryOut(management, request, plan, (answer) => ({ status: 200, ...answer }));
        },
      }),
    ),
  ];
}
