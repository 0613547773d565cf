import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { STAGE_VARIABLES } from '../../../lambdas/contract/stage-variables.ts';
import { PolicyItem } from '../../../lambdas/platform/dynamodb/items.ts';
import { testAuthorizer, type ProtectedCall, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { contradictionsIn } from '../../support/check-invariants.ts';
import {
  openManagementHarness,
  registerTestApi,
  type ManagementHarness,
  type TestAnswer,
} from '../../support/management-harness.ts';
import { PORTAL, portalUser, succeeded, type Issued, type PortalUser } from '../../support/portal-user.ts';
import { UNKNOWN, withFaults, type Fault } from '../../support/table-faults.ts';
import { auditEntriesOf, readTable } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let authorizer: TestAuthorizer;
let alice: PortalUser;
let bob: PortalUser;

beforeAll(async () => {
  harness = await openManagementHarness();
  authorizer = testAuthorizer(harness);
  [alice, bob] = [portalUser(harness, 'alice'), portalUser(harness, 'bob')];
});
afterAll(() => harness.close());

interface SubscribedApi {
  readonly apiId: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly keys: readonly Issued[];
}

/** An application with more than one transaction can end. */
interface LargeApplication {
  readonly id: string;
  readonly path: string;
  readonly etag: string;
  readonly own: readonly Issued[];
  readonly apis: readonly SubscribedApi[];
}

const IssuedKey = z.object({ keyUUID: z.string(), apikey: z.string() });
const times = <T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => make(index)));
const keyPath = (id: string, verb: string) => `/applications/${id}/api-keys/PRODUCTION/${verb}`;

let registered = 0;

async function newApi(): Promise<Pick<SubscribedApi, 'apiId' | 'name'>> {
  registered += 1;
  const name = `Shop${registered}`;
  return {
    name,
    apiId: await registerTestApi(harness.management, name, { requiresSubscription: true }),
  };
}

async function subscribedApi(user: PortalUser, id: string, keyCount: number): Promise<SubscribedApi> {
  const { name, apiId } = await newApi();
  const subscriptionId = await user.subscribe(id, apiId);
  const keys = await times(keyCount, () => user.generate(apiId));
  // One after the other: they meet in the link.
  for (const { keyUUID } of keys) await user.associate(apiId, keyUUID, id);
  return { name, apiId, subscriptionId, keys };
}

async function largeApplication(
  user: PortalUser,
  { apis, keys, own = 2 }: { readonly apis: number; readonly keys: number; readonly own?: number },
): Promise<LargeApplication> {
  const id = await user.application();
  const subscribed = await times(apis, () => subscribedApi(user, id, keys));
  const issued: Issued[] = [];
  for (let index = 0; index < own; index += 1) {
    issued.push(succeeded(await user.post(keyPath(id, 'generate'), {}), IssuedKey));
  }
  const { headers } = await user.get(`/applications/${id}`);
  const etag = String(headers['etag']);
  return { id, path: `${PORTAL}/applications/${id}`, etag, own: issued, apis: subscribed };
}

function failure(message: string): never {
  throw new Error(message);
}

function callTo({ name, apiId }: Pick<SubscribedApi, 'name' | 'apiId'>): ProtectedCall {
  return {
    gatewayApiId: `gw-${name.toLowerCase()}`,
    stageVariables: { [STAGE_VARIABLES.apiId]: apiId },
  };
}

/** How many of its values are let through, each presented to the API that it opened. */
async function countAllowed({ apis, own }: LargeApplication): Promise<number> {
  const outcomes = await Promise.all(
    apis.flatMap((api) => [...api.keys, ...own].map(({ apikey }) => authorizer.present(apikey, callTo(api)))),
  );
  return outcomes.filter(({ kind }) => kind === 'allowed').length;
}

const remove = (user: PortalUser, { path }: LargeApplication, headers = {}): Promise<TestAnswer> =>
  user.send({ method: 'DELETE', path, headers });

/** Loses the transaction with this number, from 1, and all after it. */
function losingTransactions(first: number): (operation: string) => Fault {
  let seen = 0;
  return (operation) => {
    if (operation === 'TransactWriteItemsCommand') seen += 1;
    return seen >= first ? 'request lost' : 'none';
  };
}

async function policyUse(): Promise<ReadonlyMap<string, number>> {
  const items = await readTable(harness.table.store);
  const policies = items.filter(({ pk }) => pk.startsWith('POLICY#')).map((item) => PolicyItem.parse(item));
  return new Map(policies.map(({ level, name, useCount }) => [`${level} ${name}`, useCount]));
}

