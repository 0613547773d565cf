import type { Wso2Api } from './wso2-shapes.ts';

/** A request as a client of WSO2 API Manager sends it. */
export interface ClientRequest {
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
/** The body with which the Developer Portal makes an application. */
export const application = {
  name: 'Portal application',
  throttlingPolicy: 'Unlimited',
  description: '',
  tokenType: 'JWT',
  groups: null,
  attributes: {},
  visibility: '',
};
/** The body with which the Admin Portal makes a business plan. */
export const plan = {
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
/** The body with which the Admin Portal makes a policy of applications. */
export const applicationPolicy = {
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
export const CLIENT_REQUESTS: readonly ClientRequest[] = [
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
