import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { digestKeyValue } from '../../lambdas/core/keys/key-value.ts';
import { endPresentedValue } from '../../lambdas/management/keys/end-presented-value.ts';
import { testAuthorizer, type TestAuthorizer } from '../support/authorizer-calls.ts';
import { contradictionsIn } from '../support/check-invariants.ts';
import { interfere } from '../support/interfere.ts';
import {
  openManagementHarness,
  TEST_CALLER,
  type ManagementHarness,
  type TestAnswer,
} from '../support/management-harness.ts';
import { ADMIN, PORTAL, portalUser, type PortalUser } from '../support/portal-user.ts';
import { publisherUser } from '../support/publisher-user.ts';
import { auditEntriesOf, readTable } from '../support/table-contents.ts';

let harness: ManagementHarness;
let authorizer: TestAuthorizer;
let alice: PortalUser;
let pizza: string;
/** The applications that keys can move between. */
let applications: readonly [string, string];
/** Every value that was ever issued in a test. */
let values: string[];

beforeEach(async () => {
  harness = await openManagementHarness();
  authorizer = testAuthorizer(harness);
  [alice, pizza, values] = [portalUser(harness, 'alice'), harness.apis.pizza, []];
  applications = [await alice.application(), await alice.application()];
  for (const applicationId of applications) await alice.subscribe(applicationId, pizza);
});

afterEach(async () => {
  expect(await contradictionsIn(harness.table.store)).toEqual([]);
  await harness.close();
});

const Issued = z.object({ keyUUID: z.string(), apikey: z.string() });

async function associatedKey(): Promise<string> {
  const { keyUUID, apikey } = await alice.generate(pizza);
  values.push(apikey);
  await alice.associate(pizza, keyUUID, applications[0]);
  return keyUUID;
}

function keep(answer: TestAnswer): void {
  const issued = Issued.safeParse(answer.json);
  if (issued.success) values.push(issued.data.apikey);
}

const patch = (keyUUID: string, time: number) =>
  alice.send({
    method: 'PATCH',
    path: `${PORTAL}/apis/${pizza}/api-keys/${keyUUID}`,
    body: { description: `Change ${time}`, validityPeriod: 3_600 + time },
  });
const regenerate = async (keyUUID: string, time: number) =>
  keep(await alice.onKey(pizza, 'regenerate', { keyUUID, gracePeriod: time % 2 === 0 ? 600 : 0 }));
const move = async (keyUUID: string, time: number) => {
  await alice.onKey(pizza, 'dissociate', { keyUUID });
  await alice.onKey(pizza, 'associate', { keyUUID, applicationUUID: applications[time % 2] });
};
const rename = (_keyUUID: string, time: number) =>
  alice.send({
    method: 'PUT',
    path: `${PORTAL}/applications/${applications[0]}`,
    body: { name: `Renamed ${time}`, throttlingPolicy: 'Unlimited' },
  });
const everything = async (keyUUID: string, time: number) => {
  for (const change of [patch, regenerate, move, rename]) await change(keyUUID, time);
};

/** What an owner can do to a key faster than anybody ends it. */
const CHANGES = { patch, regenerate, move, rename, everything };

const asAdministrator = (path: string, body: unknown) =>
  harness.as('root', 'administrator')({ method: 'POST', path: `${ADMIN}${path}`, body });

/** Who ends a key. */
const ENDINGS: Readonly<Record<string, (keyUUID: string) => Promise<number>>> = {
  'an administrator': async (keyUUID) => (await asAdministrator('/api-keys/revoke', { keyUUID })).status,
  'an administrator who ends all keys of an owner': async () =>
    (await asAdministrator('/api-keys/bulk-revoke', { filter: { owner: 'sub-alice' }, dryRun: false }))
      .status,
  'its owner': async (keyUUID) => (await alice.onKey(pizza, 'revoke', { keyUUID })).status,
};

async function expectNoneWorks(): Promise<void> {
  const outcomes = await Promise.all(values.map((value) => authorizer.present(value)));
  expect(outcomes.filter(({ kind }) => kind !== 'unauthorized')).toEqual([]);
}

describe.each(Object.entries(ENDINGS))('a key that is revoked by %s', (_who, end) => {
  it.each(Object.entries(CHANGES))(
    'ends for good while its owner is faster each time: %s',
    async (_name, change) => {
      const keyUUID = await associatedKey();
      const { result, times } = await interfere(
        harness.table.store,
        () => end(keyUUID),
        (time) => change(keyUUID, time),
      );
      expect(result).toBe(200);
      expect(times).toBeLessThan(20);
      await expectNoneWorks();
      const entries = auditEntriesOf(await readTable(harness.table.store));
      const revocations = entries.filter(
        (entry) => entry['action'] === 'key.revoke' && entry['resourceId'] === keyUUID,
      );
      expect(revocations).toHaveLength(1);
      expect((await regenerateAgain(keyUUID)).status).toBe(404);
    },
  );
});

