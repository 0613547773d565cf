import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { digestKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { decisionItemKey, subscriptionReferenceItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import { unregisterApi } from '../../../lambdas/functions/registrar/register-api.ts';
import {
  CHANGING_OPERATION_NAMES,
  changingOperations,
  type ChangingOperation,
} from '../../support/changing-operations.ts';
import { contradictionsAmong, contradictionsIn } from '../../support/check-invariants.ts';
import { interleave } from '../../support/interleave.ts';
import { openInterleavedWorld, type InterleavedWorld } from '../../support/interleaved-world.ts';
import {
  openManagementHarness,
  TEST_CALLER,
  TEST_STACK,
  type ManagementHarness,
} from '../../support/management-harness.ts';
import { meet, placesToMeet, touchedBy, type TouchedItems } from '../../support/touched-items.ts';
import { credentialsOf, readTable, type StoredItem } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let world: InterleavedWorld;

beforeAll(async () => {
  harness = await openManagementHarness();
  world = await openInterleavedWorld(harness);
});

afterAll(() => harness.close());

const operations = () => changingOperations(harness, world);

function idOf(name: string): string {
  return world.idsOf('')[name] ?? '';
}

/** What others do at the worst moment. */
function others(): readonly ChangingOperation[] {
  const named = new Set([
    'revokeApiKey',
    'revokeApplicationKey',
    'regenerateApiKey',
    'associateApiKey',
    'generateApplicationKey',
    'deleteSubscription',
    'deleteApplication',
    'blockSubscription',
    'deleteSubscriptionPolicy',
  ]);
  const unregister = async () => {
    const { management, apis } = harness;
    const stack = { stackId: TEST_STACK, stackName: 'test' };
    const registrar = { ...management, caller: TEST_CALLER, stack };
    // Its own role, not that of the function among whose reads it comes.
    await harness.table.as('Registrar', () => unregisterApi(registrar, apis.pizza, 'gw-pizzashackapi'));
    return 200;
  };
  return [
    ...operations().filter(({ name }) => named.has(name)),
    { name: 'unregisterApi', perform: unregister },
  ];
}

/** What an operation that succeeded has ended for good, as the table must show it whatever came in between. */
const ENDED: Readonly<Record<string, (items: readonly StoredItem[]) => boolean>> = {
  revokeApiKey: (items) => isDead(items, idOf('keyUUID')),
  revokeAnyApiKey: (items) => isDead(items, idOf('keyUUID')),
  bulkRevokeApiKeys: (items) => isDead(items, idOf('keyUUID')) && isDead(items, idOf('applicationKeyUUID')),
  revokeApplicationKey: (items) => isDead(items, idOf('applicationKeyUUID')),
  deleteApplication: (items) => isDead(items, idOf('applicationKeyUUID')),
  selfRevoke: (items) => !isLive(items, world.apikey),
  selfRevokePrevious: (items) => !isLive(items, world.previous),
  blockSubscription: (items) => isBlocked(items, ownerOfSubscription(items)) || isSubscriptionBlocked(items),
  blockOwner: (items) => isBlocked(items, 'sub-alice'),
};

function isDead(items: readonly StoredItem[], keyUUID: string): boolean {
  const own = credentialsOf(items).filter((item) => item['keyUUID'] === keyUUID);
  return own.length > 0 && own.every(({ status }) => status === 'REVOKED' || status === 'REGENERATED');
}

function isLive(items: readonly StoredItem[], value: string): boolean {
  const digest = digestKeyValue(value);
  const found = credentialsOf(items).find(({ pk }) => pk.endsWith(digest));
  return found?.['status'] !== 'REVOKED' && found?.['status'] !== 'REGENERATED';
}

/** Whose it is by now: its application can have been given to somebody else. */
function ownerOfSubscription(items: readonly StoredItem[]): string {
  const { pk, sk } = subscriptionReferenceItemKey(idOf('subscriptionId'));
  const found = items.find((item) => item.pk === pk && item.sk === sk);
  return z.object({ owner: z.string() }).safeParse(found).data?.owner ?? 'sub-alice';
}

function isBlocked(items: readonly StoredItem[], owner: string): boolean {
  const { pk, sk } = decisionItemKey(owner, harness.apis.pizza);
  return items.some((item) => item.pk === pk && item.sk === sk && item['status'] === 'BLOCKED');
}

/** A block of its owner before goes with a subscription to another owner. */
function isSubscriptionBlocked(items: readonly StoredItem[]): boolean {
  const Blocked = z.object({
    subscription: z.object({
      subscriptionId: z.literal(idOf('subscriptionId')),
      status: z.literal('BLOCKED'),
    }),
  });
  return items.some((item) => Blocked.safeParse(item).success);
}

/** What may take back what a block has done. */
const LIFTS = new Set(['unblockSubscription', 'liftDecision']);
/** An operation makes no more reads; more would hide an endless loop. */
const MOST_READS = 60;

describe('each operation that writes', () => {
  it('succeeds in the world that the others come into', async () => {
    const failed: string[] = [];
    for (const { name, perform } of operations()) {
      const status = await perform();
      if (status >= 300) failed.push(`${name} answers ${status}`);
      await world.restore();
    }
    expect(failed).toEqual([]);
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
  });

  it.each(CHANGING_OPERATION_NAMES)(
    'leaves no contradiction and nothing alive that has ended, whoever comes in after whichever of its reads: %s',
    async (name) => {
      const operation = operations().find((candidate) => candidate.name === name);
      if (operation === undefined) throw new Error(`there is no operation ${name}`);
      const touched = await touchedBy(harness.table.store, operation.perform);
      await world.restore();
      expect(touched.reads.length).toBeLessThanOrEqual(MOST_READS);
      const wrong: string[] = [];
      for (const other of others()) {
        const touchedByOther = await othersTouch(other);
        if (!meet(touched, touchedByOther)) continue;
        for (const place of placesToMeet(touched, touchedByOther)) {
          wrong.push(...(await letIn(operation, other, place)));
        }
      }
      expect(wrong).toEqual([]);
    },
    600_000,
  );
});

const touchedByOthers = new Map<string, TouchedItems>();

async function othersTouch({ name, perform }: ChangingOperation): Promise<TouchedItems> {
  const touched = touchedByOthers.get(name) ?? (await touchedBy(harness.table.store, perform));
  if (!touchedByOthers.has(name)) await world.restore();
  touchedByOthers.set(name, touched);
  return touched;
}

/** What is wrong after `other` came in. */
async function letIn(
  operation: ChangingOperation,
  other: ChangingOperation,
  place: number,
): Promise<readonly string[]> {
  const { store } = harness.table;
  const statuses = { other: 0 };
  const { result, cameIn } = await interleave(store, place, operation.perform, async () => {
    statuses.other = await other.perform();
  });
  const items = await readTable(store);
  await world.restore(items);
  const hasEnded = (name: string, status: number, by: string) =>
    status >= 300 || LIFTS.has(by) || (ENDED[name]?.(items) ?? true);
  return [
    ...(cameIn ? [] : ['never came in']),
    ...(result >= 500 ? [`answers ${result}`] : []),
    ...contradictionsAmong(items),
    ...(hasEnded(operation.name, result, other.name) ? [] : ['has not ended what it ended']),
    ...(hasEnded(other.name, statuses.other, operation.name) ? [] : ['brings back what the other ended']),
  ].map((problem) => `with ${other.name} after read ${place + 1}: ${problem}`);
}
