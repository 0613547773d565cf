import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { portalUser, succeeded, type PortalUser } from '../../support/portal-user.ts';

let harness: ManagementHarness;
let alice: PortalUser;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  const { pizza, petstore } = harness.apis;
  await alice.generate(pizza, { keyName: 'Lasting' });
  await alice.generate(petstore, { keyName: 'Brief', validityPeriod: 60 });
  for (const [keyName, validityPeriod] of [
    ['Paused', -1],
    ['Paused and brief', 60],
  ] as const) {
    const { keyUUID } = await alice.generate(pizza, { keyName, keyType: 'SANDBOX', validityPeriod });
    succeeded(await alice.onKey(pizza, 'suspend', { keyUUID }), z.unknown());
  }
  const { keyUUID } = await alice.generate(petstore, { keyName: 'Associated' });
  await alice.associate(petstore, keyUUID, await alice.application());
  harness.time.now += 60_000;
});

afterAll(() => harness.close());

const Keys = z.object({ list: z.array(z.object({ keyName: z.string() })) });

describe('looking for keys', () => {
  it.each([
    ['paused', ['Paused', 'Paused and brief']],
    ['name:BRIEF', ['Brief', 'Paused and brief']],
    ['api:petstore', ['Associated', 'Brief']],
    ['type:sandbox', ['Paused', 'Paused and brief']],
    ['status:active', ['Associated', 'Lasting']],
    ['status:suspended', ['Paused', 'Paused and brief']],
    ['status:expired', ['Brief', 'Paused and brief']],
    ['status:unassociated', ['Brief', 'Lasting', 'Paused', 'Paused and brief']],
    ['owner:alice', []],
  ])('by %s finds %j', async (query, names) => {
    const { list } = succeeded(await alice.get('/api-keys', { query }), Keys);
    expect(list.map(({ keyName }) => keyName).toSorted()).toEqual(names);
  });
});
