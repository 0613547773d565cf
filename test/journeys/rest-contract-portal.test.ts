import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  anyNumber,
  anyText,
  ErrorEntity,
  expectEmpty,
  listed,
  openContract,
  type Contract,
} from './rest-contract.ts';

let contract: Contract;
let pizza: string;
let petstore: string;

beforeAll(async () => {
  contract = await openContract();
  [pizza, petstore] = [
    await contract.keybound.apiId('PizzaShackAPI'),
    await contract.keybound.apiId('Petstore'),
  ];
});
afterAll(() => contract.close());

const ask = (method: string, path: string, body?: unknown) => contract.portal(method, path, body);

describe('a developer finds APIs and plans:', () => {
  it('GET /apis lists them a page at a time', async () => {
    const all = await ask('GET', '/apis');
    expect(listed(all)).toHaveLength(2);
    expect(listed(all).find(({ id }) => id === pizza)).toMatchObject({
      id: pizza,
      name: 'PizzaShackAPI',
      version: '1.0.0',
      context: '/pizzashack/1.0.0',
      provider: 'PizzaShack',
      description: anyText,
      lifeCycleStatus: 'PUBLISHED',
    });
    expect(all.json).toMatchObject({
      count: 2,
      pagination: { offset: 0, limit: 25, total: 2, next: '', previous: '' },
    });
    const second = await ask('GET', '/apis?limit=1&offset=1');
    expect(listed(second)).toEqual(listed(all).slice(1));
    expect(second.json).toMatchObject({
      count: 1,
      pagination: {
        offset: 1,
        limit: 1,
        total: 2,
        next: '',
        previous: '/api/am/devportal/v3/apis?limit=1&offset=0',
      },
    });
  });

  it('GET /apis?query= lists those that fit', async () => {
    const names = listed(await ask('GET', '/apis?query=name:pizza')).map(({ name }) => name);
    expect(names).toEqual(['PizzaShackAPI']);
    expect(listed(await ask('GET', '/apis?query=no-such-api'))).toEqual([]);
  });

  it('GET /apis/{apiId} answers with one API', async () => {
    const answer = await ask('GET', `/apis/${pizza}`);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ id: pizza, name: 'PizzaShackAPI', context: '/pizzashack/1.0.0' });
    expect((await ask('GET', `/apis/${randomUUID()}`)).status).toBe(404);
  });

  it('an API without subscriptions shows DefaultSubscriptionless as its only plan', async () => {
    expect((await ask('GET', `/apis/${petstore}`)).json).toMatchObject({
      throttlingPolicies: ['DefaultSubscriptionless'],
    });
  });

  it('GET /apis/{apiId}/swagger answers with its OpenAPI document', async () => {
    const answer = await ask('GET', `/apis/${pizza}/swagger`);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ openapi: anyText, info: { title: 'PizzaShackAPI' } });
    expect(Object.keys(z.object({ paths: z.looseObject({}) }).parse(answer.json).paths)).toContain('/menu');
  });

  it.each([
    ['subscription', { Bronze: 1000, Silver: 2000, Gold: 5000, Unlimited: 2_147_483_647 }],
    ['application', { '10PerMin': 10, '20PerMin': 20, '50PerMin': 50, Unlimited: 2_147_483_647 }],
  ])('GET /throttling-policies/%s lists the policies of that level', async (level, limits) => {
    const policies = listed(await ask('GET', `/throttling-policies/${level}`));
    const found = policies.map(({ name, requestCount }) => [name, requestCount]);
    expect(Object.fromEntries(found)).toMatchObject(limits);
    for (const policy of policies) expect(policy).toMatchObject({ policyLevel: level, name: anyText });
  });
});

