import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { resetAtEnds } from '../../../lambdas/functions/resets/reset-at-ends.ts';
import { registerGatewayModeApi } from '../../support/gateway-mode-api.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { portalUser, succeeded, type PortalUser } from '../../support/portal-user.ts';
import { resetRequests, type ResetRequests } from '../../support/reset-requests.ts';
import { auditEntriesOf, readTable } from '../../support/table-contents.ts';

const HOUR = 60 * 60;
const Key = z.object({ keyUUID: z.string() });

let harness: ManagementHarness;
let gateway: ResetRequests;
let alice: PortalUser;
let api: string;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  api = await registerGatewayModeApi(harness, 'Open');
});
afterAll(() => harness.close());
beforeEach(() => {
  // Each test has hours of its own.
  harness.time.now += 10 * HOUR * 1_000;
  harness.time.now -= harness.time.now % 60_000;
  gateway = resetRequests(harness);
});

/** Runs the schedule at a time; the resets, as seconds after `since`. */
async function resetsOfRun(at: number, since: number): Promise<readonly (readonly [string, number])[]> {
  harness.time.now = at;
  await resetAtEnds(gateway.resetting, at);
  return gateway.made.splice(0).map((reset) => [reset.stage, (reset.at - since) / 1_000] as const);
}

describe('the reset of decisions about values that end', () => {
  it('comes when a key expires, and again when no decision from before can be on its way any more', async () => {
    const start = harness.time.now;
    await alice.generate(api, { validityPeriod: HOUR + 30 });
    const due = start + HOUR * 1_000;
    expect(await resetsOfRun(due - 60_000, due)).toEqual([]);
    expect(await resetsOfRun(due, due)).toEqual([
      ['gw-open/production', 30],
      ['gw-open/production', 41],
    ]);
    // The next run sees it once more, for a run that was missing.
    expect(await resetsOfRun(due + 60_000, due)).toEqual([['gw-open/production', 60]]);
    expect(await resetsOfRun(due + 120_000, due)).toEqual([]);
  });

  it('comes when a grace period ends, for the environment of the key', async () => {
    const start = harness.time.now;
    const { keyUUID } = await alice.generate(api, { keyType: 'SANDBOX' });
    await alice.onKey(api, 'regenerate', { keyUUID, gracePeriod: HOUR + 5 });
    const due = start + HOUR * 1_000;
    expect(await resetsOfRun(due, due)).toEqual([
      ['gw-open/sandbox', 5],
      ['gw-open/sandbox', 16],
    ]);
  });

  it('does not come for a grace period that was ended, moved or revoked before', async () => {
    const start = harness.time.now;
    const due = start + HOUR * 1_000;
    const [ended, again, revoked] = await Promise.all(
      [1, 2, 3].map(async () => {
        const { keyUUID } = await alice.generate(api);
        await alice.onKey(api, 'regenerate', { keyUUID, gracePeriod: HOUR + 5 });
        return keyUUID;
      }),
    );
    await alice.onKey(api, 'end-grace', { keyUUID: ended });
    await alice.onKey(api, 'regenerate', { keyUUID: again, gracePeriod: 3 * HOUR });
    await alice.onKey(api, 'revoke', { keyUUID: revoked });
    expect(await resetsOfRun(due, due)).toEqual([]);
  });

  it('comes for what an application subscribes to, and for open APIs, when its own key ends', async () => {
    const paid = await registerGatewayModeApi(harness, 'Paid', { requiresSubscription: true });
    const applicationId = await alice.application();
    await alice.subscribe(applicationId, paid, 'Unlimited');
    await alice.subscribe(applicationId, harness.apis.pizza, 'Gold');
    const keys = `/applications/${applicationId}/api-keys/PRODUCTION`;
    const start = harness.time.now;
    const { keyUUID } = succeeded(await alice.post(`${keys}/generate`, {}), Key);
    await alice.post(`${keys}/regenerate`, { keyUUID, gracePeriod: HOUR + 10 });
    succeeded(await alice.post(`${keys}/generate`, { validityPeriod: HOUR + 20 }), Key);
    const due = start + HOUR * 1_000;
    // The second of two stages waits for the pause between resets.
    const both = (at: number) => [
      ['gw-paid/production', at],
      ['gw-open/production', at + 0.334],
    ];
    expect(await resetsOfRun(due, due)).toEqual([10, 20, 21, 31].flatMap(both));
  });

  it('comes once for all that end in the same second', async () => {
    const start = harness.time.now;
    for (let index = 0; index < 5; index += 1) await alice.generate(api, { validityPeriod: HOUR + 1 });
    const due = start + HOUR * 1_000;
    expect(await resetsOfRun(due, due)).toEqual([
      ['gw-open/production', 1],
      ['gw-open/production', 12],
    ]);
  });

  it('comes at once for a value that got its end after the run before', async () => {
    const start = harness.time.now;
    await alice.generate(api, { validityPeriod: 5 });
    expect(await resetsOfRun(start + 60_000, start)).toEqual([['gw-open/production', 60]]);
  });

  it('sees values that end after midnight', async () => {
    const midnight = Math.ceil(harness.time.now / 86_400_000) * 86_400_000;
    harness.time.now = midnight - HOUR * 1_000;
    await alice.generate(api, { validityPeriod: HOUR + 10 });
    await alice.generate(api, { validityPeriod: HOUR - 10 });
    expect((await resetsOfRun(midnight - 30_000, midnight)).map(([, at]) => at)).toEqual([-10, 1, 10, 21]);
  });

  it('makes the run fail when it cannot be made, after all others were', async () => {
    const other = await registerGatewayModeApi(harness, 'Other');
    const start = harness.time.now;
    await alice.generate(api, { validityPeriod: HOUR + 1 });
    await alice.generate(other, { validityPeriod: HOUR + 5 });
    gateway.faults.set('gw-open/production', 'throttled');
    harness.time.now = start + HOUR * 1_000;
    await expect(resetAtEnds(gateway.resetting, harness.time.now)).rejects.toThrow(
      '2 resets could not be made',
    );
    expect(gateway.take()).toContain('gw-other/production');
    expect(gateway.logged).toMatchObject([{ type: 'reset_failed' }, { type: 'reset_failed' }]);
  });

  it('changes nothing in the table', async () => {
    await alice.generate(api, { validityPeriod: 30 });
    const before = await readTable(harness.table.store);
    await resetsOfRun(harness.time.now, 0);
    expect(await readTable(harness.table.store)).toEqual(before);
    expect(auditEntriesOf(before).length).toBeGreaterThan(0);
  });
});
