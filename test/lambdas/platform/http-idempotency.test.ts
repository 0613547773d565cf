import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { IDEMPOTENCY_SECONDS } from '../../../lambdas/core/http/idempotency.ts';
import { auditEntriesOf, readTable } from '../../support/table-contents.ts';
import {
  openManagementHarness,
  type ManagementHarness,
  type TestAnswer,
} from '../../support/management-harness.ts';

const applications = '/api/am/devportal/v3/applications';

let harness: ManagementHarness;
beforeAll(async () => {
  harness = await openManagementHarness();
});
afterAll(() => harness.close());

function create(key: string, body: object, user = 'alice'): Promise<TestAnswer> {
  return harness.as(user)({ method: 'POST', path: applications, headers: { 'idempotency-key': key }, body });
}

function newBody(more: object = {}) {
  return { name: randomUUID(), throttlingPolicy: 'Unlimited', ...more };
}

async function countNamed(name: string, user = 'alice'): Promise<number> {
  const { json } = await harness.as(user)({ path: applications, query: { query: name } });
  return z.object({ count: z.number() }).parse(json).count;
}

describe('a creation that is sent again with its Idempotency-Key', () => {
  it('happens once and is answered alike: status, body and ETag, marked as replayed', async () => {
    const [key, body] = [randomUUID(), newBody()];
    const first = await create(key, body);
    const second = await create(key, body);
    expect(first.status).toBe(201);
    expect(first.headers).not.toHaveProperty('idempotent-replayed');
    expect(second).toEqual({ ...first, headers: { ...first.headers, 'idempotent-replayed': 'true' } });
    expect(await countNamed(body.name)).toBe(1);
  });

  it('is the same request in another notation of its body and its key', async () => {
    const [key, name] = [randomUUID(), randomUUID()];
    const first = await create(key, { name, throttlingPolicy: 'Unlimited' });
    const again = await harness.as('alice')({
      method: 'POST',
      path: applications,
      headers: { 'idempotency-key': `"${key}"` },
      body: `{ "throttlingPolicy": "Unlimited",\n "name": ${JSON.stringify(name)} }`,
    });
    expect(again.text).toBe(first.text);
  });

  it('is answered as it was then, whatever has become of the resource', async () => {
    const [key, body] = [randomUUID(), newBody()];
    const first = await create(key, body);
    const { applicationId } = z.object({ applicationId: z.string() }).parse(first.json);
    await harness.as('alice')({ method: 'DELETE', path: `${applications}/${applicationId}` });
    expect((await create(key, body)).json).toEqual(first.json);
    expect(await countNamed(body.name)).toBe(0);
  });

  it('creates once when twenty are sent at the same time', async () => {
    const [key, body] = [randomUUID(), newBody()];
    const answers = await Promise.all(Array.from({ length: 20 }, () => create(key, body)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1);
    expect(await countNamed(body.name)).toBe(1);
    const { applicationId } = z.object({ applicationId: z.string() }).parse(answers[0]?.json);
    const entries = auditEntriesOf(await readTable(harness.table.store));
    expect(entries.filter((entry) => entry['resourceId'] === applicationId)).toHaveLength(1);
  });

  it('creates anew a day later', async () => {
    const [key, body] = [randomUUID(), newBody()];
    const first = await create(key, body);
    const { applicationId } = z.object({ applicationId: z.string() }).parse(first.json);
    await harness.as('alice')({ method: 'DELETE', path: `${applications}/${applicationId}` });
    const start = harness.time.now;
    harness.time.now = start + IDEMPOTENCY_SECONDS * 1_000 - 1_000;
    expect((await create(key, body)).headers).toHaveProperty('idempotent-replayed');
    // The table still has the item: it deletes what is past its TTL within days.
    harness.time.now = start + IDEMPOTENCY_SECONDS * 1_000;
    const anew = await create(key, body);
    harness.time.now = start;
    expect(anew.status).toBe(201);
    expect(anew.headers).not.toHaveProperty('idempotent-replayed');
    expect(anew.json).not.toMatchObject({ applicationId });
  });
});

describe('an Idempotency-Key that was used', () => {
  it('is refused for another body, which changes nothing', async () => {
    const [key, body] = [randomUUID(), newBody()];
    await create(key, body);
    const other = newBody();
    const answer = await create(key, other);
    expect(answer.status).toBe(422);
    expect(answer.json).toMatchObject({ code: 422, message: 'Unprocessable Content' });
    expect(await countNamed(other.name)).toBe(0);
  });

  it('is refused to all but one body when many are sent at the same time', async () => {
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 12 }, () => create(key, newBody())));
    expect(answers.map(({ status }) => status).sort()).toEqual([
      201,
      ...Array.from({ length: 11 }, () => 422),
    ]);
  });

  it('is refused for another operation', async () => {
    const key = randomUUID();
    const created = await create(key, newBody());
    const { applicationId } = z.object({ applicationId: z.string() }).parse(created.json);
    const answer = await harness.as('alice')({
      method: 'POST',
      path: '/api/am/devportal/v3/subscriptions',
      headers: { 'idempotency-key': key },
      body: { applicationId, apiId: harness.apis.pizza, throttlingPolicy: 'Gold' },
    });
    expect(answer.status).toBe(422);
  });

  it('is another’s own affair: owners do not see each other’s', async () => {
    const [key, body] = [randomUUID(), newBody()];
    const mine = await create(key, body);
    const theirs = await create(key, body, 'bob');
    expect(theirs.status).toBe(201);
    expect(theirs.headers).not.toHaveProperty('idempotent-replayed');
    expect(theirs.json).not.toEqual(mine.json);
  });

  it('can be used again after a refusal', async () => {
    const [key, body] = [randomUUID(), newBody()];
    const taken = await create(randomUUID(), body);
    expect(taken.status).toBe(201);
    expect((await create(key, body)).status).toBe(409);
    const { applicationId } = z.object({ applicationId: z.string() }).parse(taken.json);
    await harness.as('alice')({ method: 'DELETE', path: `${applications}/${applicationId}` });
    expect((await create(key, body)).status).toBe(201);
  });

  it.each([['1'], ['retry-1'], ['x'.repeat(21)], ['ü'.repeat(30)], ['']])(
    'is refused from the start when it could be guessed: %j',
    async (key) => {
      const answer = await create(key, newBody());
      expect(answer.status).toBe(400);
      expect(answer.text).toContain('"message":"Idempotency-Key: must be a UUID');
    },
  );
});