describe('deleting an application with hundreds of keys', () => {
  it('ends its subscriptions and own keys, dissociates the others, and leaves nothing of it', async () => {
    const used = await policyUse();
    const large = await largeApplication(alice, { apis: 6, keys: 45, own: 10 });
    expect(await countAllowed(large)).toBe(6 * 45 + 6 * 10);
    const api = large.apis[0] ?? failure('there is no API');
    const graced = api.keys[0] ?? failure('there is no key');
    const regenerated = await alice.onKey(api.apiId, 'regenerate', {
      keyUUID: graced.keyUUID,
      gracePeriod: 3_600,
    });
    expect(regenerated.status).toBe(200);

    const answer = await remove(alice, large);
    expect([answer.status, answer.text]).toEqual([200, '']);

    expect(await countAllowed(large)).toBe(0);
    expect(await authorizer.reasonOf(graced.apikey, callTo(api))).toBe('application_missing');
    expect((await authorizer.present(IssuedKey.parse(regenerated.json).apikey, callTo(api))).kind).not.toBe(
      'allowed',
    );
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
    expect(await policyUse()).toEqual(used);
    const items = await readTable(harness.table.store);
    expect(items.filter(({ sk }) => sk.includes(large.id) && !sk.startsWith('APPKEY#'))).toEqual([]);
    const [audited, ...more] = auditEntriesOf(items).filter(
      (entry) => entry['action'] === 'application.delete',
    );
    expect(more).toEqual([]);
    const { apis, keys } = z
      .object({ before: z.object({ apis: z.array(z.string()), keys: z.array(z.string()) }) })
      .parse(audited).before;
    expect(apis.toSorted()).toEqual(large.apis.map(({ apiId }) => apiId).toSorted());
    expect(keys.toSorted()).toEqual(
      [...large.own, ...large.apis.flatMap((one) => one.keys)].map(({ keyUUID }) => keyUUID).toSorted(),
    );
    const list = await alice.get(`/apis/${api.apiId}/api-keys`, { limit: '1' });
    expect(list.json).toMatchObject({ list: [{ associatedApp: null }], pagination: { total: 45 } });
    expect((await remove(alice, large)).status).toBe(404);
    expect(harness.logged).toEqual([]);
  });
});

