import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Route } from '../../lambdas/platform/http/route.ts';
import { managementApis } from '../../scripts/management-apis.ts';
import type { ManagementHarness, TestRequest } from './management-harness.ts';

/** Every operation of the management APIs: the guards are tested over all of them. */
export function allRoutes({ management }: ManagementHarness): readonly Route[] {
  return managementApis(management).flatMap(({ routes }) => routes);
}

/** Ids by the name of the parameter or field that they stand in. */
export type Ids = Readonly<Record<string, string>>;

/** What every caller may name, and random ids for the rest. */
export function sampleIds({ apis }: ManagementHarness): Ids {
  return {
    apiId: apis.pizza,
    apiUUID: apis.pizza,
    applicationId: randomUUID(),
    applicationUUID: randomUUID(),
    subscriptionId: randomUUID(),
    keyUUID: randomUUID(),
    applicationKeyUUID: randomUUID(),
    policyId: randomUUID(),
    requestId: 'JKJaXmPLvHcESHA=',
    keyType: 'PRODUCTION',
    level: 'subscription',
    policyName: 'Gold',
  };
}

type Body = Readonly<Record<string, unknown>>;

const newKey: Body = {
  keyName: 'Sample key',
  validityPeriod: 3_600,
  description: 'A sample',
  metadata: { team: 'samples' },
  additionalProperties: { permittedIP: '192.0.2.0/24', permittedReferer: 'www.example.com/*' },
};

const imaginedCall: Body = {
  environment: 'PRODUCTION',
  sourceIp: '192.0.2.7',
  referrer: 'https://www.example.com/page',
  time: 1_767_268_800_000,
  value: 'current',
};

/** A valid body of every operation that takes one; each field that it may have is in it. */
const BODIES: Readonly<Record<string, (ids: Ids) => Body | readonly Body[]>> = {
  createApplication: applicationBody,
  updateApplication: applicationBody,
  createSubscription: subscriptionBody,
  createSubscriptions: (ids) => [subscriptionBody(ids)],
  updateSubscription: subscriptionBody,
  generateApiKey: () => ({ keyType: 'PRODUCTION', ...newKey }),
  importApiKey: () => ({ sha256: '0'.repeat(64), keyType: 'PRODUCTION', ...newKey }),
  updateApiKey: () => newKey,
  regenerateApiKey: (ids) => ({ ...keyBody(ids), gracePeriod: 60 }),
  endApiKeyGracePeriod: keyBody,
  suspendApiKey: keyBody,
  resumeApiKey: keyBody,
  revokeApiKey: reasonedBody,
  associateApiKey: ({ keyUUID, applicationUUID }) => ({ keyUUID, applicationUUID }),
  dissociateApiKey: keyBody,
  dryRunApiKey: ({ keyUUID }) => ({ keyUUID, ...imaginedCall }),
  dryRunApplicationKey: ({ applicationKeyUUID, apiId }) => ({
    keyUUID: applicationKeyUUID,
    apiId,
    ...imaginedCall,
  }),
  generateApplicationKey: () => newKey,
  regenerateApplicationKey: ({ applicationKeyUUID }) => ({ keyUUID: applicationKeyUUID, gracePeriod: 60 }),
  updateApplicationKey: () => newKey,
  suspendApplicationKey: ({ applicationKeyUUID }) => ({ keyUUID: applicationKeyUUID }),
  resumeApplicationKey: ({ applicationKeyUUID }) => ({ keyUUID: applicationKeyUUID }),
  endApplicationKeyGracePeriod: ({ applicationKeyUUID }) => ({ keyUUID: applicationKeyUUID }),
  revokeApplicationKey: ({ applicationKeyUUID }) => ({ keyUUID: applicationKeyUUID, reason: 'A sample' }),
  associateKeyWithApplication: ({ apiUUID, keyUUID }) => ({ apiUUID, keyUUID }),
  dissociateKeyFromApplication: keyBody,
  revokeAnyApiKey: reasonedBody,
  releaseApiName: () => ({ stackName: 'Another' }),
  bulkRevokeApiKeys: ({ applicationId, apiId }) => ({
    filter: {
      owner: 'alice',
      applicationId,
      apiId,
      keyType: 'PRODUCTION',
      status: 'ACTIVE',
      name: 'Sample',
      createdAfter: 0,
      createdBefore: 1,
      usedAfter: 0,
      usedBefore: 1,
      unusedSince: 1,
      expiresAfter: 0,
      expiresBefore: 1,
      calledFrom: '192.0.2.7',
      calledSince: 0,
    },
    dryRun: true,
    reason: 'A sample',
  }),
  lookUpApiKey: () => ({ sha256: '0'.repeat(64) }),
  suspendAnyApiKey: reasonedBody,
  resumeAnyApiKey: keyBody,
  createSubscriptionPolicy: policyBody,
  updateSubscriptionPolicy: policyBody,
  createApplicationPolicy: applicationPolicyBody,
  updateApplicationPolicy: applicationPolicyBody,
};

