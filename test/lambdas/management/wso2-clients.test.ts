import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';
import { allRoutes } from '../../support/management-routes.ts';
import { ADMIN, PORTAL } from '../../support/portal-user.ts';
import { shapeProblems, type Wso2Api } from '../../support/wso2-shapes.ts';

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

interface ClientRequest {
  readonly api: Wso2Api;
  /** Method and path, with a query. Names in braces are ids that earlier answers gave. */
  readonly send: string;
  readonly body?: unknown;
  readonly status?: number;
  /** What WSO2's contract says of the answer; absent: it has none. */
  readonly shape?: string;
  /** Keeps a field of the answer by a name. */
  readonly keep?: readonly [field: string, name: string];
}

const key = {
  keyName: 'Portal key',
  keyType: 'PRODUCTION',
  validityPeriod: -1,
  additionalProperties: { permittedIP: '', permittedReferer: '' },
};
const application = {
  name: 'Portal application',
  throttlingPolicy: 'Unlimited',
  description: '',
  tokenType: 'JWT',
  groups: null,
  attributes: {},
  visibility: '',
};
const plan = {
  policyName: 'Platinum',
  displayName: 'Platinum',
  description: '',
  defaultLimit: {
    type: 'REQUESTCOUNTLIMIT',
    requestCount: { requestCount: '20000', timeUnit: 'hours', unitTime: '2' },
    bandwidth: null,
  },
  subscriberCount: '0',
  rateLimitCount: 0,
  rateLimitTimeUnit: 'sec',
  billingPlan: 'FREE',
  stopOnQuotaReach: true,
  customAttributes: [],
  graphQLMaxComplexity: 0,
  graphQLMaxDepth: '',
  monetization: null,
  permissions: null,
};
const applicationPolicy = {
  policyName: 'Weekly',
  displayName: 'Weekly',
  description: null,
  defaultLimit: {
    type: 'REQUESTCOUNTLIMIT',
    requestCount: { requestCount: 5, timeUnit: 'week', unitTime: 1 },
  },
  burstLimit: { rateLimitCount: 7, rateLimitTimeUnit: 'min' },
};
const keysOf = 'POST /apis/{pizza}/api-keys';
const appKeys = '/applications/{application}/api-keys/PRODUCTION';

