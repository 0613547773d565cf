import { z } from 'zod';
import { notFound } from '../../core/http/fault.ts';
import { dryRun } from '../../management/refusals/dry-run.ts';
import type { Management } from '../../management/frame/management.ts';
import { look } from '../../management/frame/snapshot.ts';
import { findReadableKey, readerOf, type Reader } from '../../management/keys/readable-keys.ts';
import { listRefusals } from '../../management/refusals/refusals.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';
import { defineRoute, noBody, noQuery, type Route } from '../../platform/http/route.ts';
import { LARGEST_OFFSET, listOf, nearPaging, uncountedPage } from '../../platform/http/schemas.ts';
import { DryRunSchema, dryRunView, type DryRunFields } from './dry-run-schemas.ts';
import { EXPLAIN_ROLES } from './portal-route.ts';
import { RefusalSchema, refusalView } from './refusal-schemas.ts';

/** Where the keys of one kind live, and how they are asked about. */
interface KeyKind<Params, Body> {
  readonly path: string;
  readonly tag: string;
  readonly params: z.ZodType<Params>;
  /** The same, with the key's id after that path. */
  readonly keyParams: z.ZodType<Params & { readonly keyUUID: string }>;
  readonly dryRunBody: z.ZodType<Body>;
  readonly ids: Readonly<Record<'refusals' | 'dryRun', string>>;
  /** Whether the key lives below that path. */
  readonly has: (key: KeyItem, params: Params) => boolean;
  /** The API that is called. */
  readonly apiOf: (params: Params, body: Body) => string;
}

/** Why calls with a key were refused, and whether one would be. A revoked key can be asked about, too. */
export function explainKeyRoutes<Params extends Readonly<Record<string, string>>, Body extends DryRunFields>(
  management: Management,
  { path, tag, params, keyParams, dryRunBody, ids, has, apiOf }: KeyKind<Params, Body>,
): readonly Route[] {
  const common = { tag, roles: EXPLAIN_ROLES, status: 200 } as const;
  const find = async (reader: Reader, place: Params, keyUUID: string): Promise<KeyItem> => {
    const key = await findReadableKey(look(management), reader, keyUUID);
    if (!has(key, place)) throw notFound('API key');
    return key;
  };

  return [
    defineRoute({
      ...common,
      method: 'GET',
      path: `${path}/{keyUUID}/refusals`,
      operationId: ids.refusals,
      summary: "List a key's refused calls, latest first",
      params: keyParams,
      query: z.strictObject(nearPaging),
      body: noBody,
      response: listOf(RefusalSchema),
      handle: async ({ caller, roles, params: sent, query }) => {
        await find(readerOf(caller, roles), sent, sent.keyUUID);
        const { refusals, hasMore } = await listRefusals(management, sent.keyUUID, query);
        const self = filled(`${path}/{keyUUID}/refusals`, sent);
        const leadsOn = hasMore && query.offset + query.limit <= LARGEST_OFFSET;
        return { status: 200, body: uncountedPage(self, refusals.map(refusalView), query, leadsOn) };
      },
    }),
    defineRoute({
      ...common,
      method: 'POST',
      path: `${path}/dry-run`,
      operationId: ids.dryRun,
      summary: 'Dry-run a call: would it be allowed, and why?',
      params,
      query: noQuery,
      body: dryRunBody,
      response: DryRunSchema,
      handle: async ({ caller, roles, params: sent, body }) => {
        const key = await find(readerOf(caller, roles), sent, body.keyUUID);
        const { time: at = management.clock(), environment, sourceIp, referrer, value } = body;
        const result = await dryRun(management, key, {
          apiId: apiOf(sent, body),
          at,
          value,
          ...(environment !== undefined && { environment }),
          ...(sourceIp !== undefined && { sourceIp }),
          ...(referrer !== undefined && { referrer }),
        });
        return { status: 200, body: dryRunView(result, value) };
      },
    }),
  ];
}

function filled(template: string, params: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_braces, name: string) => params[name] ?? '');
}
