import type { z } from 'zod';
import { notFound } from '../../core/http/fault.ts';
import { readPeriod } from '../../core/usage/usage-period.ts';
import { resumeKey, suspendKey, updateKey } from '../../management/keys/change-key.ts';
import { endGracePeriod } from '../../management/keys/end-grace-period.ts';
import { getKey, readKey, type KeyPlace } from '../../management/keys/key-reads.ts';
import type { Management } from '../../management/frame/management.ts';
import { reportKeyUsage } from '../../management/usage/usage-reports.ts';
import { answerUsage, KEY_USAGE_CONTENT } from '../../management/usage/usage-views.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { defineRoute, noBody, noQuery, type Route } from '../../platform/http/route.ts';
import { keyViewer } from './key-list.ts';
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
  /** The place of a key of the owner below that path, revoked or not. @throws Fault `not_found` */
  readonly placeOf: (owner: string, params: Params, keyUUID: string) => Promise<KeyPlace>;
}

const CHANGES = [
  ['end-grace', 'endGrace', 'End the grace period: the previous value stops working', endGracePeriod],
  ['suspend', 'suspend', 'Suspend a key: its calls are refused until it is resumed', suspendKey],
  ['resume', 'resume', 'Resume a suspended key', resumeKey],
] as const;

/** Operations on one key that need no new value, for keys of APIs and application keys. */
export function oneKeyRoutes<Params>(
  management: Management,
  { path, tag, params, keyParams, ids, placeOf }: KeyKind<Params>,
): readonly Route[] {
  const common = { tag, roles: PORTAL_ROLES, status: 200, query: noQuery, response: KeySchema } as const;

  /** Reads what the answer needs before it acts: once something is written, nothing may fail any more. */
  const answer = async (place: KeyPlace, act: () => Promise<KeyItem>, more: object = {}) => {
    const view = await keyViewer(management, place.owner, [place]);
    const key = await act();
    return { status: 200 as const, body: { ...view(key), ...more }, version: key.version };
  };

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
        const place = await placeOf(subject, sent, sent.keyUUID);
        return answer(place, () => getKey(management, place));
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
        const place = await placeOf(subject, sent, sent.keyUUID);
        // Revoked ones included: who revokes a key that leaked wants to know what it was used for.
        if ((await readKey(management, place)) === undefined) throw notFound('API key');
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
      handle: async ({ caller, params: sent, body: { additionalProperties = {}, ...rest }, ifMatch }) => {
        const place = await placeOf(caller.subject, sent, sent.keyUUID);
        const change = { ...rest, ...restrictionsOf(additionalProperties) };
        return answer(
          place,
          () => updateKey(management, caller, place, change, ifMatch),
          warningsOf(additionalProperties),
        );
      },
    }),
    ...CHANGES.map(([verb, id, summary, act]) =>
      defineRoute({
        ...common,
        method: 'POST',
        path: `${path}/${verb}`,
        operationId: ids[id],
        summary,
        supports: ['etag', 'if-match'],
        params,
        body: KeyBody,
        handle: async ({ caller, params: sent, body: { keyUUID }, ifMatch }) => {
          const place = await placeOf(caller.subject, sent, keyUUID);
          return answer(place, () => act(management, caller, place, ifMatch));
        },
      }),
    ),
  ];
}
