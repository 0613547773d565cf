import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { ADMIN, portalUser, succeeded } from '../../support/portal-user.ts';

let harness: ManagementHarness;

beforeAll(async () => (harness = await openManagementHarness()));
afterAll(() => harness.close());

const Policy = z.object({ policyId: z.string() });
const Refusal = z.object({ description: z.string() });

describe('a policy that somebody has', () => {
  it('is not deleted, and the refusal says by how many it is in use', async () => {
    const admin = harness.as('admin', 'administrator');
    const path = `${ADMIN}/throttling/policies/application`;
    const body = {
      policyName: 'Wanted',
      defaultLimit: {
        type: 'REQUESTCOUNTLIMIT',
        requestCount: { timeUnit: 'min', unitTime: 1, requestCount: 5 },
      },
    };
    const { policyId } = succeeded(await admin({ method: 'POST', path, body }), Policy);
    const alice = portalUser(harness, 'alice');
    for (const users of ['1 application', '2 applications']) {
      await alice.application({ throttlingPolicy: 'Wanted' });
      const answer = await admin({ method: 'DELETE', path: `${path}/${policyId}` });
      expect([answer.status, Refusal.parse(answer.json).description]).toEqual([
        409,
        `The policy is in use by ${users}: choose another one there first.`,
      ]);
    }
  });

  it('can be changed with the ETag that was read, however many have subscribed since, and keeps their count', async () => {
    const admin = harness.as('admin', 'administrator');
    const path = `${ADMIN}/throttling/policies/application`;
    const body = { policyName: 'Busy', description: 'old' };
    const { policyId } = succeeded(await admin({ method: 'POST', path, body }), Policy);
    const one = `${path}/${policyId}`;
    const { headers } = await admin({ path: one });
    await portalUser(harness, 'alice').application({ throttlingPolicy: 'Busy' });
    expect((await admin({ path: one })).headers['etag']).toBe(headers['etag']);
    const changed = await admin({
      method: 'PUT',
      path: one,
      headers: { 'if-match': String(headers['etag']) },
      body: { ...body, description: 'new' },
    });
    expect([changed.status, changed.headers['etag'] === headers['etag']]).toEqual([200, false]);
    expect((await admin({ path: one })).json).toMatchObject({ description: 'new', useCount: 1 });
    expect((await admin({ method: 'DELETE', path: one })).status).toBe(409);
  });
});
