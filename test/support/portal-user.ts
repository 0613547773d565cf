import { z } from 'zod';
import type { ManagementHarness, TestAnswer, TestRequest } from './management-harness.ts';

export const PORTAL = '/api/am/devportal/v3';
export const ADMIN = '/api/am/admin/v4';

const Issued = z.object({ keyUUID: z.string(), apikey: z.string() });
export type Issued = z.infer<typeof Issued>;
const Application = z.object({ applicationId: z.string() });
const Subscription = z.object({ subscriptionId: z.string() });

/** A signed-in developer who does what tests have to do before what they test; a refusal is an error. */
export interface PortalUser {
  readonly send: (request: TestRequest) => Promise<TestAnswer>;
  readonly get: (path: string, query?: Readonly<Record<string, string>>) => Promise<TestAnswer>;
  readonly post: (path: string, body: unknown) => Promise<TestAnswer>;
  /** An operation on one key of an API: `regenerate`, `revoke`, `associate`, `dissociate`. */
  readonly onKey: (apiId: string, operation: string, body: unknown) => Promise<TestAnswer>;
  readonly generate: (apiId: string, body?: object) => Promise<Issued>;
  /** An application key for production. */
  readonly generateFor: (applicationId: string) => Promise<Issued>;
  readonly regenerate: (apiId: string, keyUUID: string) => Promise<Issued>;
  /** @returns the id of a new application. */
  readonly application: (more?: object) => Promise<string>;
  /** @returns the id of a new subscription. */
  readonly subscribe: (applicationId: string, apiId: string, throttlingPolicy?: string) => Promise<string>;
  readonly associate: (apiId: string, keyUUID: string, applicationUUID: string) => Promise<void>;
  /** A key that is associated with a new application, which has a subscription to the API. */
  readonly subscribedKey: (apiId: string, throttlingPolicy?: string) => Promise<SubscribedKey>;
}

export interface SubscribedKey extends Issued {
  readonly applicationId: string;
  readonly subscriptionId: string;
}

let applications = 0;

export function portalUser(harness: ManagementHarness, name: string): PortalUser {
  const send = harness.as(name);
  const post = (path: string, body: unknown) => send({ method: 'POST', path: `${PORTAL}${path}`, body });
  const onKey = (apiId: string, operation: string, body: unknown) =>
    post(`/apis/${apiId}/api-keys/${operation}`, body);
  const user: PortalUser = {
    send,
    post,
    onKey,
    get: (path, query) => send({ path: `${PORTAL}${path}`, ...(query !== undefined && { query }) }),
    generate: async (apiId, body = {}) => succeeded(await onKey(apiId, 'generate', body), Issued),
    generateFor: async (applicationId) =>
      succeeded(await post(`/applications/${applicationId}/api-keys/PRODUCTION/generate`, {}), Issued),
    regenerate: async (apiId, keyUUID) => succeeded(await onKey(apiId, 'regenerate', { keyUUID }), Issued),
    application: async (more = {}) => {
      applications += 1;
      const body = { name: `Application ${applications}`, throttlingPolicy: 'Unlimited', ...more };
      return succeeded(await post('/applications', body), Application).applicationId;
    },
    subscribe: async (applicationId, apiId, throttlingPolicy = 'Gold') => {
      const body = { applicationId, apiId, throttlingPolicy };
      return succeeded(await post('/subscriptions', body), Subscription).subscriptionId;
    },
    associate: async (apiId, keyUUID, applicationUUID) => {
      succeeded(await onKey(apiId, 'associate', { keyUUID, applicationUUID }), z.unknown());
    },
    subscribedKey: async (apiId, throttlingPolicy) => {
      const applicationId = await user.application();
      const subscriptionId = await user.subscribe(applicationId, apiId, throttlingPolicy);
      const { keyUUID, apikey } = await user.generate(apiId);
      await user.associate(apiId, keyUUID, applicationId);
      return { applicationId, subscriptionId, keyUUID, apikey };
    },
  };
  return user;
}

/** What an answer with a status below 300 holds. */
export function succeeded<T>(answer: TestAnswer, schema: z.ZodType<T>): T {
  if (answer.status >= 300) throw new Error(`answered ${answer.status}: ${answer.text}`);
  return schema.parse(answer.json);
}
