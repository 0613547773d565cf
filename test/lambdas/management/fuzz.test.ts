import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Route } from '../../../lambdas/platform/http/route.ts';
import { contradictionsIn } from '../../support/check-invariants.ts';
import {
  openManagementHarness,
  type ManagementHarness,
  type TestRequest,
} from '../../support/management-harness.ts';
import { allRoutes, isPaged, sampleRequest, type Ids } from '../../support/management-routes.ts';
import { ownedIds } from '../../support/owned-ids.ts';
import { PORTAL } from '../../support/portal-user.ts';
import { readTable, type StoredItem } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let ids: Ids;
let table: readonly StoredItem[];

beforeAll(async () => {
  harness = await openManagementHarness();
  ids = await ownedIds(harness, 'alice');
  table = await readTable(harness.table.store);
});

afterAll(() => harness.close());

const Entity = z.strictObject({
  code: z.int().min(400).max(499),
  message: z.string().min(1),
  description: z.string().min(1),
  moreInfo: z.string(),
  error: z.array(z.strictObject({ code: z.string(), message: z.string() })),
});

/** Sends it as somebody who may do everything. Below 500 always; at 400 and above nothing changed. */
async function expectSound(request: TestRequest): Promise<void> {
  const answer = await harness.as('alice', 'developer', 'publisher', 'administrator')(request);
  expect(answer.status).toBeLessThan(500);
  expect(harness.logged).toEqual([]);
  const before = table;
  table = await readTable(harness.table.store);
  if (answer.status < 400) return;
  expect(Entity.parse(answer.json).code).toBe(answer.status);
  expect(table).toEqual(before);
}

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({
    unit: fc.constantFrom('%', '/', '.', '#', '\u0000', '\ud800', '"', '{', '}', ',', ' ', 'a', '1', '-'),
  }),
  fc.constantFrom(
    '__proto__',
    'constructor',
    'toString',
    '1,2',
    '-1',
    '9007199254740993',
    'NaN',
    'null',
    '*',
    '\u202e',
    '\u2028',
    'e\u0301'.repeat(300),
    '=cmd|x!A1',
    '10.0.0.0/8, ,',
    '::ffff:0:0/96',
    'x'.repeat(70_000),
  ),
);
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  text,
  fc.double(),
  fc.constantFrom<unknown>(-1, 0, 2 ** 53, 1e308, 5e-324, '', null, [], {}, { constructor: 'x' }),
);
const names = [
  'keyName',
  'keyType',
  'validityPeriod',
  'additionalProperties',
  'keyUUID',
  'applicationUUID',
  'name',
  'description',
  'metadata',
  'attributes',
  'constructor',
  'toString',
];
const object = fc.dictionary(fc.oneof(fc.constantFrom(...names), text), value, { maxKeys: 5 });

/** A valid body with some of its fields replaced, or something that is no such body at all. */
const change = fc.oneof(
  fc.record({ kind: fc.constant('fields' as const), fields: object }),
  fc.record({ kind: fc.constant('json' as const), json: value }),
  fc.record({ kind: fc.constant('text' as const), text: fc.string({ unit: 'binary' }) }),
  fc.record({ kind: fc.constant('bytes' as const), bytes: fc.uint8Array({ maxLength: 60 }) }),
  fc.record({
    kind: fc.constant('cut' as const),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    with: text,
  }),
  fc.record({
    kind: fc.constant('deep' as const),
    depth: fc.integer({ min: 1, max: 12_000 }),
    list: fc.boolean(),
  }),
);
type Change = typeof change extends fc.Arbitrary<infer T> ? T : never;

function bodyOf(valid: unknown, chosen: Change): Pick<TestRequest, 'body' | 'isBase64Encoded'> {
  switch (chosen.kind) {
    case 'fields':
      return { body: JSON.stringify({ ...(typeof valid === 'object' && valid), ...chosen.fields }) };
    case 'json':
      return { body: JSON.stringify(chosen.json) };
    case 'text':
      return { body: chosen.text };
    case 'bytes':
      return { body: Buffer.from(chosen.bytes).toString('base64'), isBase64Encoded: true };
    case 'cut': {
      // Something put into the middle of a valid body: a field twice, a quotation mark, half a character.
      const whole = JSON.stringify(valid);
      const at = Math.floor(chosen.at * whole.length);
      return { body: whole.slice(0, at) + chosen.with + whole.slice(at) };
    }
    case 'deep': {
      const [open, close] = chosen.list ? ['[', ']'] : ['{"a":', '}'];
      return { body: `{"a":${open.repeat(chosen.depth)}1${close.repeat(chosen.depth)}}` };
    }
  }
}