describe('a developer keeps applications:', () => {
  const sent = {
    name: 'Kept',
    throttlingPolicy: '10PerMin',
    description: 'An application',
    tokenType: 'OAUTH',
    attributes: { team: 'red' },
  };
  const view = {
    ...sent,
    applicationId: anyText,
    status: 'APPROVED',
    subscriptionCount: 0,
    owner: 'alice',
    groups: [],
    visibility: 'PRIVATE',
    createdTime: anyText,
    updatedTime: anyText,
  };
  let id = '';

  it('POST /applications answers 201 with the application', async () => {
    const answer = await ask('POST', '/applications', sent);
    expect(answer.status).toBe(201);
    expect(answer.json).toEqual(view);
    id = z.object({ applicationId: z.string() }).parse(answer.json).applicationId;
  });

  it('POST /applications needs a name and a policy, and nothing else', async () => {
    const answer = await ask('POST', '/applications', { name: 'Small', throttlingPolicy: 'Unlimited' });
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject({ tokenType: 'JWT', description: '' });
    const refused = await ask('POST', '/applications', { description: 'Neither' });
    expect(refused.status).toBe(400);
    const { code, error } = ErrorEntity.parse(refused.json);
    expect(code).toBe(400);
    const problems = error.map(({ message }) => message).join('\n');
    expect(problems).toContain('name');
    expect(problems).toContain('throttlingPolicy');
  });

  it('GET /applications lists them', async () => {
    const applications = listed(await ask('GET', '/applications?query=kept'));
    expect(applications).toEqual([{ ...view, applicationId: id }]);
  });

  it('GET /applications/{applicationId} answers with one', async () => {
    const answer = await ask('GET', `/applications/${id}`);
    expect([answer.status, answer.json]).toEqual([200, { ...view, applicationId: id }]);
    expect((await ask('GET', `/applications/${randomUUID()}`)).status).toBe(404);
  });

  it('PUT /applications/{applicationId} changes it', async () => {
    const changed = { ...sent, name: 'Renamed', throttlingPolicy: '20PerMin', description: '' };
    const answer = await ask('PUT', `/applications/${id}`, changed);
    expect([answer.status, answer.json]).toEqual([200, { ...view, ...changed, applicationId: id }]);
    expect((await ask('GET', `/applications/${id}`)).json).toEqual(answer.json);
  });

  it('DELETE /applications/{applicationId} deletes it', async () => {
    expectEmpty(await ask('DELETE', `/applications/${id}`));
    expect((await ask('GET', `/applications/${id}`)).status).toBe(404);
    expect((await ask('DELETE', `/applications/${id}`)).status).toBe(404);
  });
});

describe('a developer subscribes applications:', () => {
  let applicationId = '';
  let id = '';
  const body = (throttlingPolicy = 'Gold') => ({ applicationId, apiId: pizza, throttlingPolicy });
  const view = () => ({
    subscriptionId: anyText,
    applicationId,
    apiId: pizza,
    apiInfo: { id: pizza, name: 'PizzaShackAPI', version: '1.0.0', context: '/pizzashack/1.0.0' },
    applicationInfo: { applicationId, name: anyText, subscriptionCount: anyNumber, owner: 'alice' },
    throttlingPolicy: 'Gold',
    status: 'UNBLOCKED',
  });

  it('POST /subscriptions answers 201 with the subscription', async () => {
    applicationId = await contract.application();
    const answer = await ask('POST', '/subscriptions', body());
    expect(answer.status).toBe(201);
    expect(answer.json).toMatchObject(view());
    id = z.object({ subscriptionId: z.string() }).parse(answer.json).subscriptionId;
    expect((await ask('GET', `/applications/${applicationId}`)).json).toMatchObject({ subscriptionCount: 1 });
  });

  it('POST /subscriptions needs all three fields, and refuses a second one with 409', async () => {
    const refused = await ask('POST', '/subscriptions', {});
    expect(refused.status).toBe(400);
    expect(ErrorEntity.parse(refused.json).error).toHaveLength(3);
    const again = await ask('POST', '/subscriptions', body());
    expect([again.status, ErrorEntity.parse(again.json).code]).toEqual([409, 409]);
  });

  it.each(['applicationId', 'apiId', 'both'])('GET /subscriptions lists those of %s', async (filter) => {
    const fields = { applicationId, apiId: pizza };
    const query = new URLSearchParams(
      Object.entries(fields).filter(([name]) => filter === 'both' || filter === name),
    );
    const found = listed(await ask('GET', `/subscriptions?${query.toString()}`));
    expect(found).toMatchObject([{ ...view(), subscriptionId: id }]);
    expect(listed(await ask('GET', `/subscriptions?apiId=${petstore}`))).toEqual([]);
  });

  it('GET /subscriptions/{subscriptionId} answers with one', async () => {
    const answer = await ask('GET', `/subscriptions/${id}`);
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ ...view(), subscriptionId: id });
  });

  it('PUT /subscriptions/{subscriptionId} changes its plan', async () => {
    const answer = await ask('PUT', `/subscriptions/${id}`, body('Bronze'));
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ ...view(), subscriptionId: id, throttlingPolicy: 'Bronze' });
    expect((await ask('GET', `/subscriptions/${id}`)).json).toEqual(answer.json);
  });

  it('DELETE /subscriptions/{subscriptionId} ends it', async () => {
    expectEmpty(await ask('DELETE', `/subscriptions/${id}`));
    expect((await ask('GET', `/subscriptions/${id}`)).status).toBe(404);
    expect(listed(await ask('GET', `/subscriptions?applicationId=${applicationId}`))).toEqual([]);
    expect((await ask('GET', `/applications/${applicationId}`)).json).toMatchObject({ subscriptionCount: 0 });
  });
});
