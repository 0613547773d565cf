import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { digestKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { credentialItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import { testAuthorizer, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { contradictionsIn } from '../../support/check-invariants.ts';
import { interleaveEach } from '../../support/interleave.ts';
import {
  openManagementHarness,
  type ManagementHarness,
  type TestAnswer,
} from '../../support/management-harness.ts';
import { ADMIN, PORTAL, portalUser, type PortalUser } from '../../support/portal-user.ts';
import { auditEntriesOf, credentialsOf, readTable } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let authorizer: TestAuthorizer;
let alice: PortalUser;
let pizza: string;

beforeAll(async () => {
  harness = await openManagementHarness();
  authorizer = testAuthorizer(harness);
  alice = portalUser(harness, 'alice');
  pizza = harness.apis.pizza;
});

afterAll(() => harness.close());

const Issued = z.object({ apikey: z.string() });
const IssuedKey = z.object({ keyUUID: z.string(), apikey: z.string() });

function times<T>(count: number, make: (index: number) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}

const countOf = (answers: readonly TestAnswer[], status: number) =>
  answers.filter((answer) => answer.status === status).length;

describe('parallel management requests:', () => {
  it('regenerations, a hundred of them, of one key leave one value that works: one that was returned, and the newest', async () => {
    const applicationId = await alice.application();
    await alice.subscribe(applicationId, pizza);
    const first = await alice.generate(pizza);
    await alice.associate(pizza, first.keyUUID, applicationId);

    const answers = await times(100, () => alice.onKey(pizza, 'regenerate', { keyUUID: first.keyUUID }));
    const issued = answers.flatMap(({ json }) => Issued.safeParse(json).data?.apikey ?? []);
    expect(countOf(answers, 200) + countOf(answers, 409)).toBe(100);
    expect(issued.length).toBe(countOf(answers, 200));
    expect(issued.length).toBeGreaterThan(0);

    const items = await readTable(harness.table.store);
    const own = credentialsOf(items).filter((item) => item['keyUUID'] === first.keyUUID);
    const live = own.filter((item) => item['status'] === 'ACTIVE');
    expect(live).toHaveLength(1);
    expect(own).toHaveLength(issued.length + 1);
    expect(issued.map((value) => credentialItemKey(digestKeyValue(value)).pk)).toContain(live[0]?.pk);
    const audited = auditEntriesOf(items).filter(
      (item) => item['action'] === 'key.regenerate' && item['resourceId'] === first.keyUUID,
    );
    expect(audited).toHaveLength(issued.length);

    const outcomes = await Promise.all([first.apikey, ...issued].map((value) => authorizer.present(value)));
    expect(outcomes.filter(({ kind }) => kind === 'allowed')).toHaveLength(1);
    expect(await contradictionsIn(harness.table.store)).toEqual([]);

    const last = await alice.regenerate(pizza, first.keyUUID);
    expect((await authorizer.present(last.apikey)).kind).toBe('allowed');
    const older = await Promise.all([first.apikey, ...issued].map((value) => authorizer.present(value)));
    expect(older.filter(({ kind }) => kind === 'allowed')).toEqual([]);
  });

  it('revocations and regenerations of one key leave no value that works', async () => {
    const { keyUUID, apikey } = await alice.generate(pizza);
    const answers = await times(20, (index) =>
      alice.onKey(pizza, index === 10 ? 'revoke' : 'regenerate', { keyUUID }),
    );
    // The revocation itself may lose against so many; it is asked for again, as a person would.
    expect((await alice.onKey(pizza, 'revoke', { keyUUID })).status).toBe(200);
    const values = [apikey, ...answers.flatMap(({ json }) => Issued.safeParse(json).data?.apikey ?? [])];
    const outcomes = await Promise.all(values.map((value) => authorizer.present(value)));
    expect(outcomes.filter(({ kind }) => kind !== 'unauthorized')).toEqual([]);
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
  });

  it('applications of one name become one application', async () => {
    const body = { name: 'One and only', throttlingPolicy: 'Unlimited' };
    const answers = await times(20, () => alice.post('/applications', body));
    expect([countOf(answers, 201), countOf(answers, 409)]).toEqual([1, 19]);
  });

  it('subscriptions of one application become one subscription', async () => {
    const applicationId = await alice.application();
    const body = { applicationId, apiId: pizza, throttlingPolicy: 'Gold' };
    const answers = await times(20, () => alice.post('/subscriptions', body));
    expect([countOf(answers, 201), countOf(answers, 409)]).toEqual([1, 19]);
    expect((await alice.get(`/applications/${applicationId}`)).json).toMatchObject({ subscriptionCount: 1 });
  });
});

describe('a key that is revoked while its application is deleted', () => {
  it('is revoked in every order of the two, and neither is answered as if the key did not exist', async () => {
    for (let round = 0; round < 12; round += 1) {
      const applicationId = await alice.application();
      const { keyUUID, apikey } = await alice.generate(harness.apis.petstore);
      await alice.associate(harness.apis.petstore, keyUUID, applicationId);
      const [revoked, deleted] = await Promise.all([
        alice.onKey(harness.apis.petstore, 'revoke', { keyUUID }),
        alice.send({ method: 'DELETE', path: `${PORTAL}/applications/${applicationId}` }),
      ]);
      expect([revoked.status, deleted.status]).toEqual([200, 200]);
      expect((await authorizer.present(apikey, { api: 'petstore' })).kind).toBe('unauthorized');
    }
  });

  it.each(['associated with it', 'its own'])(
    'is revoked also when the application goes just after the key was read: %s',
    async (kind) => {
      const applicationId = await alice.application();
      const path = `${PORTAL}/applications/${applicationId}`;
      const ofApplication = `/applications/${applicationId}/api-keys/PRODUCTION`;
      const { keyUUID, apikey } =
        kind === 'its own'
          ? IssuedKey.parse((await alice.post(`${ofApplication}/generate`, {})).json)
          : await alice.generate(harness.apis.petstore);
      if (kind !== 'its own') await alice.associate(harness.apis.petstore, keyUUID, applicationId);
      const { middlewareStack } = harness.table.store.client;
      let deleted: Promise<TestAnswer> | undefined;
      middlewareStack.add(
        (next) => async (args) => {
          const { input } = args;
          const readsHolder = new RegExp(`(?:APP|LINK)#${applicationId}`).test(JSON.stringify(input));
          if (deleted === undefined && readsHolder) {
            deleted = alice.send({ method: 'DELETE', path });
            await deleted;
          }
          return next(args);
        },
        { step: 'initialize', name: 'deletion' },
      );
      try {
        const revoke = harness.as(
          'admin',
          'administrator',
        )({
          method: 'POST',
          path: `${ADMIN}/api-keys/revoke`,
          body: { keyUUID },
        });
        expect((await revoke).status).toBe(200);
      } finally {
        middlewareStack.remove('deletion');
      }
      expect((await deleted)?.status).toBe(200);
      expect((await authorizer.present(apikey, { api: 'petstore' })).kind).toBe('unauthorized');
      expect(await contradictionsIn(harness.table.store)).toEqual([]);
    },
  );
});

const RESOURCES = 2;
const which = fc.nat(RESOURCES - 1);
const operation = fc.record({
  verb: fc.constantFrom(
    'subscribe',
    'unsubscribe',
    'changePlan',
    'associate',
    'dissociate',
    'regenerate',
    'revoke',
    'adminRevoke',
    'deleteApplication',
    'rename',
  ),
  application: which,
  key: which,
});
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

const Subscriptions = z.object({ list: z.array(z.object({ subscriptionId: z.string() })) });

/** Does one operation on few resources, so that they meet; it may be refused. */
async function perform(
  { verb, application, key }: Operation,
  world: { readonly applications: readonly string[]; readonly keys: readonly string[] },
): Promise<TestAnswer> {
  const applicationId = world.applications[application] ?? '';
  const keyUUID = world.keys[key] ?? '';
  const subscription = async () => {
    const found = Subscriptions.parse((await alice.get('/subscriptions', { applicationId })).json);
    return found.list[0]?.subscriptionId ?? keyUUID;
  };
  switch (verb) {
    case 'subscribe':
      return alice.post('/subscriptions', { applicationId, apiId: pizza, throttlingPolicy: 'Gold' });
    case 'unsubscribe':
      return alice.send({ method: 'DELETE', path: `${PORTAL}/subscriptions/${await subscription()}` });
    case 'changePlan':
      return alice.send({
        method: 'PUT',
        path: `${PORTAL}/subscriptions/${await subscription()}`,
        body: { applicationId, apiId: pizza, throttlingPolicy: 'Bronze' },
      });
    case 'associate':
      return alice.onKey(pizza, verb, { keyUUID, applicationUUID: applicationId });
    case 'dissociate':
    case 'regenerate':
    case 'revoke':
      return alice.onKey(pizza, verb, { keyUUID });
    case 'adminRevoke':
      return harness.as(
        'root',
        'administrator',
      )({
        method: 'POST',
        path: `${ADMIN}/api-keys/revoke`,
        body: { keyUUID },
      });
    case 'deleteApplication':
      return alice.send({ method: 'DELETE', path: `${PORTAL}/applications/${applicationId}` });
    case 'rename':
      return alice.send({
        method: 'PUT',
        path: `${PORTAL}/applications/${applicationId}`,
        body: { name: `Renamed ${applicationId}`, throttlingPolicy: '10PerMin' },
      });
  }
}

describe('any operations on the same resources at the same time', () => {
  it('leave the items in agreement, and no key that works without a subscription', async () => {
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 4, maxLength: 12 }), async (operations) => {
        const applications = await times(RESOURCES, () => alice.application());
        const issued = await times(RESOURCES, () => alice.generate(pizza));
        const world = { applications, keys: issued.map(({ keyUUID }) => keyUUID) };
        await alice.associate(pizza, world.keys[0] ?? '', applications[0] ?? '');
        await alice.subscribe(applications[0] ?? '', pizza);

        const answers = await Promise.all(operations.map((one) => perform(one, world)));
        for (const { status } of answers) statuses.add(status);
        expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
        expect(await contradictionsIn(harness.table.store)).toEqual([]);
        await expectNoneWithoutSubscription(issued.map(({ apikey }) => apikey));
      }),
      { numRuns: 30 },
    );
    expect(harness.logged).toEqual([]);
    expect([...statuses]).toEqual(expect.arrayContaining([200, 201, 404, 409]));
  });
});

