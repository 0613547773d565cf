import type { Caller } from '../../core/http/caller.ts';
import { Fault } from '../../core/http/fault.ts';
import type { Link } from '../../core/subscriptions/link.ts';
import type { StandingStatus } from '../../core/subscriptions/publisher-decision.ts';
import { dayOf } from '../../core/general/utc.ts';
import { StandingDecisionItem, type ApiItem } from '../../platform/dynamodb/items.ts';
import { decisionItemKey, listedByTime, LISTINGS } from '../../platform/dynamodb/keys.ts';
import { readListing } from '../../platform/dynamodb/listings.ts';
import { create, remove, replace, type Write } from '../../platform/dynamodb/writes.ts';
import type { TableAccess } from '../frame/management.ts';
import type { Reads, Snapshot } from '../frame/snapshot.ts';
import type { Owner } from '../owners/resolve-owner.ts';

/** Whom a decision is about, and where. */
export interface DecisionPlace {
  readonly owner: string;
  readonly ownerName: string;
  readonly apiId: string;
}

/** The decision about an owner at an API; `undefined`: none. */
export async function readDecision(
  read: Reads,
  { owner, apiId }: Pick<DecisionPlace, 'owner' | 'apiId'>,
): Promise<StandingDecisionItem | undefined> {
  return read.item(decisionItemKey(owner, apiId), StandingDecisionItem);
}

/** Publishers' decisions at an API, oldest first. Eventually consistent. */
export async function listDecisions(
  { store }: TableAccess,
  apiId: string,
): Promise<readonly StandingDecisionItem[]> {
  return readListing(store, LISTINGS.decisionsOf(apiId), StandingDecisionItem);
}

/**
 * Lets `status` stand for an owner at an API, or lifts what stood, on condition of what was read. Nothing but the
 * actions of publishers writes it.
 */
export function decisionWrites(
  caller: Caller,
  now: number,
  { owner, ownerName, apiId }: DecisionPlace,
  before: StandingDecisionItem | undefined,
  status: StandingStatus | undefined,
): Write[] {
  const key = decisionItemKey(owner, apiId);
  if (status === before?.status) return [];
  if (status === undefined) return before === undefined ? [] : [remove(key, before)];
  const decision = {
    owner,
    ownerName,
    apiId,
    status,
    decidedBy: caller.actor?.subject ?? caller.subject,
    decidedByName: caller.actor?.name ?? caller.name,
    decidedAt: now,
    ...listedByTime(LISTINGS.decisionsOf(apiId), now, owner),
  };
  return before === undefined ? [create(key, { ...decision, version: 1 })] : [replace(key, before, decision)];
}

/**
 * Refuses a new subscription of somebody about whom a publisher has decided otherwise. A person who acts for a group
 * brings along what stands for that person.
 * @throws Fault `conflict`
 */
export async function requireNoDecision(
  read: Snapshot,
  { subject, actor }: Caller,
  { apiId, name, version }: ApiItem,
): Promise<void> {
  const owners = actor === undefined ? [subject] : [subject, actor.subject];
  const found = await Promise.all(owners.map((owner) => readDecision(read, { owner, apiId })));
  const [decision] = found.filter((item) => item !== undefined);
  if (decision === undefined) return;
  const whom = decision.owner === subject && actor !== undefined ? `the group ${decision.ownerName}` : 'you';
  throw new Fault(
    'conflict',
    `A publisher ${SENTENCES[decision.status](whom)} at ${name} ${version} on ${dayOf(decision.decidedAt)}. Only a publisher can lift that: neither a new subscription nor another application does.`,
  );
}

/**
 * Refuses to hand subscriptions to an owner whom a publisher keeps from their APIs.
 * @throws Fault `conflict`
 */
export async function requireNoDecisionOn(
  { loosely }: Reads,
  { subject }: Owner,
  links: readonly Link[],
): Promise<void> {
  const apiIds = links.flatMap(({ apiId, subscription }) => (subscription === undefined ? [] : [apiId]));
  const decisions = await loosely.items(
    apiIds.map((apiId) => decisionItemKey(subject, apiId)),
    StandingDecisionItem,
  );
  if (decisions.length === 0) return;
  const list = decisions.map(({ apiId, status }) => `${apiId} (${status})`).slice(0, MOST_APIS_NAMED);
  throw new Fault(
    'conflict',
    `Publishers have decided about the new owner at APIs of the application: ${list.join(', ')}. They must lift that first, or the subscriptions must end.`,
  );
}

const MOST_APIS_NAMED = 10;

const SENTENCES = {
  BLOCKED: (whom) => `blocked ${whom}`,
  PROD_ONLY_BLOCKED: (whom) => `blocked ${whom} for production`,
  REJECTED: (whom) => `rejected ${whom}`,
} as const satisfies Record<StandingStatus, (whom: string) => string>;
