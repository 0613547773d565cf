import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { MAX_BODY_BYTES } from '../../../lambdas/platform/http/read-body.ts';
import type { Route } from '../../../lambdas/platform/http/route.ts';
import {
  openManagementHarness,
  type ManagementHarness,
  type TestRequest,
} from '../../support/management-harness.ts';
import { allRoutes, callerOf, sampleIds, sampleRequest } from '../../support/management-routes.ts';
import { readTable, type StoredItem } from '../../support/table-contents.ts';

let harness: ManagementHarness;
let before: readonly StoredItem[];
/** Looks like a key; must come back from nowhere. */
const SECRET = createKeyValue('kb', 'PRODUCTION');

beforeAll(async () => {
  harness = await openManagementHarness();
  before = await readTable(harness.table.store);
});

afterAll(() => harness.close());

const Entity = z.strictObject({
  code: z.int().min(400).max(499),
  message: z.string().min(1),
  description: z.string().min(1),
  moreInfo: z.literal(''),
  error: z.array(z.strictObject({ code: z.string(), message: z.string().min(1) })),
});

const withBody = (): readonly Route[] => allRoutes(harness).filter(({ takesBody }) => takesBody);

/** Sends it, and expects a refusal that says what is wrong, repeats no secret, and wrote nothing. */
async function expectRefusal(route: Route, change: Partial<TestRequest>, status: number, what: unknown) {
  const answer = await callerOf(harness, route)({ ...sampleRequest(route, sampleIds(harness)), ...change });
  expect([route.operationId, what, answer.status]).toEqual([route.operationId, what, status]);
  const entity = Entity.parse(answer.json);
  expect(entity.code).toBe(status);
  expect(answer.text).not.toMatch(/ at .*\.ts|node_modules|ZodError|SyntaxError|dynamo/i);
  // In the words of zod, whose names of types are no caller's.
  expect(answer.text).not.toMatch(/invalid (?:input|option|key)|unrecognized|expected|too (?:big|small)/i);
  expect(answer.text).not.toContain(SECRET.slice(8, 51));
  return entity;
}

async function expectNothingWritten(): Promise<void> {
  expect(await readTable(harness.table.store)).toEqual(before);
  expect(harness.logged).toEqual([]);
}

const base64 = (bytes: readonly number[]) => ({
  body: Buffer.from(bytes).toString('base64'),
  isBase64Encoded: true,
});

describe('the sample bodies', () => {
  it('are valid: what is refused below is refused for its fault', async () => {
    for (const route of withBody()) {
      const ids = { ...sampleIds(harness), apiId: sampleIds(harness)['keyUUID'] ?? '' };
      const { status } = await callerOf(harness, route)(sampleRequest(route, ids));
      expect(['ok', 201, 404]).toContain(
        status === 200 && route.operationId === 'bulkRevokeApiKeys' ? 'ok' : status,
      );
    }
    before = await readTable(harness.table.store);
  });
});

describe('a body', () => {
  it.each<readonly [string, Partial<TestRequest>, number]>([
    ['none', { body: undefined }, 400],
    ['empty', { body: '' }, 400],
    ['malformed', { body: '{"keyUUID": "1"' }, 400],
    ['malformed, with a secret in it', { body: `{"keyName": ${SECRET}}` }, 400],
    ['with a trailing comma', { body: '{"a":1,}' }, 400],
    ['an array', { body: '[]' }, 400],
    ['an array with an object', { body: '[{}]' }, 400],
    ['a text', { body: JSON.stringify(SECRET) }, 400],
    ['a number', { body: '7' }, 400],
    ['null', { body: 'null' }, 400],
    ['deeply nested', { body: '['.repeat(30_000) }, 400],
    ['deeply nested and well formed', { body: `{"a":${'['.repeat(9_999)}${']'.repeat(9_999)}}` }, 400],
    ['no UTF-8', base64([0x7b, 0xff, 0xfe, 0x7d]), 400],
    ['UTF-8 cut short', base64([0x22, 0xc3]), 400],
    ['UTF-16', base64([0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]), 400],
    ['not base64 at all', { body: '!!!!', isBase64Encoded: true }, 400],
    ['a form', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 415],
    ['plain text', { headers: { 'content-type': 'text/plain; x=application/json' } }, 415],
    ['of a type that only begins like JSON', { headers: { 'content-type': 'application/jsonp' } }, 415],
    ['one byte too large', { body: `"${'x'.repeat(MAX_BODY_BYTES - 1)}"` }, 413],
    ['too large in bytes, not in characters', { body: `"${'é'.repeat(MAX_BODY_BYTES / 2)}"` }, 413],
    [
      'too large once it is decoded',
      { body: Buffer.alloc(MAX_BODY_BYTES + 1, 32).toString('base64'), isBase64Encoded: true },
      413,
    ],
  ])('that is %s is refused by every route that takes one', async (what, change, status) => {
    for (const route of withBody()) await expectRefusal(route, change, status, what);
    await expectNothingWritten();
  });

  it('is read in base64 and as a JSON type of its own, too', async () => {
    for (const route of withBody().filter(({ operationId }) => operationId === 'regenerateApiKey')) {
      const request = sampleRequest(route, sampleIds(harness));
      const encoded = {
        ...request,
        body: Buffer.from(JSON.stringify(request.body)).toString('base64'),
        isBase64Encoded: true,
        headers: { 'content-type': 'application/vnd.test+json; charset=utf-8' },
      };
      expect((await callerOf(harness, route)(encoded)).status).toBe(404);
    }
  });
});

type Path = readonly string[];

