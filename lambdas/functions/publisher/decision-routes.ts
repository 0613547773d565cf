import { z } from 'zod';
import { STANDING_STATUSES } from '../../core/subscriptions/publisher-decision.ts';
import {
  blockOwner,
  liftDecision,
  listStandingDecisions,
} from '../../management/subscriptions/decide-owner.ts';
import { carryOut } from '../../management/frame/carry-out.ts';
import type { Management } from '../../management/frame/management.ts';
import type { StandingDecisionItem } from '../../platform/dynamodb/items.ts';
import { defineRoute, noBody, noParams, noResponseBody, type Route } from '../../platform/http/route.ts';
import { Id, label, listOf, listPage, paging } from '../../platform/http/schemas.ts';
import { PUBLISHER_BASE, PUBLISHER_ROLES } from './publisher-route.ts';

const path = `${PUBLISHER_BASE}/standing-decisions`;
const common = {
  tag: 'Standing decisions',
  roles: PUBLISHER_ROLES,
  params: noParams,
  body: noBody,
  status: 200,
} as const;
const Owner = label(255).describe('Subject of the owner; for a group, `group:` and its name.');
const BLOCK_ACTIONS = { BLOCKED: 'block', PROD_ONLY_BLOCKED: 'blockProduction' } as const;

/** Publishers' decisions about owners at an API, until a publisher lifts them. */
export const StandingDecision = z
  .strictObject({
    apiId: Id,
    owner: Owner,
    user: z.string().describe('Name of the owner.'),
    status: z.enum(STANDING_STATUSES).describe('While it stands, the owner cannot subscribe to the API.'),
    decidedBy: z.string().describe('Name of the publisher.'),
    decidedTime: z.string().describe('Milliseconds since the epoch.'),
    version: z.int().describe('The value for If-Match, in double quotes.'),
  })
  .meta({ id: 'StandingDecision' });

export function decisionView(decision: StandingDecisionItem) {
  const { apiId, owner, ownerName, status, decidedByName, decidedAt, version } = decision;
  return {
    apiId,
    owner,
    user: ownerName,
    status,
    decidedBy: decidedByName,
    decidedTime: String(decidedAt),
    version,
  };
}

/** Publishers' decisions about owners, with or without a subscription. */
export function decisionRoutes(management: Management): readonly Route[] {
  return [
    defineRoute({
      ...common,
      summary: 'List standing decisions at an API, about all owners',
      method: 'GET',
      path,
      operationId: 'listStandingDecisions',
      query: z.strictObject({ ...paging, apiId: Id }),
      response: listOf(StandingDecision),
      handle: async ({ query: { apiId, ...page } }) => {
        const decisions = await listStandingDecisions(management, apiId);
        return { status: 200, body: listPage(path, decisions, page, decisionView) };
      },
    }),
    defineRoute({
      ...common,
      summary: 'Block an owner at an API, with or without a subscription',
      method: 'POST',
      path: `${path}/block`,
      operationId: 'blockOwner',
      supports: ['etag', 'if-match'],
      query: z.strictObject({
        apiId: Id,
        owner: Owner,
        blockState: z.enum(['BLOCKED', 'PROD_ONLY_BLOCKED']),
      }),
      response: StandingDecision,
      handle: (request) => {
        const { blockState, ...place } = request.query;
        const plan = blockOwner(management, request.caller, place, BLOCK_ACTIONS[blockState]);
        return carryOut(management, request, plan, (decision) => ({
          status: 200,
          body: decisionView(decision),
          version: decision.version,
        }));
      },
    }),
    defineRoute({
      ...common,
      summary: 'Lift a standing decision at an API; blocked subscriptions work again',
      method: 'POST',
      path: `${path}/lift`,
      operationId: 'liftDecision',
      supports: ['if-match'],
      query: z.strictObject({ apiId: Id, owner: Owner }),
      response: noResponseBody,
      handle: (request) =>
        carryOut(management, request, liftDecision(management, request.caller, request.query), () => ({
          status: 200,
        })),
    }),
  ];
}
