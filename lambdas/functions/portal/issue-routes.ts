import type { z } from 'zod';
import { carryOut } from '../../management/frame/carry-out.ts';
import type { Management } from '../../management/frame/management.ts';
import { issueKey, type KeyInput } from '../../management/keys/issue-key.ts';
import type { KeyPlace } from '../../management/keys/key-reads.ts';
import { regenerateKey } from '../../management/keys/regenerate-key.ts';
import type { KeyScope } from '../../platform/dynamodb/keys.ts';
import { defineRoute, noQuery, type Route } from '../../platform/http/route.ts';
import {
  issuedKeyView,
  IssuedKeySchema,
  keyInputOf,
  RegenerateBody,
  warningsOf,
  type NewKeyBody,
} from './key-schemas.ts';
import { PORTAL_ROLES } from './portal-route.ts';

/** The description of operations that answer with a key value. */
interface Issuing<Params> extends Pick<Route, 'tag' | 'path' | 'operationId' | 'summary'> {
  readonly params: z.ZodType<Params>;
}

const common = {
  roles: PORTAL_ROLES,
  method: 'POST',
  status: 200,
  query: noQuery,
  response: IssuedKeySchema,
} as const;

interface Generating<Params, Body> extends Issuing<Params> {
  readonly body: z.ZodType<Body>;
  readonly scopeOf: (params: Params) => KeyScope;
  readonly keyTypeOf: (params: Params, body: Body) => KeyInput['keyType'];
}

/** Generates a key, whatever it is for. */
export function generateRoute<Params, Body extends Omit<NewKeyBody, 'keyType'>>(
  management: Management,
  { scopeOf, keyTypeOf, ...operation }: Generating<Params, Body>,
): Route {
  return defineRoute({
    ...common,
    ...operation,
    supports: ['idempotency-key'],
    handle: (request) => {
      const { caller, params, body } = request;
      const input = keyInputOf({ ...body, keyType: keyTypeOf(params, body) });
      const plan = issueKey(management, caller, scopeOf(params), input);
      return carryOut(management, request, plan, (issued) => ({
        status: 200,
        body: { ...issuedKeyView(issued), ...warningsOf(body.additionalProperties) },
      }));
    },
  });
}

interface Regenerating<Params> extends Issuing<Params> {
  /** The place of a key of the owner, if there is such a key. */
  readonly placeOf: (owner: string, params: Params, keyUUID: string) => KeyPlace;
}

/** Replaces the value of a key, whatever it is for. */
export function regenerateRoute<Params>(
  management: Management,
  { placeOf, ...operation }: Regenerating<Params>,
): Route {
  return defineRoute({
    ...common,
    ...operation,
    supports: ['if-match', 'idempotency-key'],
    body: RegenerateBody,
    handle: (request) => {
      const { keyUUID, gracePeriod } = request.body;
      const place = placeOf(request.caller.subject, request.params, keyUUID);
      const plan = regenerateKey(management, place, gracePeriod);
      return carryOut(management, request, plan, (issued) => ({ status: 200, body: issuedKeyView(issued) }));
    },
  });
}
