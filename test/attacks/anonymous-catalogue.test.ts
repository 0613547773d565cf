import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PUBLIC_PATHS } from '../../lambdas/contract/api-paths.ts';
import { synthesizeCore } from '../lib/core-stack.ts';
import { openManagementHarness, type ManagementHarness } from '../support/management-harness.ts';
import { allRoutes, sampleIds, sampleRequest } from '../support/management-routes.ts';
import { portalUser } from '../support/portal-user.ts';

let harness: ManagementHarness;

beforeAll(async () => {
  harness = await openManagementHarness({ isAnonymous: true });
  const alice = portalUser(harness, 'alice');
  await alice.subscribe(await alice.application({ name: 'Secret plans' }), harness.apis.pizza);
});
afterAll(() => harness.close());

const publicRoutes = () => allRoutes(harness).filter(({ isPublic }) => isPublic === true);
const otherRoutes = () => allRoutes(harness).filter(({ isPublic }) => isPublic !== true);

describe('a catalogue that is shown without signing in', () => {
  it('answers every public route, and nothing of any developer', async () => {
    for (const route of publicRoutes()) {
      const { status, text } = await harness.send(sampleRequest(route, sampleIds(harness)));
      expect([route.operationId, status]).toEqual([route.operationId, route.status]);
      expect(text).not.toMatch(/alice|Secret plans/);
    }
  });

  it('shows whoever signs in the same, whatever the request says of its sender', async () => {
    for (const route of publicRoutes()) {
      const request = sampleRequest(route, sampleIds(harness));
      const anonymous = await harness.send(request);
      const headers = { 'x-keybound-group': 'administrators', authorization: 'Bearer forged' };
      for (const answer of [
        await harness.as('alice')(request),
        await harness.send({ ...request, headers }),
      ]) {
        expect([route.operationId, answer.json]).toEqual([route.operationId, anonymous.json]);
      }
    }
  });

  it('leaves every other route to whoever has a token', async () => {
    expect(otherRoutes().length).toBeGreaterThan(50);
    for (const route of otherRoutes()) {
      const { status, json } = await harness.send(sampleRequest(route, sampleIds(harness)));
      expect([route.operationId, status]).toEqual([route.operationId, 401]);
      expect(json).toMatchObject({ code: 401, message: 'Unauthorized' });
    }
  });

  it('hides what is not published', async () => {
    const action = { method: 'POST', path: '/api/am/publisher/v4/apis/change-lifecycle' };
    for (const step of ['Deprecate', 'Retire']) {
      await harness.as(
        'pat',
        'publisher',
      )({ ...action, query: { action: step, apiId: harness.apis.petstore } });
    }
    for (const path of PUBLIC_PATHS.filter((candidate) => candidate.includes('{apiId}'))) {
      const { status } = await harness.send({ path: path.replace('{apiId}', harness.apis.petstore) });
      expect([path, status]).toEqual([path, 404]);
    }
  });
});

describe('the stack of the management API', () => {
  const open = (anonymousCatalogue?: boolean) =>
    synthesizeCore(anonymousCatalogue === undefined ? {} : { anonymousCatalogue })
      .ofType('AWS::ApiGatewayV2::Route')
      .filter(({ properties }) => properties['AuthorizationType'] === 'NONE')
      .map(({ properties }) => String(properties['RouteKey']))
      .filter((key) => key.includes('/api/am/'));

  it('shows the catalogue to nobody without a token unless it is told to', () => {
    expect(open()).toEqual([]);
    expect(open(false)).toEqual([]);
  });

  it('opens just the public routes, to reads alone', () => {
    const keys = publicRoutes().map(({ path }) => `GET ${path}`);
    expect(open(true).toSorted()).toEqual(keys.toSorted());
    expect(PUBLIC_PATHS.map((path) => `GET ${path}`).toSorted()).toEqual(keys.toSorted());
  });
});