describe('an operation into which others come after each of its reads', () => {
  it('leaves the items in agreement, and no key that works without a subscription', async () => {
    const statuses = new Set<number>();
    await fc.assert(
      fc.asyncProperty(
        operation,
        fc.array(operation, { minLength: 3, maxLength: 8 }),
        async (first, others) => {
          const applications = await times(RESOURCES, () => alice.application());
          const issued = await times(RESOURCES, () => alice.generate(pizza));
          const world = { applications, keys: issued.map(({ keyUUID }) => keyUUID) };
          await alice.associate(pizza, world.keys[0] ?? '', applications[0] ?? '');
          await alice.subscribe(applications[0] ?? '', pizza);

          const answers: TestAnswer[] = [];
          const { result } = await interleaveEach(
            harness.table.store,
            () => perform(first, world),
            async (readsBefore) => {
              const other = others[readsBefore];
              if (other !== undefined) answers.push(await perform(other, world));
            },
          );
          for (const { status } of [result, ...answers]) statuses.add(status);
          expect([result, ...answers].filter(({ status }) => status >= 500)).toEqual([]);
          expect(await contradictionsIn(harness.table.store)).toEqual([]);
          await expectNoneWithoutSubscription(issued.map(({ apikey }) => apikey));
        },
      ),
      { numRuns: 20 },
    );
    expect([...statuses]).toEqual(expect.arrayContaining([200, 404]));
  });
});

/** What the portal says of subscriptions and associations is what the authorizer does. */
async function expectNoneWithoutSubscription(values: readonly string[]): Promise<void> {
  const Granted = z.object({ applicationId: z.string(), subscriptionId: z.string() });
  for (const value of values) {
    const outcome = await authorizer.present(value);
    if (outcome.kind !== 'allowed') continue;
    const { applicationId, subscriptionId } = Granted.parse(outcome.context);
    const answer = await alice.get(`/subscriptions/${subscriptionId}`);
    expect(answer.json).toMatchObject({ subscriptionId, applicationId, status: 'UNBLOCKED' });
  }
}
