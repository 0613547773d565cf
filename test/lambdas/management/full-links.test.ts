import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { EXPIRED_KEY_RETENTION_SECONDS } from '../../../lambdas/core/keys/validity.ts';
import { MAX_ASSOCIATED_KEYS } from '../../../lambdas/core/subscriptions/link.ts';
import { interleave } from '../../support/interleave.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { portalUser, type PortalUser } from '../../support/portal-user.ts';
import { readTable, type StoredItem } from '../../support/table-contents.ts';
import { restoreTable } from '../../support/table-snapshot.ts';

const VALIDITY_SECONDS = 60;
const MOST_READS = 20;
/** Of the clock: one second before the key that has expired is forgotten. */
const LAST_SECOND = (VALIDITY_SECONDS + EXPIRED_KEY_RETENTION_SECONDS - 1) * 1_000;

let harness: ManagementHarness;
let alice: PortalUser;
let start: number;
let pizza: string;
let applicationId: string;
let expiring: string;
let free: readonly [string, string];
/** One key less than a link can have is associated, one of them is about to expire. */
let snapshot: readonly StoredItem[];

beforeAll(async () => {
  harness = await openManagementHarness();
  start = harness.time.now;
  pizza = harness.apis.pizza;
  alice = portalUser(harness, 'alice');
  applicationId = await alice.application();
  expiring = (await alice.generate(pizza, { validityPeriod: VALIDITY_SECONDS })).keyUUID;
  await alice.associate(pizza, expiring, applicationId);
  for (let count = 2; count < MAX_ASSOCIATED_KEYS; count += 1) {
    await alice.associate(pizza, (await alice.generate(pizza)).keyUUID, applicationId);
  }
  free = [(await alice.generate(pizza)).keyUUID, (await alice.generate(pizza)).keyUUID];
  snapshot = await readTable(harness.table.store);
}, 120_000);

afterAll(() => harness.close());

async function keysOfLink(): Promise<number> {
  const items = await readTable(harness.table.store);
  const Link = z.looseObject({ keys: z.record(z.string(), z.unknown()) });
  const link = items.find(({ sk }) => sk.startsWith(`LINK#${applicationId}`));
  return Object.keys(Link.parse(link).keys).length;
}

const associate = (keyUUID: string) =>
  alice.onKey(pizza, 'associate', { keyUUID, applicationUUID: applicationId });

/** Lets `other` in after each read of `act` in turn, each time from the beginning. */
async function afterEachRead(
  act: () => Promise<{ readonly status: number }>,
  other: () => Promise<unknown>,
): Promise<readonly { readonly status: number; readonly keys: number }[]> {
  const outcomes = [];
  for (let place = 0; place < MOST_READS; place += 1) {
    harness.time.now = start;
    await restoreTable(harness.table.store, snapshot);
    const { result, cameIn } = await interleave(harness.table.store, place, act, other);
    if (!cameIn) break;
    outcomes.push({ status: result.status, keys: await keysOfLink() });
  }
  return outcomes;
}

describe('a link that has one key less than it can', () => {
  it('takes one of two keys, whenever the other one is associated', async () => {
    const outcomes = await afterEachRead(
      () => associate(free[0]),
      () => associate(free[1]),
    );
    expect(outcomes.length).toBeGreaterThan(3);
    expect(outcomes.map(({ keys }) => keys)).toEqual(outcomes.map(() => MAX_ASSOCIATED_KEYS));
    expect(outcomes.map(({ status }) => status)).toEqual(outcomes.map(() => 409));
  });

  it('takes no key back that has left it at its end, once others have come in its place', async () => {
    const outcomes = await afterEachRead(
      () => {
        harness.time.now = start + LAST_SECOND;
        return alice.onKey(pizza, 'regenerate', { keyUUID: expiring });
      },
      async () => {
        harness.time.now += 1_000;
        for (const keyUUID of free) expect((await associate(keyUUID)).status).toBe(200);
      },
    );
    expect(outcomes.length).toBeGreaterThan(2);
    expect(outcomes.filter(({ keys }) => keys > MAX_ASSOCIATED_KEYS)).toEqual([]);
    expect(outcomes.filter(({ status }) => status < 400)).toEqual([]);
  });
});