const query = fc.dictionary(
  fc.oneof(fc.constantFrom('limit', 'offset', 'query', 'apiId', 'applicationId'), text),
  text,
  {
    maxKeys: 3,
  },
);

describe('any request to the management APIs', () => {
  it('with any body is answered below 500, and changes nothing when it is refused', async () => {
    const routes = allRoutes(harness).filter(({ takesBody }) => takesBody);
    await fc.assert(
      fc.asyncProperty(fc.nat(routes.length - 1), change, async (index, chosen) => {
        const [route] = routes.slice(index);
        if (route === undefined) return;
        const request = sampleRequest(route, ids);
        await expectSound({ ...request, ...bodyOf(request.body, chosen) });
      }),
      { numRuns: 250 },
    );
  });

  it.each<readonly [string, Partial<TestRequest>]>([
    ['a field twice', { body: '{"name":"a","name":"b","throttlingPolicy":"Unlimited","keyUUID":"x"}' }],
    ['a prototype', { body: '{"__proto__":{"keyUUID":"x"},"name":"a","throttlingPolicy":"Unlimited"}' }],
    ['a number that no number can hold', { body: '{"validityPeriod":1e400,"name":1e400,"keyUUID":-1e400}' }],
    ['a number of many digits', { body: `{"validityPeriod":${'9'.repeat(1_000)},"name":1,"keyUUID":1}` }],
    [
      'half a surrogate pair',
      { body: '{"name":"\\ud800","keyName":"\\udfff","reason":"\\ud800","keyUUID":1}' },
    ],
    [
      'many fields',
      { body: JSON.stringify(Object.fromEntries(Array.from({ length: 3_000 }, (_, at) => [`f${at}`, at]))) },
    ],
    ['a byte order mark and no more', { body: '\ufeff' }],
    ['UTF-16', { body: Buffer.from('\ufeff{}', 'utf16le').toString('base64'), isBase64Encoded: true }],
    ['a compressed body', { body: gzipSync('{}').toString('base64'), isBase64Encoded: true }],
    ['a compressed body that says so', { headers: { 'content-encoding': 'gzip' } }],
    ['another charset', { headers: { 'content-type': 'application/json; charset=utf-16le' } }],
    ['a form', { headers: { 'content-type': 'multipart/form-data; boundary=x' }, body: '--x--' }],
    [
      'XML',
      { headers: { 'content-type': 'application/xml' }, body: '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>' },
    ],
  ])('with %s is refused by every route that takes a body, and changes nothing', async (what, change) => {
    for (const route of allRoutes(harness).filter(({ takesBody }) => takesBody)) {
      const request = { ...sampleRequest(route, ids), ...change };
      const { status } = await harness.as('alice', ...route.roles)(request);
      expect([route.operationId, what, status >= 400 && status < 500]).toEqual([
        route.operationId,
        what,
        true,
      ]);
    }
    expect(harness.logged).toEqual([]);
    expect(await readTable(harness.table.store)).toEqual(table);
  });

  it('with any query is answered below 500, and changes nothing when it is refused', async () => {
    const routes = allRoutes(harness).filter(({ method }) => method === 'GET');
    await fc.assert(
      fc.asyncProperty(fc.nat(routes.length - 1), query, async (index, asked) => {
        const [route] = routes.slice(index);
        if (route !== undefined) await expectSound({ ...sampleRequest(route, ids), query: asked });
      }),
      { numRuns: 120 },
    );
  });

  it('with any path and method is answered below 500, and changes nothing when it is refused', async () => {
    const routes = allRoutes(harness);
    const segments = fc.array(text, { minLength: 1, maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(routes.length - 1),
        segments,
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS', 'X'),
        fc.boolean(),
        async (index, parts, method, fill) => {
          const [route] = routes.slice(index);
          if (route === undefined) return;
          const names = Object.keys(ids);
          const path = fill
            ? sampleRequest(route, Object.fromEntries(names.map((name) => [name, parts.join('')]))).path
            : `${PORTAL}/${parts.join('/')}`;
          // A slash at the end is served as if it were not there.
          await expectSound({ method, path: path.replace(/\/+$/, ''), body: {} });
        },
      ),
      { numRuns: 150 },
    );
  });

  it('with any headers and claims is answered below 500, and changes nothing when it is refused', async () => {
    const claims = fc.dictionary(fc.constantFrom('sub', 'username', 'cognito:groups', 'x'), text);
    const headers = fc.dictionary(
      fc.constantFrom('content-type', 'accept', 'content-length', 'if-match'),
      text,
    );
    const [list] = allRoutes(harness);
    await fc.assert(
      fc.asyncProperty(claims, headers, async (claimed, sent) => {
        const request = { method: 'GET', path: list?.path ?? '', headers: sent, claims: claimed };
        const answer = await harness.send(request);
        expect(answer.status).toBeLessThan(500);
        await expectSound({ method: 'POST', path: `${PORTAL}/applications`, headers: sent, body: '{}' });
      }),
      { numRuns: 60 },
    );
  });

  it('left the items of the table in agreement', async () => {
    expect(await contradictionsIn(harness.table.store)).toEqual([]);
  });
});

