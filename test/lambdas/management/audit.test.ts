import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import {
  openManagementHarness,
  type ManagementHarness,
  type TestAnswer,
} from '../../support/management-harness.ts';
import { ADMIN, PORTAL, portalUser, type PortalUser } from '../../support/portal-user.ts';
import { auditEntriesOf, readTable, type StoredItem } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let alice: PortalUser;
let pizza: string;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  ({ pizza } = harness.apis);
});

afterAll(() => harness.close());

/** The audit entries that `act` caused. */
async function entriesOf(act: () => Promise<unknown>): Promise<readonly StoredItem[]> {
  const before = auditEntriesOf(await readTable(harness.table.store)).map(({ sk }) => sk);
  await act();
  const after = auditEntriesOf(await readTable(harness.table.store));
  return after.filter(({ sk }) => !before.includes(sk));
}

const put = (path: string, body: unknown) => alice.send({ method: 'PUT', path: `${PORTAL}${path}`, body });
const remove = (path: string) => alice.send({ method: 'DELETE', path: `${PORTAL}${path}` });
function ok({ status }: TestAnswer): void {
  expect(status).toBe(200);
}

describe('the audit trail', () => {
  it('has one entry for each change: who, what, whose, when, from where, in which request', async () => {
    const values: string[] = [];
    const seen: (readonly [string, StoredItem])[] = [];
    const audited = async <T>(action: string, act: () => Promise<T>): Promise<T> => {
      harness.time.now += 1_000;
      const earlier = auditEntriesOf(await readTable(harness.table.store)).length;
      const result = await act();
      const entries = auditEntriesOf(await readTable(harness.table.store)).slice(earlier);
      expect(entries).toEqual([
        expect.objectContaining({
          action,
          actor: 'sub-alice',
          actorName: 'alice',
          owner: 'sub-alice',
          sourceIp: '192.0.2.7',
          requestId: 'request-1',
          at: new Date(harness.time.now).toISOString(),
        }),
      ]);
      seen.push(...entries.map((entry) => [action, entry] as const));
      return result;
    };
    const request = async (action: string, act: () => Promise<TestAnswer>) => ok(await audited(action, act));
    const id = await audited('application.create', () => alice.application({ name: 'Audited' }));
    const change = { name: 'Audited too', throttlingPolicy: '10PerMin' };
    await request('application.update', () => put(`/applications/${id}`, change));
    const subscription = await audited('subscription.create', () => alice.subscribe(id, pizza));
    const plan = { applicationId: id, apiId: pizza, throttlingPolicy: 'Bronze' };
    await request('subscription.update', () => put(`/subscriptions/${subscription}`, plan));
    const key = await audited('key.generate', () =>
      alice.generate(pizza, { keyName: 'Audited key', additionalProperties: { permittedIP: '10.0.0.0/8' } }),
    );
    const { keyUUID } = key;
    await audited('key.associate', () => alice.associate(pizza, keyUUID, id));
    const next = await audited('key.regenerate', () => alice.regenerate(pizza, keyUUID));
    values.push(key.apikey, next.apikey);
    await request('key.dissociate', () => alice.onKey(pizza, 'dissociate', { keyUUID }));
    await request('key.revoke', () => alice.onKey(pizza, 'revoke', { keyUUID }));
    await request('subscription.delete', () => remove(`/subscriptions/${subscription}`));
    await request('application.delete', () => remove(`/applications/${id}`));

    const resources = Object.fromEntries(seen.map(([action, entry]) => [action, entry['resourceId']]));
    expect(resources).toMatchObject({
      'application.create': id,
      'subscription.update': subscription,
      'key.revoke': keyUUID,
    });
    const trail = JSON.stringify(seen);
    for (const value of values) {
      expect(trail).not.toContain(value.slice(8, 51));
      expect(trail).not.toContain(digestKeyValue(value));
    }
    expect(trail).not.toMatch(/"digest"/);
  });

  it('shows the state before and after a change', async () => {
    const id = await alice.application({ name: 'Before' });
    const [entry] = await entriesOf(() =>
      put(`/applications/${id}`, { name: 'After', throttlingPolicy: '10PerMin' }),
    );
    expect(entry).toMatchObject({
      before: { name: 'Before', throttlingPolicy: 'Unlimited' },
      after: { name: 'After', throttlingPolicy: '10PerMin' },
    });
    const { keyUUID } = await alice.generate(pizza, { validityPeriod: 60 });
    harness.time.now += 30_000;
    const [regenerated] = await entriesOf(() => alice.regenerate(pizza, keyUUID));
    expect(regenerated).toMatchObject({
      before: { keyUUID, issuedAt: harness.time.now - 30_000 },
      after: { keyUUID, issuedAt: harness.time.now },
    });
  });

  it('names the administrator who changed what is another’s', async () => {
    const { keyUUID } = await alice.generate(pizza);
    const admin = harness.as('root', 'administrator');
    const [entry, ...others] = await entriesOf(() =>
      admin({ method: 'POST', path: `${ADMIN}/api-keys/revoke`, body: { keyUUID } }),
    );
    expect(entry).toMatchObject({
      action: 'key.revoke',
      actor: 'sub-root',
      actorName: 'root',
      owner: 'sub-alice',
    });
    expect(others).toEqual([]);
  });

  it('has no entry for what was refused, changed nothing, or only read', async () => {
    const id = await alice.application({ name: 'Unaudited' });
    const { keyUUID } = await alice.generate(pizza);
    await alice.associate(pizza, keyUUID, id);
    const bob = portalUser(harness, 'bob');
    const entries = await entriesOf(async () => {
      const answers = [
        await alice.post('/applications', { name: 'Unaudited', throttlingPolicy: 'Unlimited' }),
        await alice.post('/applications', { name: '' }),
        await alice.post('/subscriptions', { applicationId: id, apiId: pizza, throttlingPolicy: 'Silver' }),
        await bob.onKey(pizza, 'revoke', { keyUUID }),
        await bob.send({ method: 'DELETE', path: `${PORTAL}/applications/${id}` }),
        await alice.onKey(pizza, 'generate', { validityPeriod: 0 }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([409, 400, 400, 404, 404, 400]);
      ok(await alice.onKey(pizza, 'associate', { keyUUID, applicationUUID: id }));
      ok(await alice.get('/applications'));
      ok(await alice.get(`/apis/${pizza}/api-keys`));
    });
    expect(entries).toEqual([]);
  });
});
