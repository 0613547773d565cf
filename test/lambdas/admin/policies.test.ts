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
});