const regenerateAgain = (keyUUID: string) => alice.onKey(pizza, 'regenerate', { keyUUID });

describe('a key of an application', () => {
  it('ends for good while its owner regenerates it faster', async () => {
    const path = `/applications/${applications[0]}/api-keys/PRODUCTION`;
    const first = await alice.post(`${path}/generate`, {});
    keep(first);
    const { keyUUID } = Issued.parse(first.json);
    const { result } = await interfere(
      harness.table.store,
      () => asAdministrator('/api-keys/revoke', { keyUUID }),
      async () => keep(await alice.post(`${path}/regenerate`, { keyUUID, gracePeriod: 600 })),
    );
    expect(result.status).toBe(200);
    await expectNoneWorks();
  });
});

describe('a revocation with If-Match', () => {
  it('gives way to a change that was not seen, and then has written nothing', async () => {
    const keyUUID = await associatedKey();
    const seen = await alice.get(`/apis/${pizza}/api-keys/${keyUUID}`);
    const { result } = await interfere(
      harness.table.store,
      () =>
        alice.send({
          method: 'POST',
          path: `${PORTAL}/apis/${pizza}/api-keys/revoke`,
          headers: { 'if-match': String(seen.headers['etag']) },
          body: { keyUUID },
        }),
      (time) => patch(keyUUID, time),
    );
    expect(result.status).toBe(412);
    expect((await authorizer.present(values[0] ?? '')).kind).toBe('allowed');
  });
});

describe('whoever holds a value', () => {
  const endByHolder = async (keyUUID: string, value: string) => {
    const request = { caller: TEST_CALLER };
    await endPresentedValue(harness.management, request, { keyUUID }, digestKeyValue(value));
  };

  it.each(Object.entries(CHANGES))(
    'ends it while the owner of the key is faster each time: %s',
    async (_name, change) => {
      const keyUUID = await associatedKey();
      const [value = ''] = values;
      await interfere(
        harness.table.store,
        () => endByHolder(keyUUID, value),
        (time) => change(keyUUID, time),
      );
      expect((await authorizer.present(value)).kind).toBe('unauthorized');
    },
  );

  it('that was replaced, in its grace period, does not end the one that replaced it', async () => {
    const keyUUID = await associatedKey();
    const [previous = ''] = values;
    keep(await alice.onKey(pizza, 'regenerate', { keyUUID, gracePeriod: 600 }));
    expect((await authorizer.present(previous)).kind).toBe('allowed');
    await endByHolder(keyUUID, previous);
    expect((await authorizer.present(previous)).kind).toBe('unauthorized');
    expect((await authorizer.present(values[1] ?? '')).kind).toBe('allowed');
    await endByHolder(keyUUID, values[1] ?? '');
    await expectNoneWorks();
  });
});

describe('thirty-two writers at a time', () => {
  it('do not keep a key from being revoked', async () => {
    const keyUUID = await associatedKey();
    const progress = { hasEnded: false };
    const writer = async (index: number) => {
      const change = [patch, regenerate, move, rename][index % 4] ?? patch;
      for (let time = 0; time < 50 && !progress.hasEnded; time += 1) await change(keyUUID, time);
    };
    const writers = Promise.all(Array.from({ length: 32 }, (_, index) => writer(index)));
    const answer = await asAdministrator('/api-keys/revoke', { keyUUID });
    progress.hasEnded = true;
    await writers;
    expect(answer.status).toBe(200);
    await expectNoneWorks();
  });
});

describe('a block by a publisher', () => {
  const subscriptionOf = async (applicationId: string) => {
    const List = z.object({ list: z.array(z.object({ subscriptionId: z.string() })) });
    const { list } = List.parse((await alice.get('/subscriptions', { applicationId })).json);
    return list[0]?.subscriptionId ?? '';
  };

  it.each(Object.entries({ patch, move, rename, everything }))(
    'prevails while the owner is faster each time: %s',
    async (_name, change) => {
      const keyUUID = await associatedKey();
      const { result } = await interfere(
        harness.table.store,
        async () => publisherUser(harness).decide('block', await subscriptionOf(applications[0])),
        (time) => change(keyUUID, time),
      );
      expect(result.json).toMatchObject({ status: 'BLOCKED' });
      const outcomes = await Promise.all(values.map((value) => authorizer.present(value)));
      expect(outcomes.filter(({ kind }) => kind === 'allowed')).toEqual([]);
    },
  );
});

describe('a suspension among many other requests', () => {
  it.each(Object.entries({ patch, regenerate, everything }))(
    'prevails while another member of the owner is faster each time: %s',
    async (_name, change) => {
      const keyUUID = await associatedKey();
      const { result } = await interfere(
        harness.table.store,
        () => alice.onKey(pizza, 'suspend', { keyUUID }),
        (time) => change(keyUUID, time),
      );
      expect(result.status).toBe(200);
      const outcomes = await Promise.all(values.map((value) => authorizer.present(value)));
      expect(outcomes.filter(({ kind }) => kind === 'allowed')).toEqual([]);
    },
  );
});
