import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { contradictionsIn } from '../../support/check-invariants.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { ADMIN, portalUser, succeeded, type PortalUser } from '../../support/portal-user.ts';
import { isWrite, UNKNOWN, withFaults } from '../../support/table-faults.ts';

let harness: ManagementHarness;
let alice: PortalUser;
let users = 0;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
});
afterAll(() => harness.close());

const Step = z.object({
  count: z.number(),
  revoked: z.number(),
  alreadyEnded: z.number(),
  list: z.array(z.looseObject({ keyUUID: z.string(), outcome: z.string() })),
  failed: z.array(z.object({ keyUUID: z.string(), code: z.string(), message: z.string() })),
  progress: z.object({
    seen: z.number(),
    found: z.number(),
    revoked: z.number(),
    alreadyEnded: z.number(),
    failed: z.number(),
  }),
  nextToken: z.string().optional(),
});
const send = (body: object, user = 'root') =>
  harness.as(user, 'administrator')({ method: 'POST', path: `${ADMIN}/api-keys/bulk-revoke`, body });
const step = async (body: object) => succeeded(await send(body), Step);

/** A new developer with so many keys. */
async function ownerOf(keys: number): Promise<{ readonly name: string; readonly ids: readonly string[] }> {
  users += 1;
  const name = `bulk-${users}`;
  const user = portalUser(harness, name);
  const ids: string[] = [];
  for (let made = 0; made < keys; made += 1) {
    harness.time.now += 10;
    ids.push((await user.generate(harness.apis.petstore, { keyName: `Key ${made}` })).keyUUID);
  }
  return { name, ids };
}

/** All steps from `body` on. */
async function allSteps(body: object): Promise<readonly z.infer<typeof Step>[]> {
  const steps = [await step(body)];
  for (let next = steps[0]?.nextToken; next !== undefined; next = steps.at(-1)?.nextToken) {
    steps.push(await step({ nextToken: next }));
    expect(steps.length).toBeLessThan(50);
  }
  return steps;
}

describe('bulk revocation', () => {
  it('goes on from step to step until every key is reported once, and revoked', async () => {
    const { name, ids } = await ownerOf(300);
    const steps = await allSteps({ filter: { owner: name }, dryRun: false, reason: 'rotation' });
    expect(steps.length).toBeGreaterThan(1);
    const reported = steps.flatMap(({ list }) => list);
    expect(reported.map(({ keyUUID }) => keyUUID).sort()).toEqual([...ids].sort());
    expect(new Set(reported.map(({ outcome }) => outcome))).toEqual(new Set(['REVOKED']));
    expect(steps.at(-1)?.progress).toMatchObject({ found: 300, revoked: 300, alreadyEnded: 0, failed: 0 });
    const again = await allSteps({ filter: { owner: name }, dryRun: false });
    expect(again.at(-1)?.progress).toMatchObject({ found: 300, revoked: 0, alreadyEnded: 300 });
    expect(
      again
        .flatMap(({ list }) => list)
        .map(({ keyUUID }) => keyUUID)
        .sort(),
    ).toEqual([...ids].sort());
  });

  it('previews in steps, too, and changes nothing', async () => {
    const { name, ids } = await ownerOf(3);
    const [preview] = await allSteps({ filter: { owner: `sub-${name}` } });
    expect(preview).toMatchObject({ count: 3, revoked: 0, progress: { found: 3, revoked: 0 } });
    expect(preview?.list.map(({ outcome }) => outcome)).toEqual(['FOUND', 'FOUND', 'FOUND']);
    expect((await step({ filter: { owner: name } })).list.map(({ keyUUID }) => keyUUID).sort()).toEqual(
      [...ids].sort(),
    );
  });

  it('revokes the other keys when one cannot be revoked, and says which and why', async () => {
    const { name, ids } = await ownerOf(5);
    let writes = 0;
    const { result } = await withFaults(
      harness,
      (operation) => {
        if (!isWrite(operation)) return 'none';
        writes += 1;
        return writes === 2 ? 'request lost' : 'none';
      },
      UNKNOWN,
      () => step({ filter: { owner: name }, dryRun: false }),
      'call',
    );
    expect(result).toMatchObject({ count: 5, revoked: 4, progress: { failed: 1, revoked: 4 } });
    expect(result.failed).toHaveLength(1);
    expect(result.failed[0]).toMatchObject({ code: 'unknown' });
    expect(JSON.stringify(result)).not.toContain('secret of the table');
    const again = await step({ filter: { owner: name }, dryRun: false });
    expect(again).toMatchObject({ revoked: 1, alreadyEnded: 4, failed: [] });
    expect(again.list).toHaveLength(ids.length);
  });

  it('stops in time, however long the table takes, and goes on behind what it has done', async () => {
    const { name } = await ownerOf(40);
    const { result } = await withFaults(
      harness,
      (operation) => {
        if (isWrite(operation)) harness.time.now += 400;
        return 'none';
      },
      UNKNOWN,
      () => step({ filter: { owner: name }, dryRun: false }),
    );
    expect(result.revoked).toBeLessThan(40);
    expect(result.nextToken).toBeDefined();
    const rest = await allSteps({ nextToken: result.nextToken });
    expect(rest.at(-1)?.progress).toMatchObject({ found: 40, revoked: 40, alreadyEnded: 0 });
  });

  it('of keys of one application, which all change one item, fails for none', async () => {
    const { pizza } = harness.apis;
    const applicationId = await alice.application();
    await alice.subscribe(applicationId, pizza);
    for (let made = 0; made < 20; made += 1) {
      const { keyUUID } = await alice.generate(pizza);
      await alice.associate(pizza, keyUUID, applicationId);
    }
    expect(await step({ filter: { applicationId }, dryRun: false })).toMatchObject({
      revoked: 20,
      failed: [],
    });
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
  });
});

describe('the token of a step', () => {
  it('is refused for another caller, another filter, a preview made real, and when it is no token', async () => {
    const { name } = await ownerOf(300);
    const { nextToken } = await step({ filter: { owner: name } });
    if (nextToken === undefined) throw new Error('there is no second step');
    const refused = [
      await send({ nextToken }, 'other'),
      await send({ nextToken, dryRun: false }),
      await send({ nextToken, filter: { owner: 'alice' } }),
      await send({ nextToken, reason: 'Another' }),
      await send({ nextToken: 'nonsense' }),
      await send({ nextToken: 'x'.repeat(5_000) }),
      await send({}),
    ];
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => 400));
    expect((await step({ nextToken, dryRun: true, filter: { owner: name } })).progress.found).toBe(300);
  });

  it('that was changed to hold an empty filter revokes nothing', async () => {
    const { name } = await ownerOf(300);
    const { nextToken = '' } = await step({ filter: { owner: name }, dryRun: true });
    const Token = z.tuple([z.string(), z.record(z.string(), z.unknown())]);
    const [bound, state] = Token.parse(JSON.parse(Buffer.from(nextToken, 'base64url').toString()));
    const forged = Buffer.from(JSON.stringify([bound, { ...state, filter: {}, dryRun: false }]));
    expect((await send({ nextToken: forged.toString('base64url') })).status).toBe(400);
  });
});
