import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import {
  allRoutes,
  hasSampleBody,
  sampleIds,
  sampleRequest,
  type Ids,
} from '../../support/management-routes.ts';
import { ADMIN, PORTAL, portalUser } from '../../support/portal-user.ts';
import { readTable } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let alices: Ids;
let bobs: Ids;

beforeAll(async () => {
  harness = await openManagementHarness();
  [alices, bobs] = [await belongings('alice'), await belongings('bob')];
});

afterAll(() => harness.close());

/** An application, a subscription and an associated key of a developer, by every name that requests give them. */
async function belongings(name: string): Promise<Ids> {
  const user = portalUser(harness, name);
  const apiId = harness.apis.pizza;
  const applicationId = await user.application({ name: `Of ${name}` });
  const subscriptionId = await user.subscribe(applicationId, apiId);
  const { keyUUID } = await user.generate(apiId, { keyName: `Of ${name}` });
  await user.associate(apiId, keyUUID, applicationId);
  const { keyUUID: applicationKeyUUID } = await user.generateFor(applicationId);
  const ids = { applicationId, applicationUUID: applicationId, subscriptionId, keyUUID, applicationKeyUUID };
  return { ...sampleIds(harness), ...ids };
}

const Entity = z.strictObject({
  code: z.int(),
  message: z.string().min(1),
  description: z.string().min(1),
  moreInfo: z.string(),
  error: z.array(z.strictObject({ code: z.string(), message: z.string() })),
});

/** What names a resource that has an owner. */
const OWNED = ['applicationId', 'applicationUUID', 'subscriptionId', 'keyUUID', 'applicationKeyUUID'];
const ROLES = ['developer', 'publisher', 'administrator'] as const;