describe('a list of the management APIs', () => {
  const lists = () => allRoutes(harness).filter(isPaged);
  const asked = (route: Route, query: Readonly<Record<string, string>>) => {
    const request = sampleRequest(route, ids);
    return harness.as('alice', ...route.roles)({ ...request, query: { ...request.query, ...query } });
  };

  it.each(['0', '-1', '1,2', '1.5', ' 1', '1e3', '١', 'all', '0x10'])(
    'refuses the limit %j everywhere, and says which parameter is wrong',
    async (limit) => {
      for (const route of lists()) {
        const answer = await harness.as(
          'alice',
          ...route.roles,
        )({ ...sampleRequest(route, ids), query: { limit } });
        expect([route.operationId, answer.status]).toEqual([route.operationId, 400]);
        expect(Entity.parse(answer.json).error[0]?.message).toMatch(/^limit: /);
      }
    },
  );

  it.each(['1001', '5000', '99999999999999999', '9'.repeat(400)])(
    'takes the limit %s for the most that a page has',
    async (limit) => {
      for (const route of lists()) {
        const answer = await asked(route, { limit });
        if (answer.status !== 404) {
          expect([route.operationId, answer.json]).toMatchObject([
            route.operationId,
            { pagination: { limit: 1000 } },
          ]);
        }
      }
    },
  );

  it.each(['-1', '1,2', '1.5', '99999999999999999'])('refuses the offset %j everywhere', async (offset) => {
    for (const route of lists()) {
      const answer = await harness.as(
        'alice',
        ...route.roles,
      )({ ...sampleRequest(route, ids), query: { offset } });
      expect([route.operationId, answer.status]).toEqual([route.operationId, 400]);
      expect(Entity.parse(answer.json).error[0]?.message).toMatch(/^offset: /);
    }
  });

  it('takes no notice of empty parameters', async () => {
    for (const route of lists()) {
      const asUsual = await asked(route, {});
      const answer = await asked(route, { limit: '', offset: '', query: '' });
      expect([route.operationId, answer.json]).toEqual([route.operationId, asUsual.json]);
    }
  });
});

describe('a parameter that no contract knows', () => {
  const asked = (route: Route, query: Readonly<Record<string, string>>) => {
    const request = sampleRequest(route, ids);
    return harness.as('alice', ...route.roles)({ ...request, query: { ...request.query, ...query } });
  };

  it('is ignored by what reads', async () => {
    for (const route of allRoutes(harness).filter(({ method }) => method === 'GET')) {
      const answer = await asked(route, { unknown: '1' });
      expect([route.operationId, answer.json]).toEqual([route.operationId, (await asked(route, {})).json]);
    }
  });

  it('is refused by what changes something: a misspelt filter must not widen it', async () => {
    for (const route of allRoutes(harness).filter(({ method }) => method !== 'GET')) {
      const answer = await asked(route, { unknown: '1' });
      expect([route.operationId, answer.status]).toEqual([route.operationId, 400]);
    }
  });
});