describe('a deletion that is interrupted', () => {
  let large: LargeApplication;
  /** Its link has all its keys still. */
  let left: SubscribedApi;
  let other: Issued;
  beforeAll(async () => {
    large = await largeApplication(alice, { apis: 3, keys: 20 });
    other = await bob.generate(harness.apis.petstore);
    const { result } = await withFaults(
      harness,
      losingTransactions(3),
      UNKNOWN,
      () => remove(alice, large, { 'if-match': large.etag }),
      'call',
    );
    expect(result.status).toBe(503);
    expect(result.text).toContain('Send the same request again until it succeeds.');
    const links = (await readTable(harness.table.store)).filter(({ sk }) =>
      sk.startsWith(`LINK#${large.id}`),
    );
    expect(links).toHaveLength(2);
    const apiIds = links.map(({ sk }) => sk.split('#')[2]);
    left = large.apis.find(({ apiId }) => apiIds.includes(apiId)) ?? failure('there is no API');
  });

  it('is told to the operator, and leaves no value of the application that an API lets through', async () => {
    expect(harness.logged.splice(0)).toMatchObject([{ level: 'ERROR', type: 'management_fault' }]);
    expect(await countAllowed(large)).toBe(0);
    const [key] = left.keys;
    expect(await authorizer.reasonOf(key?.apikey ?? '', callTo(left))).toBe('application_missing');
  });

  it('leaves no application: neither it nor its subscriptions are found, and its name is free', async () => {
    expect((await alice.get(`/applications/${large.id}`)).status).toBe(404);
    expect((await alice.get(`/applications/${large.id}/usage`)).status).toBe(404);
    expect((await alice.get('/subscriptions', { applicationId: large.id })).json).toMatchObject({ count: 0 });
    for (const { subscriptionId } of large.apis) {
      const path = `/subscriptions/${subscriptionId}`;
      expect((await alice.get(path)).status).toBe(404);
      expect((await alice.send({ method: 'DELETE', path: `${PORTAL}${path}` })).status).toBe(404);
    }
    const blocked = await harness.as(
      'publisher',
      'publisher',
    )({
      method: 'POST',
      path: '/api/am/publisher/v4/subscriptions/block-subscription',
      query: { subscriptionId: left.subscriptionId, blockState: 'BLOCKED' },
    });
    expect(blocked.status).toBe(404);
  });

  it('takes no new subscription, key or association', async () => {
    const { apiId } = await newApi();
    const free = await alice.generate(left.apiId);
    const answers = [
      await alice.post('/subscriptions', { applicationId: large.id, apiId, throttlingPolicy: 'Gold' }),
      await alice.post(keyPath(large.id, 'generate'), {}),
      await alice.onKey(left.apiId, 'associate', {
        keyUUID: free.keyUUID,
        applicationUUID: large.id,
      }),
      await alice.send({
        method: 'PUT',
        path: large.path,
        body: { name: 'Risen', throttlingPolicy: 'Unlimited' },
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
  });

  it('keeps nobody from revoking, regenerating and dissociating keys that are left in it', async () => {
    const [first, second, third, fourth] = left.keys;
    for (const [operation, key] of Object.entries({ revoke: first, regenerate: second, dissociate: third })) {
      const answer = await alice.onKey(left.apiId, operation, { keyUUID: key?.keyUUID });
      expect([operation, answer.status]).toEqual([operation, 200]);
    }
    const administrator = harness.as('root', 'administrator');
    const revoked = await administrator({
      method: 'POST',
      path: '/api/am/admin/v4/api-keys/revoke',
      body: { keyUUID: fourth?.keyUUID },
    });
    expect(revoked.status).toBe(200);
    expect(await countAllowed(large)).toBe(0);
  });

  it('is nobody else’s to complete, nor one of another version', async () => {
    expect((await remove(bob, large)).status).toBe(404);
    expect((await remove(alice, large, { 'if-match': '"999"' })).status).toBe(412);
    expect((await authorizer.present(other.apikey, { api: 'petstore' })).kind).toBe('allowed');
  });

  it('is completed by the same request, once', async () => {
    const again = await remove(alice, large, { 'if-match': large.etag });
    expect([again.status, again.text]).toEqual([200, '']);
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
    expect(await countAllowed(large)).toBe(0);
    expect((await remove(alice, large)).status).toBe(404);
    expect(harness.logged).toEqual([]);
  });
});

describe('a deletion that takes longer than a request may', () => {
  it('says so each time, and is done after some requests', async () => {
    const large = await largeApplication(alice, { apis: 3, keys: 34, own: 1 });
    const slowly = (operation: string): Fault => {
      if (operation === 'TransactWriteItemsCommand') harness.time.now += 4_000;
      return 'none';
    };
    const { result: statuses } = await withFaults(
      harness,
      slowly,
      UNKNOWN,
      async () => {
        const seen: number[] = [];
        while (seen.at(-1) !== 200 && seen.length < 10) seen.push((await remove(alice, large)).status);
        return seen;
      },
      'call',
    );
    expect(statuses).toEqual([503, 503, 200]);
    expect(harness.logged).toEqual([]);
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
    expect(await countAllowed(large)).toBe(0);
  });
});

describe('a deletion among other changes', () => {
  it('ends all that they made in time, and refuses what comes late', async () => {
    const large = await largeApplication(alice, { apis: 3, keys: 20 });
    const api = large.apis[0] ?? failure('there is no API');
    const fresh = await times(4, () => newApi());
    const free = await times(4, () => alice.generate(api.apiId));
    const work = (index: number): readonly Promise<TestAnswer>[] => [
      alice.post(keyPath(large.id, 'generate'), {}),
      alice.post('/subscriptions', {
        applicationId: large.id,
        apiId: fresh[index]?.apiId,
        throttlingPolicy: 'Gold',
      }),
      alice.onKey(api.apiId, 'associate', { keyUUID: free[index]?.keyUUID, applicationUUID: large.id }),
      alice.onKey(api.apiId, 'regenerate', { keyUUID: api.keys[index]?.keyUUID }),
      alice.onKey(api.apiId, 'revoke', { keyUUID: api.keys[index + 10]?.keyUUID }),
    ];
    const early = [work(0), work(1)].flat();
    const deletions = [remove(alice, large), remove(alice, large)];
    const late = [work(2), work(3)].flat();
    const changed = await Promise.all([...early, ...late]);
    const deleted = await Promise.all(deletions);
    expect(changed.filter(({ status }) => ![200, 201, 404, 409].includes(status))).toEqual([]);
    expect(deleted.map(({ status }) => status)).toContain(200);
    const last = await remove(alice, large);
    expect([200, 404]).toContain(last.status);

    expect(harness.logged).toEqual([]);
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
    const issued = changed.flatMap(({ json }) => IssuedKey.safeParse(json).data ?? []);
    const values = [...issued, ...free, ...large.own, ...api.keys];
    const outcomes = await Promise.all(
      [api, ...fresh].flatMap((one) => values.map(({ apikey }) => authorizer.present(apikey, callTo(one)))),
    );
    expect(outcomes.filter(({ kind }) => kind === 'allowed')).toEqual([]);
    expect(await countAllowed(large)).toBe(0);
  });
});
