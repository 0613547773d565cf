import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Route } from '../../../lambdas/platform/http/route.ts';
import { managementApis } from '../../../scripts/management-apis.ts';
import {
  openManagementHarness,
  type ManagementHarness,
  type TestAnswer,
} from '../../support/management-harness.ts';
import { auditEntriesOf, readTable } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let routes: readonly Route[];
beforeAll(async () => {
  harness = await openManagementHarness();
  routes = managementApis(harness.management).flatMap((api) => api.routes);
});
afterAll(() => harness.close());

const Issued = z.object({ keyUUID: z.string(), apikey: z.string() });
const Application = z.object({ applicationId: z.string() });

interface Request {
  readonly params?: Readonly<Record<string, string>>;
  readonly body: object;
}

/** A fresh, valid request of every operation that takes an Idempotency-Key. */
const REQUESTS: Readonly<Record<string, () => Promise<Request> | Request>> = {
  createApplication: () => ({ body: { name: randomUUID(), throttlingPolicy: 'Unlimited' } }),
  createSubscription: async () => ({
    body: { applicationId: await newApplication(), apiId: harness.apis.pizza, throttlingPolicy: 'Gold' },
  }),
  generateApiKey: () => ({ params: { apiId: harness.apis.pizza }, body: { keyName: 'once' } }),
  importApiKey: () => ({
    params: { apiId: harness.apis.pizza },
    body: { apikey: randomBytes(24).toString('base64url') },
  }),
  regenerateApiKey: async () => {
    const generated = await send('generateApiKey', await requestOf('generateApiKey'), randomUUID());
    return { params: { apiId: harness.apis.pizza }, body: { keyUUID: Issued.parse(generated.json).keyUUID } };
  },
  generateApplicationKey: async () => ({
    params: { applicationId: await newApplication(), keyType: 'SANDBOX' },
    body: { keyName: 'once' },
  }),
  regenerateApplicationKey: async () => {
    const request = await requestOf('generateApplicationKey');
    const { keyUUID } = Issued.parse((await send('generateApplicationKey', request, randomUUID())).json);
    return { ...request, body: { keyUUID } };
  },
  createSubscriptionPolicy: () => ({ body: { policyName: `p-${randomUUID()}` } }),
  createApplicationPolicy: () => ({ body: { policyName: `p-${randomUUID()}` } }),
};

async function requestOf(operationId: string): Promise<Request> {
  const request = REQUESTS[operationId];
  if (request === undefined) throw new Error(`no request of ${operationId}`);
  return request();
}

async function newApplication(): Promise<string> {
  const created = await send('createApplication', await requestOf('createApplication'), randomUUID());
  return Application.parse(created.json).applicationId;
}

async function send(operationId: string, { params = {}, body }: Request, key: string): Promise<TestAnswer> {
  const route = routes.find((candidate) => candidate.operationId === operationId);
  if (route === undefined) throw new Error(`no route ${operationId}`);
  return harness.as(
    'alice',
    ...route.roles,
  )({
    method: route.method,
    path: route.path.replaceAll(/\{(\w+)\}/g, (_braces, name: string) => params[name] ?? name),
    headers: { 'idempotency-key': key },
    body,
  });
}

async function countAuditEntries(): Promise<number> {
  return auditEntriesOf(await readTable(harness.table.store)).length;
}

describe('every operation that takes an Idempotency-Key', () => {
  it('is tested here', () => {
    const supporting = routes.filter(({ supports = [] }) => supports.includes('idempotency-key'));
    expect(supporting.map(({ operationId }) => operationId).sort()).toEqual(Object.keys(REQUESTS).sort());
  });

  describe.each(Object.keys(REQUESTS))('%s', (operationId) => {
    it('happens once, however often it is sent in a row and at the same time', async () => {
      const [key, request] = [randomUUID(), await requestOf(operationId)];
      const before = await countAuditEntries();
      const answers = await Promise.all(Array.from({ length: 10 }, () => send(operationId, request, key)));
      answers.push(await send(operationId, request, key));
      const [status] = answers.map((answer) => answer.status);
      expect(status).toBe(routes.find((route) => route.operationId === operationId)?.status);
      expect(answers.map((answer) => [answer.status, answer.text, answer.headers['etag']])).toEqual(
        answers.map(() => [status, answers[0]?.text, answers[0]?.headers['etag']]),
      );
      expect(answers.filter(({ headers }) => !('idempotent-replayed' in headers))).toHaveLength(1);
      expect(await countAuditEntries()).toBe(before + 1);
    });

    it('is refused with the key of another request, which changes nothing', async () => {
      const [key, other] = [randomUUID(), await requestOf(operationId)];
      await send('createApplication', await requestOf('createApplication'), key);
      const before = await readTable(harness.table.store);
      expect((await send(operationId, other, key)).status).toBe(422);
      expect(await readTable(harness.table.store)).toEqual(before);
    });
  });
});

describe('an Idempotency-Key', () => {
  it('is refused for another operation with the same body', async () => {
    const [key, request] = [randomUUID(), await requestOf('createSubscriptionPolicy')];
    expect((await send('createSubscriptionPolicy', request, key)).status).toBe(201);
    expect((await send('createApplicationPolicy', request, key)).status).toBe(422);
  });

  it('lets those who come late give up at once, rather than try their transaction to the end', async () => {
    let transactions = 0;
    harness.management.store.client.middlewareStack.add(
      (next, { commandName }) =>
        (input) => {
          if (commandName === 'TransactWriteItemsCommand') transactions += 1;
          return next(input);
        },
      { step: 'initialize', name: 'countTransactions' },
    );
    const [key, request] = [randomUUID(), await requestOf('generateApiKey')];
    for (let sent = 0; sent < 5; sent += 1) await send('generateApiKey', request, key);
    harness.management.store.client.middlewareStack.remove('countTransactions');
    expect(transactions).toBe(5);
  });
});

describe('the plain value of a key', () => {
  it.each([
    'generateApiKey',
    'importApiKey',
    'regenerateApiKey',
    'generateApplicationKey',
    'regenerateApplicationKey',
  ])('of %s is stored nowhere, nor is the Idempotency-Key', async (operationId) => {
    const [key, request] = [randomUUID(), await requestOf(operationId)];
    const { json } = await send(operationId, request, key);
    const Value = z.object({ apikey: z.string() });
    const { apikey } = Value.parse(operationId === 'importApiKey' ? request.body : json);
    const stored = JSON.stringify(await readTable(harness.table.store));
    for (const secret of [apikey, key, Buffer.from(apikey).toString('base64').replace(/=+$/, '')]) {
      expect(stored).not.toContain(secret);
    }
    expect(JSON.stringify(harness.logged)).not.toContain(apikey);
  });
});
