import { z } from 'zod';
import { Fault } from '../../core/http/fault.ts';
import type { PolicyLevel } from '../../core/limits/throttling-policy.ts';
import type { Management } from '../../management/frame/management.ts';
import { look } from '../../management/frame/snapshot.ts';
import { listPolicies } from '../../management/policies/policies.ts';
import type { PolicyItem } from '../../platform/dynamodb/items.ts';
import { defineRoute, noBody, noParams, type Route } from '../../platform/http/route.ts';
import { Id, line } from '../../platform/http/schemas.ts';
import { ADMIN_BASE, ADMIN_ROLES } from './admin-route.ts';

/** WSO2's names of the levels. Policies of its other two levels do not exist here. */
const TYPES = { application: 'app', subscription: 'sub' } as const satisfies Record<PolicyLevel, string>;
const LEVELS = ['application', 'subscription'] as const satisfies readonly PolicyLevel[];
const QUERY = /^type:(?:all|(app|sub|api|global)(?: name:(\S+))?)$/;

const Details = z
  .strictObject({
    uuid: Id,
    policyName: z.string(),
    displayName: z.string(),
    description: z.string(),
    isDeployed: z.literal(true),
    type: z.enum(['app', 'sub']),
  })
  .meta({ id: 'ThrottlePolicyDetails' });

/** The list of policies of all levels that WSO2's tools read. */
export function policySearchRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      tag: 'Throttling policies',
      roles: ADMIN_ROLES,
      method: 'GET',
      path: `${ADMIN_BASE}/throttling/policies/search`,
      operationId: 'searchPolicies',
      summary: 'List the policies of one or all levels',
      params: noParams,
      query: z.strictObject({
        query: line(200)
          .optional()
          .describe('`type:all`, `type:app` or `type:sub`; with a level, also `name:` and the whole name.'),
      }),
      body: noBody,
      status: 200,
      response: z.strictObject({ count: z.int().min(0), list: z.array(Details) }),
      handle: async ({ query: { query = '' } }) => {
        const { levels, name } = readQuery(query.trim());
        const read = look(management);
        const found = await Promise.all(levels.map((level) => listPolicies(read, level)));
        const list = found
          .flat()
          .filter((policy) => name === undefined || policy.name === name)
          .map(view);
        return { status: 200, body: { count: list.length, list } };
      },
    }),
  ];
}

/** @throws Fault `bad_request` */
function readQuery(query: string): {
  readonly levels: readonly PolicyLevel[];
  readonly name: string | undefined;
} {
  const match = QUERY.exec(query === '' ? 'type:all' : query);
  if (match === null) {
    throw new Fault('bad_request', 'The query must be type:all, type:app or type:sub.', {
      problems: [{ field: 'query', message: 'must be such as type:sub, or type:sub name:Gold' }],
    });
  }
  const [, type, name] = match;
  return { levels: LEVELS.filter((level) => type === undefined || TYPES[level] === type), name };
}

function view({ policyId, name, displayName, description, level }: PolicyItem) {
  return {
    uuid: policyId,
    policyName: name,
    displayName,
    description,
    isDeployed: true,
    type: TYPES[level],
  };
}