describe('each route of the management APIs', () => {
  it('that takes a body has a sample of it among those that the guards are tested with', () => {
    const without = allRoutes(harness).filter((route) => route.takesBody && !hasSampleBody(route));
    expect(without.map(({ operationId }) => operationId)).toEqual([]);
    expect(allRoutes(harness).length).toBeGreaterThan(50);
  });

  it('answers 401 to a request without verified claims, and writes nothing', async () => {
    const before = await readTable(harness.table.store);
    for (const claims of [
      undefined,
      {},
      { sub: '' },
      { username: 'alice', 'cognito:groups': '[developer]' },
    ]) {
      for (const route of allRoutes(harness)) {
        const answer = await harness.send({ ...sampleRequest(route, alices), claims });
        expect({ route: route.operationId, ...Entity.parse(answer.json) }).toMatchObject({
          route: route.operationId,
          code: 401,
        });
        expect(answer.status).toBe(401);
      }
    }
    expect(await readTable(harness.table.store)).toEqual(before);
  });

  it('answers 403 to every role that it is not for, and writes nothing', async () => {
    const before = await readTable(harness.table.store);
    for (const route of allRoutes(harness)) {
      const wrong = ROLES.filter((role) => !route.roles.includes(role));
      const others = wrong.length === 0 ? [] : [wrong];
      for (const roles of [...others, ['nobody'], ['developers', 'administrators', 'DEVELOPER'], ['']]) {
        const answer = await harness.as('alice', ...roles)(sampleRequest(route, alices));
        expect([route.operationId, roles, answer.status]).toEqual([route.operationId, roles, 403]);
        expect(Entity.parse(answer.json).code).toBe(403);
      }
    }
    expect(await readTable(harness.table.store)).toEqual(before);
  });

  it('checks who calls before what is sent', async () => {
    for (const route of allRoutes(harness).filter(({ takesBody }) => takesBody)) {
      const request = { ...sampleRequest(route, alices), body: '{' };
      expect((await harness.send(request)).status).toBe(401);
      expect((await harness.as('alice', 'nobody')(request)).status).toBe(403);
    }
  });

  it("answers 404 to a developer who names another's resource, and writes nothing", async () => {
    const before = await readTable(harness.table.store);
    const bob = harness.as('bob');
    let tried = 0;
    for (const route of allRoutes(harness).filter(({ roles }) => roles.includes('developer'))) {
      const own = JSON.stringify(sampleRequest(route, bobs));
      for (const name of OWNED) {
        const ids = { ...bobs, [name]: alices[name] ?? '' };
        const request = sampleRequest(route, ids);
        if (JSON.stringify(request) === own) continue;
        tried += 1;
        const answer = await bob(request);
        // A subscription of one's own cannot be given to another's application: refused as a wrong field.
        const status = route.operationId === 'updateSubscription' && name === 'applicationId' ? 400 : 404;
        expect([route.operationId, name, answer.status]).toEqual([route.operationId, name, status]);
        expect(Entity.parse(answer.json).code).toBe(status);
        expect(answer.text).not.toMatch(/alice/i);
      }
    }
    expect(tried).toBeGreaterThan(10);
    expect(await readTable(harness.table.store)).toEqual(before);
  });

  it("lists nothing of another's", async () => {
    const bob = harness.as('bob');
    const lists = allRoutes(harness).filter(
      ({ method, roles }) => method === 'GET' && roles.includes('developer'),
    );
    for (const route of lists) {
      const { text } = await bob(sampleRequest(route, bobs));
      for (const name of OWNED) expect(text).not.toContain(alices[name]);
      expect(text).not.toMatch(/alice/i);
    }
    const query = { applicationId: alices['applicationId'] ?? '' };
    expect((await bob({ path: `${PORTAL}/subscriptions`, query })).json).toMatchObject({
      count: 0,
      list: [],
    });
  });

  it("does not tell another's resource from one that does not exist", async () => {
    const bob = harness.as('bob');
    for (const route of allRoutes(harness).filter(({ roles }) => roles.includes('developer'))) {
      const theirs = { ...alices, apiId: harness.apis.pizza };
      const nothing = { ...sampleIds(harness), apiId: harness.apis.pizza };
      const [known, unknown] = [
        await bob(sampleRequest(route, theirs)),
        await bob(sampleRequest(route, nothing)),
      ];
      if (known.status === 404) expect(known.text).toBe(unknown.text);
    }
  });

  it('protects its answer, whether success or refusal, from caches, frames and sniffing', async () => {
    const bob = harness.as('bob');
    for (const request of [
      { path: `${PORTAL}/apis` },
      { path: `${PORTAL}/nothing` },
      { path: `${ADMIN}/api-keys` },
    ]) {
      const { headers } = await bob(request);
      expect(headers).toMatchObject({
        'content-type': 'application/json',
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      expect(headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
    }
  });
});

describe('a path or method that does not exist', () => {
  it.each([
    `${PORTAL}/nothing`,
    `${PORTAL}/apis/extra/segments/here`,
    `${PORTAL}//apis`,
    `${PORTAL}/apis/..%2fapplications`,
    `${PORTAL}/APIS`,
    `${ADMIN}/nothing`,
    '/',
  ])('is answered with 404: %s', async (path) => {
    const answer = await harness.as('alice', ...ROLES)({ path });
    expect(answer.status).toBe(404);
    expect(Entity.parse(answer.json).code).toBe(404);
  });

  it('is answered with 405 and the methods that there are, for every route and every other method', async () => {
    const routes = allRoutes(harness);
    const anyone = harness.as('alice', ...ROLES);
    for (const { path, operationId } of routes) {
      const concrete = path.replace(/\{(\w+)\}/g, (_, name: string) => alices[name] ?? '');
      // `…/api-keys/generate` is also a place for a key's id: what is not found there is not a wrong method.
      const allowed = routes
        .filter((route) => templateOf(route.path).test(concrete))
        .map(({ method }) => method);
      const others = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD'].filter(
        (method) => !allowed.some((candidate) => candidate === method),
      );
      for (const method of others) {
        const answer = await anyone({ method, path: concrete, body: {} });
        expect([operationId, method, answer.status]).toEqual([operationId, method, 405]);
        expect(new Set(String(answer.headers['allow']).split(', '))).toEqual(new Set(allowed));
      }
    }
  });
});

function templateOf(path: string): RegExp {
  return new RegExp(`^${path.replace('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
}
