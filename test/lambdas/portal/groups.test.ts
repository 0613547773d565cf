import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contradictionsIn } from '../../support/check-invariants.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { ADMIN, PORTAL } from '../../support/portal-user.ts';

const Application = z.object({ applicationId: z.uuid() });
const Issued = z.object({ keyUUID: z.uuid() });

describe('what developers share with a group', () => {
  let harness: ManagementHarness;
  let applicationId: string;

  beforeAll(async () => {
    harness = await openManagementHarness();
    const made = await ask('alice', 'team', 'POST', '/applications', {
      name: 'Shared',
      throttlingPolicy: 'Unlimited',
    });
    applicationId = Application.parse(made.json).applicationId;
  });
  afterAll(() => harness.close());

  /** A request of a developer who is a member of `team`, for a group or for himself. */
  const ask = (user: string, group: string | undefined, method: string, path: string, body?: unknown) =>
    harness.as(
      user,
      'developer',
      'team',
    )({
      method,
      path: `${PORTAL}${path}`,
      body,
      ...(group !== undefined && { headers: { 'x-keybound-group': group } }),
    });

  it('is seen and changed by every member', async () => {
    expect((await ask('bob', 'team', 'GET', `/applications/${applicationId}`)).json).toMatchObject({
      name: 'Shared',
      owner: 'team',
    });
    const api = harness.apis.pizza;
    await ask('bob', 'team', 'POST', '/subscriptions', {
      applicationId,
      apiId: api,
      throttlingPolicy: 'Gold',
    });
    const generated = await ask('bob', 'team', 'POST', `/apis/${api}/api-keys/generate`, {});
    const { keyUUID } = Issued.parse(generated.json);
    const association = { keyUUID, applicationUUID: applicationId };
    expect((await ask('alice', 'team', 'POST', `/apis/${api}/api-keys/associate`, association)).status).toBe(
      200,
    );
    expect((await ask('alice', 'team', 'POST', `/apis/${api}/api-keys/regenerate`, { keyUUID })).status).toBe(
      200,
    );
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
  });

  it('does not mix with what a member has for himself', async () => {
    expect((await ask('alice', undefined, 'GET', `/applications/${applicationId}`)).status).toBe(404);
    expect((await ask('alice', undefined, 'GET', '/applications')).json).toMatchObject({ count: 0 });
  });

  it.each(['other-team', 'developer', 'administrator', '', 'team,other', '../team', 'sub-alice'])(
    'is refused to who is no member of the group %j that the request names',
    async (group) => {
      expect((await ask('alice', group, 'GET', '/applications')).status).toBe(403);
    },
  );

  it('cannot be reached by a token whose subject looks like a group', async () => {
    const answer = await harness.send({
      path: `${PORTAL}/applications`,
      claims: { sub: 'group:team', 'cognito:groups': '[developer]' },
    });
    expect(answer.status).toBe(401);
  });

  it('is changed in the name of the person who did it', async () => {
    const audit = await harness.as(
      'root',
      'administrator',
    )({
      path: `${ADMIN}/audit`,
      query: { resource: applicationId },
    });
    expect(audit.json).toMatchObject({
      list: [{ action: 'application.create', actor: 'sub-alice', actorName: 'alice', owner: 'group:team' }],
    });
  });
});
