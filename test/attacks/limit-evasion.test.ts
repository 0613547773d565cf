import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { MAX_APPLICATION_KEYS, MAX_ASSOCIATED_KEYS } from '../../lambdas/core/subscriptions/link.ts';
import { contradictionsIn } from '../support/check-invariants.ts';
import { interleave } from '../support/interleave.ts';
import { openManagementHarness, type ManagementHarness } from '../support/management-harness.ts';
import { PORTAL, portalUser, type PortalUser } from '../support/portal-user.ts';

let harness: ManagementHarness;
let alice: PortalUser;
let applicationId: string;

beforeEach(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  applicationId = await alice.application();
});

afterEach(async () => {
  expect(await contradictionsIn(harness.table.store)).toEqual([]);
  await harness.close();
});

/** More reads than an operation makes. */
const PLACES = Array.from({ length: 12 }, (_, place) => place);

it('two keys at a time do not slip past the limit of a link, whenever the second one comes', async () => {
  const { pizza } = harness.apis;
  const associate = (keyUUID: string) =>
    alice.onKey(pizza, 'associate', { keyUUID, applicationUUID: applicationId });
  for (let count = 1; count < MAX_ASSOCIATED_KEYS; count += 1) {
    expect((await associate((await alice.generate(pizza)).keyUUID)).status).toBe(200);
  }
  const [first, second] = [await alice.generate(pizza), await alice.generate(pizza)];
  for (const place of PLACES) {
    const statuses: number[] = [];
    const { result } = await interleave(
      harness.table.store,
      place,
      () => associate(first.keyUUID),
      async () => void statuses.push((await associate(second.keyUUID)).status),
    );
    if (statuses.length === 0) break;
    expect([place, ...[result.status, ...statuses].toSorted()]).toEqual([place, 200, 409]);
    for (const { keyUUID } of [first, second]) await alice.onKey(pizza, 'dissociate', { keyUUID });
  }
});

it('two keys at a time do not slip past the limit of an application, whenever the second one comes', async () => {
  const own = `/applications/${applicationId}/api-keys/PRODUCTION`;
  const generate = () => alice.post(`${own}/generate`, {});
  for (let count = 1; count < MAX_APPLICATION_KEYS; count += 1) {
    expect((await generate()).status).toBe(200);
  }
  for (const place of PLACES) {
    const statuses: number[] = [];
    const { result } = await interleave(harness.table.store, place, generate, async () => {
      statuses.push((await generate()).status);
    });
    const all = [result.status, ...statuses].toSorted();
    const last = z
      .object({ list: z.array(z.object({ keyUUID: z.string() })) })
      .parse((await alice.get(own)).json)
      .list.at(-1);
    await alice.send({ method: 'POST', path: `${PORTAL}${own}/revoke`, body: { keyUUID: last?.keyUUID } });
    if (statuses.length === 0) break;
    expect([place, ...all]).toEqual([place, 200, 409]);
  }
});