/** What WSO2's portals and tools send for what Keybound offers, in the order of the documents' steps. */
const REQUESTS: readonly ClientRequest[] = [
  { api: 'publisher', send: 'GET /settings', shape: 'Settings' },
  {
    api: 'publisher',
    send: 'GET /apis?limit=10&offset=0&sortBy=createdTime&sortOrder=desc&query=',
    shape: 'APIList',
  },
  { api: 'publisher', send: 'GET /apis?query=name:"PizzaShackAPI"%20version:"1.0.0"', shape: 'APIList' },
  { api: 'publisher', send: 'GET /apis/{pizza}', shape: 'API' },
  { api: 'publisher', send: 'GET /apis/{pizza}/swagger' },
  { api: 'publisher', send: 'GET /apis/{pizza}/thumbnail', status: 204 },
  { api: 'publisher', send: 'GET /apis/{pizza}/lifecycle-state', shape: 'LifecycleState' },
  { api: 'publisher', send: 'GET /apis/{pizza}/subscription-policies', shape: 'ThrottlingPolicy[]' },
  {
    api: 'publisher',
    send: 'GET /throttling-policies/subscription?limit=5000',
    shape: 'ThrottlingPolicyList',
  },
  { api: 'publisher', send: 'GET /throttling-policies/subscription/Gold', shape: 'ThrottlingPolicy' },
  {
    api: 'publisher',
    send: 'POST /apis/change-lifecycle?action=Block&apiId={pizza}&lifecycleChecklist=',
    shape: 'WorkflowResponse',
  },
  {
    api: 'publisher',
    send: 'POST /apis/change-lifecycle?action=Re-Publish&apiId={pizza}',
    shape: 'WorkflowResponse',
  },
  { api: 'publisher', send: 'GET /apis/{pizza}/lifecycle-history', shape: 'LifecycleHistory' },
  { api: 'devportal', send: 'GET /settings', shape: 'Settings' },
  { api: 'devportal', send: 'GET /settings/application-attributes', shape: 'ApplicationAttributeList' },
  { api: 'devportal', send: 'GET /apis?limit=10&offset=0', shape: 'APIList' },
  { api: 'devportal', send: 'GET /apis?query=name:Pizza*&limit=5000', shape: 'APIList' },
  { api: 'devportal', send: 'GET /tags?limit=100', shape: 'TagList' },
  { api: 'devportal', send: 'GET /apis/{pizza}', shape: 'API' },
  { api: 'devportal', send: 'GET /apis/{pizza}/swagger?environmentName=Default' },
  { api: 'devportal', send: 'GET /apis/{pizza}/thumbnail', status: 204 },
  { api: 'devportal', send: 'GET /apis/{pizza}/subscription-policies', shape: 'ThrottlingPolicy[]' },
  {
    api: 'devportal',
    send: 'GET /throttling-policies/application?limit=5000',
    shape: 'ThrottlingPolicyList',
  },
  { api: 'devportal', send: 'GET /throttling-policies/subscription', shape: 'ThrottlingPolicyList' },
  { api: 'devportal', send: 'GET /throttling-policies/subscription/Unlimited', shape: 'ThrottlingPolicy' },
  {
    api: 'devportal',
    send: 'POST /applications',
    body: application,
    status: 201,
    shape: 'Application',
    keep: ['applicationId', 'application'],
  },
  {
    api: 'devportal',
    send: 'GET /applications?limit=5000&offset=0&sortOrder=asc&sortBy=name&query=',
    shape: 'ApplicationList',
  },
  {
    api: 'devportal',
    send: 'GET /applications?query=Portal%20application&groupId=',
    shape: 'ApplicationList',
  },
  { api: 'devportal', send: 'GET /applications/{application}', shape: 'Application' },
  {
    api: 'devportal',
    send: 'PUT /applications/{application}',
    body: { ...application, applicationId: '{application}', description: 'Changed', status: 'APPROVED' },
    shape: 'Application',
  },
  {
    api: 'devportal',
    send: 'POST /subscriptions',
    body: { apiId: '{pizza}', applicationId: '{application}', throttlingPolicy: 'Gold' },
    status: 201,
    shape: 'Subscription',
    keep: ['subscriptionId', 'subscription'],
  },
  { api: 'devportal', send: 'GET /subscriptions?apiId={pizza}&limit=5000', shape: 'SubscriptionList' },
  {
    api: 'devportal',
    send: 'GET /subscriptions?applicationId={application}&limit=25',
    shape: 'SubscriptionList',
  },
  { api: 'devportal', send: 'GET /subscriptions/{subscription}', shape: 'Subscription' },
  {
    api: 'devportal',
    send: 'PUT /subscriptions/{subscription}',
    body: {
      applicationId: '{application}',
      apiId: '{pizza}',
      subscriptionId: '{subscription}',
      throttlingPolicy: 'Gold',
      requestedThrottlingPolicy: 'Bronze',
      status: 'UNBLOCKED',
    },
    shape: 'Subscription',
  },
  {
    api: 'devportal',
    send: `${keysOf}/generate`,
    body: key,
    shape: 'APIKey',
    keep: ['keyUUID', 'key'],
  },
  {
    api: 'devportal',
    send: `${keysOf}/generate`,
    body: {
      ...key,
      validityPeriod: '86400',
      additionalProperties: { permittedIP: '192.0.2.7', permittedReferer: null },
    },
    shape: 'APIKey',
    keep: ['keyUUID', 'second'],
  },
  { api: 'devportal', send: 'GET /apis/{pizza}/api-keys', shape: 'APIAPIKeyList' },
  { api: 'devportal', send: `GET ${appKeys}/subscriptions`, shape: 'SubscribedAPIWithApiKeyList' },
  {
    api: 'devportal',
    send: `${keysOf}/associate`,
    body: { keyUUID: '{key}', applicationUUID: '{application}' },
    shape: 'APIKeyAssociation',
  },
  {
    api: 'devportal',
    send: `POST ${appKeys}/associate`,
    body: { keyUUID: '{second}', apiUUID: '{pizza}' },
    shape: 'APIKeyAssociation',
  },
  { api: 'devportal', send: `GET ${appKeys}/associations`, shape: 'APIKeyAssociationList' },
  { api: 'devportal', send: `${keysOf}/regenerate`, body: { keyUUID: '{key}' }, shape: 'APIKey' },
  { api: 'devportal', send: `POST ${appKeys}/dissociate`, body: { keyUUID: '{second}' } },
  { api: 'devportal', send: `${keysOf}/dissociate`, body: { keyUUID: '{key}' } },
  { api: 'devportal', send: `${keysOf}/revoke`, body: { keyUUID: '{second}' } },
  {
    api: 'devportal',
    send: `POST ${appKeys}/generate`,
    body: { keyName: 'Legacy', validityPeriod: -1, additionalProperties: key.additionalProperties },
    shape: 'APIKey',
    keep: ['keyUUID', 'legacy'],
  },
  { api: 'devportal', send: `GET ${appKeys}`, shape: 'APIKeyList' },
  { api: 'devportal', send: `POST ${appKeys}/regenerate`, body: { keyUUID: '{legacy}' }, shape: 'APIKey' },
  { api: 'devportal', send: `POST ${appKeys}/revoke`, body: { keyUUID: '{legacy}', apikey: null } },
  { api: 'publisher', send: 'GET /subscriptions?apiId={pizza}&limit=25&offset=0', shape: 'SubscriptionList' },
  { api: 'publisher', send: 'GET /subscriptions/{subscription}/subscriber-info', shape: 'SubscriberInfo' },
  {
    api: 'publisher',
    send: 'POST /subscriptions/block-subscription?subscriptionId={subscription}&blockState=PROD_ONLY_BLOCKED',
  },
  { api: 'publisher', send: 'POST /subscriptions/unblock-subscription?subscriptionId={subscription}' },
  { api: 'admin', send: 'GET /settings', shape: 'Settings' },
  { api: 'admin', send: 'GET /api-keys' },
  { api: 'admin', send: 'POST /api-keys/revoke', body: { keyUUID: '{key}' } },
  {
    api: 'admin',
    send: 'GET /applications?limit=10&offset=0&user=alice&name=Portal',
    shape: 'ApplicationList',
  },
  {
    api: 'admin',
    send: 'GET /throttling/policies/search?query=type:all',
    shape: 'ThrottlePolicyDetailsList',
  },
  {
    api: 'admin',
    send: 'GET /throttling/policies/search?query=type:sub%20name:Gold',
    shape: 'ThrottlePolicyDetailsList',
  },
  { api: 'admin', send: 'GET /throttling/policies/subscription', shape: 'SubscriptionThrottlePolicyList' },
  { api: 'admin', send: 'GET /throttling/policies/application', shape: 'ApplicationThrottlePolicyList' },
  {
    api: 'admin',
    send: 'POST /throttling/policies/subscription',
    body: plan,
    status: 201,
    shape: 'SubscriptionThrottlePolicy',
    keep: ['policyId', 'plan'],
  },
  {
    api: 'admin',
    send: 'PUT /throttling/policies/subscription/{plan}',
    body: { ...plan, policyId: '{plan}', rateLimitCount: '5' },
    shape: 'SubscriptionThrottlePolicy',
  },
  {
    api: 'admin',
    send: 'GET /throttling/policies/subscription/{plan}',
    shape: 'SubscriptionThrottlePolicy',
  },
  {
    api: 'admin',
    send: 'POST /throttling/policies/application',
    body: applicationPolicy,
    status: 201,
    shape: 'ApplicationThrottlePolicy',
    keep: ['policyId', 'weekly'],
  },
  { api: 'admin', send: 'DELETE /throttling/policies/application/{weekly}' },
  { api: 'admin', send: 'DELETE /throttling/policies/subscription/{plan}' },
  {
    api: 'devportal',
    send: 'POST /subscriptions/multiple',
    body: [
      { apiId: '{pizza}', applicationId: '{application}', throttlingPolicy: 'Gold' },
      { apiId: '{petstore}', applicationId: '{application}', throttlingPolicy: 'Gold' },
    ],
    // The application subscribes to the one, and the other takes no subscriptions.
    status: 409,
    shape: 'Error',
  },
  { api: 'devportal', send: 'DELETE /subscriptions/{subscription}' },
  {
    api: 'devportal',
    send: 'POST /subscriptions/multiple',
    body: [
      { apiId: '{petstore}', applicationId: '{application}', throttlingPolicy: 'Gold' },
      { apiId: '{pizza}', applicationId: '{application}', throttlingPolicy: 'Gold' },
    ],
    shape: 'Subscription[]',
  },
  { api: 'devportal', send: 'DELETE /applications/{application}' },
];

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
    for (const { api, send, body, status = 200, shape, keep } of REQUESTS) {
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