function applicationBody(): Body {
  return {
    name: 'Sample application',
    throttlingPolicy: '10PerMin',
    description: 'A sample',
    tokenType: 'JWT',
    attributes: { colour: 'red' },
  };
}

function subscriptionBody({ applicationId, apiId }: Ids): Body {
  return { applicationId, apiId, throttlingPolicy: 'Gold' };
}

function keyBody({ keyUUID }: Ids): Body {
  return { keyUUID };
}

function reasonedBody({ keyUUID }: Ids): Body {
  return { keyUUID, reason: 'A sample' };
}

function policyBody(): Body {
  return {
    policyName: 'Sample',
    displayName: 'A sample',
    description: 'A sample',
    defaultLimit: {
      type: 'REQUESTCOUNTLIMIT',
      requestCount: { timeUnit: 'min', unitTime: 1, requestCount: 1000 },
    },
    rateLimitCount: 10,
    rateLimitTimeUnit: 'sec',
    stopOnQuotaReach: true,
    onCounterFailure: 'ADMIT',
  };
}

function applicationPolicyBody(): Body {
  return { ...policyBody(), burstLimit: { rateLimitCount: 10, rateLimitTimeUnit: 'sec' } };
}

/** A valid query of every operation that needs one. */
const QUERIES: Readonly<Record<string, (ids: Ids) => Readonly<Record<string, string>>>> = {
  changeApplicationOwner: () => ({ owner: 'sub-bob', ownerName: 'bob' }),
  changeLifecycle: ({ apiId = '' }) => ({ action: 'Deprecate', apiId }),
  listSubscriptionsToApi: ({ apiId = '' }) => ({ apiId }),
  blockSubscription: ({ subscriptionId = '' }) => ({ subscriptionId, blockState: 'BLOCKED' }),
  unblockSubscription: ({ subscriptionId = '' }) => ({ subscriptionId }),
  approveSubscription: ({ subscriptionId = '' }) => ({ subscriptionId }),
  rejectSubscription: ({ subscriptionId = '' }) => ({ subscriptionId }),
  listStandingDecisions: ({ apiId = '' }) => ({ apiId }),
  blockOwner: ({ apiId = '', owner = 'nobody' }) => ({ apiId, owner, blockState: 'BLOCKED' }),
  liftDecision: ({ apiId = '', owner = 'nobody' }) => ({ apiId, owner }),
};

/** Whether it takes `limit` and `offset`. */
export function isPaged({ schemas: { query } }: Route): boolean {
  return query instanceof z.ZodObject && 'limit' in query.shape;
}

export function hasSampleBody(route: Route): boolean {
  return BODIES[route.operationId] !== undefined;
}

/** A request that is valid for a route, with the ids given. */
export function sampleRequest(route: Route, ids: Ids): TestRequest & { readonly method: string } {
  const body = BODIES[route.operationId]?.(ids);
  const query = QUERIES[route.operationId]?.(ids);
  return {
    method: route.method,
    ...(query !== undefined && { query }),
    path: route.path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? randomUUID()),
    ...(route.takesBody && { body: body ?? {} }),
  };
}

/** Who may call a route. */
export function callerOf(harness: ManagementHarness, route: Route): ReturnType<ManagementHarness['as']> {
  return harness.as('alice', ...route.roles);
}
