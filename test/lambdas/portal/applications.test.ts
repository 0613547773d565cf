import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { testAuthorizer, type TestAuthorizer } from '../../support/authorizer-calls.ts';
import { contradictionsIn } from '../../support/check-invariants.ts';
import {
  openManagementHarness,
  type ManagementHarness,
  type TestAnswer,
} from '../../support/management-harness.ts';
import { PORTAL, portalUser, type PortalUser } from '../../support/portal-user.ts';

let harness: ManagementHarness;
let alice: PortalUser;
let authorizer: TestAuthorizer;

beforeAll(async () => {
  harness = await openManagementHarness();
  alice = portalUser(harness, 'alice');
  authorizer = testAuthorizer(harness);
});

afterAll(() => harness.close());

const Created = z.object({ applicationId: z.uuid() });
const idOf = (answer: TestAnswer) => Created.parse(answer.json).applicationId;
const put = (id: string, body: unknown) =>
  alice.send({ method: 'PUT', path: `${PORTAL}/applications/${id}`, body });
const remove = (path: string) => alice.send({ method: 'DELETE', path: `${PORTAL}${path}` });

describe('an application', () => {
  it('is created with 201 and has every field of the contract', async () => {
    const answer = await alice.post('/applications', {
      name: 'Shop',
      throttlingPolicy: '10PerMin',
      description: 'Sells\npizza',
      tokenType: 'OAUTH',
      attributes: { colour: 'red' },
    });
    expect(answer.status).toBe(201);
    const expected = {
      applicationId: idOf(answer),
      name: 'Shop',
      throttlingPolicy: '10PerMin',
      description: 'Sells\npizza',
      tokenType: 'OAUTH',
      status: 'APPROVED',
      subscriptionCount: 0,
      owner: 'alice',
      attributes: { colour: 'red' },
      createdTime: String(harness.time.now),
      updatedTime: String(harness.time.now),
    };
    expect(answer.json).toMatchObject(expected);
    const read = await alice.get(`/applications/${idOf(answer)}`);
    expect(read.status).toBe(200);
    expect(read.json).toMatchObject(expected);
  });

  it('has defaults for what the developer leaves out', async () => {
    const answer = await alice.post('/applications', { name: 'Plain', throttlingPolicy: 'Unlimited' });
    expect(answer.json).toMatchObject({ description: '', tokenType: 'JWT', attributes: {} });
  });

  it('cannot have a policy that does not exist', async () => {
    const answer = await alice.post('/applications', { name: 'Other', throttlingPolicy: 'Gold' });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('throttlingPolicy: ');
  });

  it('cannot take a name that another one of the same owner has, in any case', async () => {
    await alice.application({ name: 'Taken' });
    const again = await alice.post('/applications', { name: 'TAKEN', throttlingPolicy: 'Unlimited' });
    expect(again.status).toBe(409);
    const bob = portalUser(harness, 'bob');
    expect((await bob.post('/applications', { name: 'Taken', throttlingPolicy: 'Unlimited' })).status).toBe(
      201,
    );
  });

  it('gives its name free when it is renamed or deleted, and keeps it when only its case changes', async () => {
    const id = await alice.application({ name: 'First name' });
    const body = { name: 'Second name', throttlingPolicy: 'Unlimited' };
    expect((await put(id, body)).status).toBe(200);
    const other = await alice.application({ name: 'First name' });
    expect((await put(id, { ...body, name: 'first NAME' })).status).toBe(409);
    expect((await put(id, { ...body, name: 'SECOND name' })).json).toMatchObject({ name: 'SECOND name' });
    await remove(`/applications/${other}`);
    expect((await put(id, { ...body, name: 'First name' })).status).toBe(200);
  });

  it('changes with PUT, but for its id, owner, subscriptions and time of creation', async () => {
    const id = await alice.application({ description: 'Before', attributes: { one: '1' } });
    await alice.subscribe(id, harness.apis.pizza);
    const createdAt = harness.time.now;
    harness.time.now += 1_000;
    const answer = await put(id, { name: 'Changed', throttlingPolicy: '50PerMin', description: 'After' });
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({
      applicationId: id,
      name: 'Changed',
      throttlingPolicy: '50PerMin',
      description: 'After',
      attributes: {},
      owner: 'alice',
      subscriptionCount: 1,
      createdTime: String(createdAt),
      updatedTime: String(createdAt + 1_000),
    });
    expect((await alice.get(`/applications/${id}`)).json).toEqual(answer.json);
  });

  it('is listed by name, in pages that link to each other, and found by its whole name', async () => {
    const carol = portalUser(harness, 'carol');
    for (const name of ['Charlie', 'alpha', 'Bravo']) await carol.application({ name });
    const List = z.object({
      count: z.number(),
      list: z.array(z.object({ name: z.string() })),
      pagination: z.object({
        offset: z.number(),
        limit: z.number(),
        total: z.number(),
        next: z.string(),
        previous: z.string(),
      }),
    });
    const list = async (query?: Record<string, string>) =>
      List.parse((await carol.get('/applications', query)).json);
    const all = await list();
    expect(all.list.map(({ name }) => name)).toEqual(['alpha', 'Bravo', 'Charlie']);
    expect(all).toMatchObject({
      count: 3,
      pagination: { offset: 0, limit: 25, total: 3, next: '', previous: '' },
    });
    const middle = await list({ limit: '1', offset: '1' });
    expect(middle.list.map(({ name }) => name)).toEqual(['Bravo']);
    expect(middle.count).toBe(1);
    expect(middle.pagination).toEqual({
      offset: 1,
      limit: 1,
      total: 3,
      next: `${PORTAL}/applications?limit=1&offset=2`,
      previous: `${PORTAL}/applications?limit=1&offset=0`,
    });
    expect((await list({ query: 'CHARLIE' })).list.map(({ name }) => name)).toEqual(['Charlie']);
    expect((await list({ query: 'har' })).list).toEqual([]);
    expect(await list({ offset: '9007199254740991' })).toMatchObject({ count: 0, list: [] });
  });
});

describe('deleting an application', () => {
  it('ends its subscriptions and dissociates its keys, which stop to work but go on to exist', async () => {
    const id = await alice.application();
    const subscriptionId = await alice.subscribe(id, harness.apis.pizza);
    const key = await alice.generate(harness.apis.pizza);
    await alice.associate(harness.apis.pizza, key.keyUUID, id);
    const other = await alice.generate(harness.apis.petstore);
    await alice.associate(harness.apis.petstore, other.keyUUID, id);
    expect((await authorizer.present(key.apikey)).kind).toBe('allowed');

    const answer = await remove(`/applications/${id}`);
    expect([answer.status, answer.text]).toEqual([200, '']);

    expect((await alice.get(`/applications/${id}`)).status).toBe(404);
    expect((await alice.get(`/subscriptions/${subscriptionId}`)).status).toBe(404);
    expect((await remove(`/subscriptions/${subscriptionId}`)).status).toBe(404);
    expect(await authorizer.reasonOf(key.apikey)).toBe('application_missing');
    expect((await authorizer.present(other.apikey, { api: 'petstore' })).kind).toBe('allowed');
    const keys = await alice.get(`/apis/${harness.apis.pizza}/api-keys`);
    expect(keys.json).toMatchObject({ list: [{ keyUUID: key.keyUUID, associatedApp: null }] });
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
    expect((await remove(`/applications/${id}`)).status).toBe(404);
  });
});
