import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createKeyValue } from '../../lambdas/core/keys/key-value.ts';
import type { Route } from '../../lambdas/platform/http/route.ts';
import {
  openManagementHarness,
  type ManagementHarness,
  type TestAnswer,
  type TestRequest,
} from '../support/management-harness.ts';
import { allRoutes, callerOf, sampleRequest, type Ids } from '../support/management-routes.ts';
import { ownedIds } from '../support/owned-ids.ts';
import { readTable } from '../support/table-contents.ts';

/** What somebody puts where it does not belong: a key of Keybound, and one that was made elsewhere. */
const OURS = createKeyValue('kb', 'PRODUCTION');
const FOREIGN = 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9n';
/** Where a message cuts a text, the middle would still give it away. */
const TRACES = [OURS.slice(12, 40), FOREIGN.slice(8, 32)];

let harness: ManagementHarness;
let ids: Ids;

beforeAll(async () => {
  harness = await openManagementHarness();
  ids = await ownedIds(harness, 'alice');
});

afterAll(() => harness.close());

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The body with the secret in each of its places in turn: as a value, in one, as the name of a field, in a list. */
function bodiesWith(body: unknown, secret: string): readonly unknown[] {
  if (!isObject(body)) return [secret, `my ${secret}.`, [secret], { [secret]: secret }];
  const inside = Object.entries(body).flatMap(([name, value]) =>
    bodiesWith(value, secret).map((spoilt) => ({ ...body, [name]: spoilt })),
  );
  return [...inside, { ...body, [secret]: 'x' }, { ...body, unknown: secret }];
}

/** Requests for a route with the secret in each place where a caller can put something. */
function requestsWith(route: Route, secret: string): readonly (TestRequest & { readonly method: string })[] {
  const valid = sampleRequest(route, ids);
  const names = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const query = route.schemas.query instanceof z.ZodObject ? Object.keys(route.schemas.query.shape) : [];
  return [
    ...names.map((name) => sampleRequest(route, { ...ids, [name]: secret })),
    ...[...query, 'unknown', secret].map((name) => ({ ...valid, query: { ...valid.query, [name]: secret } })),
    ...['if-match', 'idempotency-key', 'x-keybound-group', 'accept', 'referer', 'user-agent'].map((name) => ({
      ...valid,
      headers: { [name]: secret },
    })),
    ...(valid.body === undefined
      ? [{ ...valid, body: secret }]
      : [
          ...bodiesWith(valid.body, secret).map((body) => ({ ...valid, body })),
          { ...valid, body: `{"keyName": ${secret}` },
          { ...valid, headers: { 'content-type': secret } },
          { ...valid, headers: { 'content-type': `application/json; charset=${secret}` } },
          { ...valid, headers: { 'content-encoding': secret } },
        ]),
    { ...valid, method: secret },
    { ...valid, path: `${valid.path}/${secret}` },
  ];
}

async function tryEverywhere(
  secret: string,
  check: (answer: TestAnswer, what: readonly unknown[]) => void,
): Promise<void> {
  for (const route of allRoutes(harness)) {
    for (const request of requestsWith(route, secret)) {
      check(await callerOf(harness, route)(request), [route.operationId, request]);
    }
  }
}

describe('a secret in the wrong place, over every route of the management APIs and every place in a request', () => {
  it('that is a key of Keybound is in no answer, no line of log and no item of the table', async () => {
    let refused = 0;
    await tryEverywhere(OURS, (answer, what) => {
      if (TRACES.some((trace) => answer.text.includes(trace))) expect(what).toBe('repeated');
      if (answer.status >= 500) expect(what).toBe('a fault');
      if (answer.status >= 400) refused += 1;
    });
    expect(refused).toBeGreaterThan(500);
    const stored = JSON.stringify(await readTable(harness.table.store));
    for (const trace of TRACES) expect(stored).not.toContain(trace);
    expect(harness.logged).toEqual([]);
  }, 240_000);

  it('that is a key of somebody else is in no refusal and no line of log', async () => {
    await tryEverywhere(FOREIGN, (answer, what) => {
      if (answer.status >= 400 && TRACES.some((trace) => answer.text.includes(trace))) {
        expect([what, answer.text]).toBe('not repeated');
      }
      if (answer.status >= 500) expect(what).toBe('a fault');
    });
    expect(harness.logged).toEqual([]);
  }, 240_000);

  it('is named as what it is where any text would do', async () => {
    const alice = harness.as('alice');
    const body = { name: `my ${OURS}`, throttlingPolicy: 'Unlimited', attributes: { [OURS]: 'x', a: OURS } };
    const answer = await alice({ method: 'POST', path: '/api/am/devportal/v3/applications', body });
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({
      error: [
        { message: 'name: must not hold the value of a key' },
        { message: 'attributes: each name must not hold the value of a key' },
        { message: 'attributes.a: must not hold the value of a key' },
      ],
    });
  });
});
