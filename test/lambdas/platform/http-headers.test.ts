import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { managementApis, type ManagementApi } from '../../../scripts/management-apis.ts';
import { openManagementHarness, type ManagementHarness } from '../../support/management-harness.ts';

let harness: ManagementHarness;
let apis: readonly ManagementApi[];
beforeAll(async () => {
  harness = await openManagementHarness();
  apis = managementApis(harness.management);
});
afterAll(() => harness.close());

describe('the OpenAPI document', () => {
  it('is served to whoever is signed in, in any role', async () => {
    for (const { api } of apis) {
      for (const role of ['developer', 'publisher', 'administrator']) {
        const answer = await harness.as('alice', role)({ path: `${api.base}/openapi.json` });
        expect(answer.status).toBe(200);
        expect(answer.headers).toMatchObject({ 'content-type': 'application/json' });
        expect(answer.json).toMatchObject({ openapi: '3.1.0', info: { title: api.title } });
      }
    }
  });

  it('is not served to others', async () => {
    for (const { api } of apis) {
      const path = `${api.base}/openapi.json`;
      expect((await harness.send({ path })).status).toBe(401);
      expect((await harness.as('alice', 'stranger')({ path })).status).toBe(403);
    }
  });
});

describe('headers that nobody expects', () => {
  const nasty = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.string({ unit: fc.constantFrom('"', ',', ' ', 'W/', '*', '7', '\t', '\\', 'a', '-'), maxLength: 60 }),
    fc.constantFrom(
      '"1"',
      '*',
      '__proto__',
      'null',
      `"${'9'.repeat(400)}"`,
      '"-1"',
      '"1e3"',
      'x'.repeat(8_000),
    ),
    fc.uuid(),
  );

  it('never make an operation fail, and never change what it refuses', async () => {
    const alice = harness.as('alice');
    const created = await alice({
      method: 'POST',
      path: '/api/am/devportal/v3/applications',
      body: { name: randomUUID(), throttlingPolicy: 'Unlimited' },
    });
    const { applicationId } = z.object({ applicationId: z.string() }).parse(created.json);
    const path = `/api/am/devportal/v3/applications/${applicationId}`;
    await fc.assert(
      fc.asyncProperty(nasty, nasty, nasty, async (ifMatch, key, other) => {
        const headers = { 'if-match': ifMatch, 'idempotency-key': key, 'if-none-match': other, etag: other };
        const body = { name: 'fuzzed', throttlingPolicy: 'Unlimited' };
        const before = await alice({ path });
        const put = await alice({ method: 'PUT', path, headers, body });
        expect([200, 400, 412]).toContain(put.status);
        if (put.status !== 200) expect(await alice({ path })).toEqual(before);
        const post = await alice({
          method: 'POST',
          path: '/api/am/devportal/v3/applications',
          headers,
          body: {},
        });
        expect(post.status).toBe(400);
        expect((await alice({ path, headers })).status).toBe(200);
      }),
      { numRuns: 60 },
    );
    expect(harness.logged).toEqual([]);
  }, 60_000);

  it('are ignored by every operation that does not declare them', async () => {
    const headers = { 'if-match': 'no tag', 'idempotency-key': 'short' };
    for (const { routes } of apis) {
      for (const { method, path, roles, supports = [], takesBody } of routes) {
        if (supports.includes('if-match') || supports.includes('idempotency-key')) continue;
        const answer = await harness.as(
          'carol',
          ...roles,
        )({
          method,
          path: path.replaceAll(/\{\w+\}/g, () => randomUUID()),
          headers,
          ...(takesBody && { body: {} }),
        });
        expect(answer.text).not.toMatch(/"(?:If-Match|Idempotency-Key):/);
        expect(answer.status).toBeLessThan(500);
      }
    }
  });
});

describe('an answer of a management API', () => {
  it('says 405 with the methods of the resource, and keeps the protective headers', async () => {
    const answer = await harness.as('alice')({ method: 'PATCH', path: '/api/am/devportal/v3/applications' });
    expect(answer.status).toBe(405);
    expect(answer.headers).toMatchObject({ allow: 'GET, POST', 'cache-control': 'no-store' });
  });
});
