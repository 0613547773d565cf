import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { allRoutes } from '../../support/management-routes.ts';
import { ADMIN, PORTAL } from '../../support/portal-user.ts';
import { application, applicationPolicy, CLIENT_REQUESTS, plan } from '../../support/wso2-client-requests.ts';
import { shapeProblems } from '../../support/wso2-shapes.ts';

const PUBLISHER = '/api/am/publisher/v4';
const BASES = { devportal: PORTAL, publisher: PUBLISHER, admin: ADMIN } as const;
const ROLES = { devportal: 'developer', publisher: 'publisher', admin: 'administrator' } as const;

let harness: ManagementHarness;
/** By the names that paths and bodies below use. */
const ids: Record<string, string> = {};

beforeAll(async () => {
  harness = await openManagementHarness();
  Object.assign(ids, { pizza: harness.apis.pizza, petstore: harness.apis.petstore });
});
afterAll(() => harness.close());

function filled(value: unknown): unknown {
  const text = JSON.stringify(value).replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? `{${name}}`);
  const parsed: unknown = JSON.parse(text);
  return parsed;
}

const Fields = z.record(z.string(), z.unknown());

/** In the shape: except `associatedApp`, null where WSO2 says text, for a key without application. */
const KNOWN_DIFFERENCE = /\.associatedApp must be text$/;

describe('requests of the Developer Portal, the Publisher, the Admin Portal and apictl', () => {
  it('all succeed, and every answer is what the contract of WSO2 says', async () => {
    const problems: unknown[] = [];
    for (const { api, send, body, status = 200, shape, keep } of CLIENT_REQUESTS) {
      const [method = '', address = ''] = send.split(/ (.*)/);
      const url = new URL(
        address.replaceAll(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? name),
        'http://x',
      );
      const answer = await harness.as(
        'alice',
        ROLES[api],
      )({
        method,
        path: `${BASES[api]}${url.pathname}`,
        query: Object.fromEntries(url.searchParams),
        ...(body !== undefined && { body: filled(body) }),
      });
      const found = shape === undefined ? [] : shapeProblems(api, shape, answer.json);
      const unknown = found.filter((problem) => !KNOWN_DIFFERENCE.test(problem));
      if (answer.status !== status) problems.push([send, answer.status, answer.text]);
      else if (unknown.length > 0) problems.push([send, unknown]);
      if (status === 201) expect(answer.headers['location']).toMatch(/^\/api\/am\/.*[0-9a-f]{12}$/);
      if (keep !== undefined) ids[keep[1]] = String(Fields.parse(answer.json)[keep[0]]);
    }
    expect(problems).toEqual([]);
  });
});

describe('every resource that can be read and changed', () => {
  it('takes back what it was answered, and refuses another id, owner or time of creation', async () => {
    const alice = harness.as('alice', 'developer', 'administrator');
    const create = async (path: string, body: unknown, field: string) => {
      const { json } = await alice({ method: 'POST', path, body });
      return String(Fields.parse(json)[field]);
    };
    const applicationId = await create(
      `${PORTAL}/applications`,
      { ...application, name: 'Round' },
      'applicationId',
    );
    const subscription = { applicationId, apiId: harness.apis.pizza, throttlingPolicy: 'Gold' };
    const made: Readonly<Record<string, string>> = {
      applicationId,
      subscriptionId: await create(`${PORTAL}/subscriptions`, subscription, 'subscriptionId'),
    };
    const policies = {
      subscription: await create(`${ADMIN}/throttling/policies/subscription`, plan, 'policyId'),
      application: await create(`${ADMIN}/throttling/policies/application`, applicationPolicy, 'policyId'),
    };
    const { list } = z
      .object({ list: z.array(z.object({ policyName: z.string(), policyId: z.string() })) })
      .parse((await alice({ path: `${ADMIN}/throttling/policies/subscription` })).json);
    const unlimited = list.find(({ policyName }) => policyName === 'Unlimited')?.policyId ?? '';

    const puts = allRoutes(harness).filter(({ method }) => method === 'PUT');
    expect(puts.length).toBeGreaterThanOrEqual(4);
    const paths = puts.map(({ path }) =>
      path.replace(/\{(\w+)\}/, (_, name: string) =>
        name === 'policyId'
          ? policies[path.includes('/subscription/') ? 'subscription' : 'application']
          : (made[name] ?? name),
      ),
    );
    for (const path of [...paths, `${ADMIN}/throttling/policies/subscription/${unlimited}`]) {
      const before = Fields.parse((await alice({ path })).json);
      const { updatedTime, ...same } = Fields.parse(
        (await alice({ method: 'PUT', path, body: before })).json,
      );
      expect([path, { ...same, updatedTime }]).toEqual([path, { ...before, updatedTime }]);
      const fixed = ['applicationId', 'subscriptionId', 'policyId', 'owner', 'createdTime', 'status', 'type'];
      for (const field of fixed.filter((name) => name in before)) {
        const { status, text } = await alice({ method: 'PUT', path, body: { ...before, [field]: 'other' } });
        expect([path, field, status, text]).toEqual([path, field, 400, expect.stringContaining(field)]);
      }
    }
  });
});

describe('a field that asks for what there is not', () => {
  it.each([
    [`${PORTAL}/applications`, application, { groups: ['friends'] }],
    [`${PORTAL}/applications`, application, { visibility: 'SHARED_WITH_ORG' }],
    [`${PORTAL}/applications`, application, { owner: 'bob' }],
    [`${ADMIN}/throttling/policies/subscription`, plan, { billingPlan: 'COMMERCIAL' }],
    [
      `${ADMIN}/throttling/policies/subscription`,
      plan,
      { monetization: { monetizationPlan: 'FIXEDRATE', properties: { fixedPrice: '10' } } },
    ],
    [
      `${ADMIN}/throttling/policies/subscription`,
      plan,
      { permissions: { permissionType: 'DENY', roles: ['Internal/everyone'] } },
    ],
    [`${ADMIN}/throttling/policies/subscription`, plan, { customAttributes: [{ name: 'a', value: 'b' }] }],
    [`${ADMIN}/throttling/policies/subscription`, plan, { graphQLMaxDepth: 5 }],
    [`${ADMIN}/throttling/policies/subscription`, plan, { subscriberCount: 3 }],
    [`${ADMIN}/throttling/policies/subscription`, plan, { burstLimit: { rateLimitCount: 1 } }],
  ] as const)('at %s is refused by name: %j', async (path, body, change) => {
    const answer = await harness.as(
      'alice',
      'developer',
      'administrator',
    )({
      method: 'POST',
      path,
      body: {
        ...body,
        policyName: 'Other',
        ...change,
        ...(path.startsWith(PORTAL) && { policyName: undefined }),
      },
    });
    const [field = ''] = Object.keys(change);
    expect([answer.status, answer.text]).toEqual([400, expect.stringContaining(field)]);
  });
});