/** Objects whose fields developers name themselves. */
const RECORDS = ['attributes', 'metadata'];

/** Fields that WSO2's clients also send as `null`. */
const NULL_SAYS_NOTHING = [
  ...['description', 'tokenType', 'attributes', 'keyName', 'keyType', 'validityPeriod', 'metadata'],
  ...['additionalProperties', 'permittedIP', 'permittedReferer', 'displayName', 'defaultLimit'],
  ...['rateLimitCount', 'rateLimitTimeUnit', 'stopOnQuotaReach', 'burstLimit'],
];

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The path of every field of a body, those of its objects included. */
function fieldsOf(value: unknown, path: Path = []): readonly Path[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    [...path, name],
    ...fieldsOf(inner, [...path, name]),
  ]);
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value);
}

function replaced(value: unknown, [name, ...rest]: Path, by: unknown): unknown {
  if (name === undefined) return by;
  return isObject(value) ? { ...value, [name]: replaced(value[name], rest, by) } : by;
}

/** Runs for every field of every sample body. */
async function forEachField(run: (route: Route, body: unknown, path: Path) => Promise<void>): Promise<void> {
  for (const route of withBody()) {
    const { body } = sampleRequest(route, sampleIds(harness));
    for (const path of fieldsOf(body)) await run(route, body, path);
  }
}

describe('a field of a body', () => {
  it('of a wrong type is refused, and named, in every body', async () => {
    const samples: readonly unknown[] = ['no', 7, 1.5, true, null, [], [SECRET], { [SECRET.slice(0, 3)]: 1 }];
    await forEachField(async (route, body, path) => {
      const kind = (value: unknown) =>
        Array.isArray(value) || value === null ? String(value) : typeof value;
      const right = valueAt(body, path);
      const isTolerated = (sample: unknown) =>
        sample === null && route.method !== 'PATCH' && NULL_SAYS_NOTHING.includes(path.at(-1) ?? '');
      for (const wrong of samples.filter((sample) => kind(sample) !== kind(right) && !isTolerated(sample))) {
        const what = [path, wrong];
        const { error } = await expectRefusal(route, { body: replaced(body, path, wrong) }, 400, what);
        expect(error.map(({ message }) => message).join()).toContain(path.join('.'));
      }
    });
    await expectNothingWritten();
  });

  it('with a secret in the wrong place is refused without repeating it', async () => {
    await forEachField(async (route, body, path) => {
      const right = valueAt(body, path);
      if (typeof right !== 'string') return;
      for (const spoilt of [`\u0000${SECRET}`, ` ${SECRET}\n\u0007`, `${SECRET}\ud800`, SECRET.repeat(200)]) {
        await expectRefusal(route, { body: replaced(body, path, spoilt) }, 400, [path, 'secret']);
      }
    });
    await expectNothingWritten();
  });

  it('with control characters or lone surrogates is refused', async () => {
    await forEachField(async (route, body, path) => {
      if (typeof valueAt(body, path) !== 'string') return;
      for (const text of ['a\u0000b', 'a\u001bb', 'a\u007fb', 'a\u0085b', '\ud800', 'a\udc00', 'a\r\nb: c']) {
        await expectRefusal(route, { body: replaced(body, path, text) }, 400, [path, text]);
      }
    });
    await expectNothingWritten();
  });

  it('that an operation does not know is refused at every level, prototypes included', async () => {
    for (const route of withBody()) {
      const { body } = sampleRequest(route, sampleIds(harness));
      const objects: Path[] = [[], ...fieldsOf(body).filter((path) => isObject(valueAt(body, path)))];
      for (const path of objects.filter((candidate) => !RECORDS.includes(candidate.at(-1) ?? ''))) {
        for (const name of ['unknown', 'KEYUUID', '__proto__', 'constructor', '']) {
          const text = JSON.stringify(replaced(body, [...path, '@name@'], SECRET));
          await expectRefusal(route, { body: text.replace('@name@', name) }, 400, [path, name]);
        }
      }
    }
    await expectNothingWritten();
  });

  it('that WSO2 requires is named when it is missing', async () => {
    const required: Readonly<Record<string, readonly string[]>> = {
      createApplication: ['name', 'throttlingPolicy'],
      updateApplication: ['name', 'throttlingPolicy'],
      createSubscription: ['applicationId', 'apiId', 'throttlingPolicy'],
      regenerateApiKey: ['keyUUID'],
      revokeApiKey: ['keyUUID'],
      associateApiKey: ['keyUUID', 'applicationUUID'],
      dissociateApiKey: ['keyUUID'],
      dryRunApiKey: ['keyUUID'],
      dryRunApplicationKey: ['keyUUID', 'apiId'],
      revokeAnyApiKey: ['keyUUID'],
      regenerateApplicationKey: ['keyUUID'],
      associateKeyWithApplication: ['apiUUID', 'keyUUID'],
      dissociateKeyFromApplication: ['keyUUID'],
      bulkRevokeApiKeys: ['filter'],
      createSubscriptionPolicy: ['policyName'],
      createApplicationPolicy: ['policyName'],
    };
    for (const route of withBody()) {
      const { body } = sampleRequest(route, sampleIds(harness));
      const names = required[route.operationId] ?? [];
      for (const name of names) {
        const change = { body: replaced(body, [name], undefined) };
        const { error } = await expectRefusal(route, change, 400, name);
        expect(error).toEqual([{ code: '400', message: `${name}: is required` }]);
      }
      if (names.length > 0) {
        const { error } = await expectRefusal(route, { body: {} }, 400, '{}');
        expect(error).toHaveLength(names.length);
      }
    }
    await expectNothingWritten();
  });
});
