import { readdirSync, readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../../lambdas/platform/clock.ts';
import { createStore } from '../../../lambdas/platform/dynamodb/create-store.ts';
import { openApiDocument } from '../../../lambdas/platform/http/open-api.ts';
import { defineRoute, noBody, noParams, noQuery } from '../../../lambdas/platform/http/route.ts';
import { describedApis } from '../../../scripts/management-apis.ts';

const folder = new URL('../../../docs/openapi/', import.meta.url);
const apis = describedApis({
  store: createStore('none', systemClock),
  clock: systemClock,
  keyPrefix: 'kb',
}).map(({ name, api, routes }) => ({ name, api, routes, document: asJson(openApiDocument(api, routes)) }));

const Operation = z.looseObject({
  operationId: z.string(),
  parameters: z.array(z.looseObject({ name: z.string().optional(), in: z.string().optional() })).default([]),
});
const Paths = z.object({ paths: z.record(z.string(), z.record(z.string(), Operation)) });

function asJson(value: unknown): Record<string, unknown> {
  return z.record(z.string(), z.unknown()).parse(JSON.parse(JSON.stringify(value)));
}

describe('the OpenAPI documents', () => {
  it('are those of developers, administrators, publishers and holders of a key', () => {
    expect(apis.map(({ name }) => name)).toEqual(['portal', 'admin', 'publisher', 'holder']);
    expect(readdirSync(folder).sort()).toEqual([
      'admin.json',
      'holder.json',
      'portal.json',
      'publisher.json',
    ]);
  });

  it.each(apis)(
    'of $name is checked in as the routes are; if not, run `npm run openapi`',
    ({ name, document }) => {
      expect(JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'))).toEqual(document);
    },
  );

  it.each(apis)('of $name is valid OpenAPI 3.1 in the eyes of another', async ({ document }) => {
    const validator = new Validator();
    expect(await validator.validate(document)).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
    expect(JSON.stringify(validator.resolveRefs())).not.toContain('"$ref":"#/components/responses');
  });

  it.each(apis)(
    'of $name has every operation, and refers to nothing that it lacks',
    ({ api, routes, document }) => {
      const { paths } = Paths.parse(document);
      const described = Object.entries(paths).flatMap(([path, operations]) =>
        Object.entries(operations).map(([method, { operationId }]) => [
          operationId,
          method,
          `${api.base}${path}`,
        ]),
      );
      const defined = routes.map(({ operationId, method, path }) => [
        operationId,
        method.toLowerCase(),
        path,
      ]);
      expect(described.sort()).toEqual(defined.sort());
      for (const [, pointer = ''] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
        const found = pointer
          .split('/')
          .reduce<unknown>((part, name) => z.record(z.string(), z.unknown()).parse(part)[name], document);
        expect(found, pointer).toBeDefined();
      }
    },
  );

  it.each(apis)('of $name says each parameter of a path', ({ document }) => {
    for (const [path, operations] of Object.entries(Paths.parse(document).paths)) {
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { operationId, parameters } of Object.values(operations)) {
        const declared = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
        expect(declared, operationId).toEqual(names);
      }
    }
  });

  it('give every operation of all APIs a name of its own', () => {
    const names = apis
      .flatMap(({ routes }) => routes.map(({ operationId }) => operationId))
      .filter((name) => name !== 'getOpenApiDocument');
    expect(new Set(names).size).toBe(names.length);
  });

  it('have short summaries without a full stop', () => {
    for (const { summary } of apis.flatMap(({ routes }) => routes)) {
      expect(summary).toMatch(/^[A-Z].{3,78}[^.]$/);
    }
  });
});

describe('every route of the management APIs', () => {
  const routes = apis.flatMap((api) => api.routes);

  it('that creates something takes an Idempotency-Key', () => {
    const creating = routes.filter(({ status, path }) => status === 201 || /\/(?:re)?generate$/.test(path));
    expect(creating.length).toBeGreaterThan(5);
    for (const { operationId, supports = [] } of creating) {
      expect(supports, operationId).toContain('idempotency-key');
    }
  });

  it('that changes or deletes what has an ETag honours If-Match', () => {
    const tagged = new Set(
      routes
        .filter(({ method, supports = [] }) => method === 'GET' && supports.includes('etag'))
        .map(({ path }) => path),
    );
    expect(tagged.size).toBeGreaterThan(2);
    const changing = routes.filter(({ method, path }) => tagged.has(path) && method !== 'GET');
    expect(changing.length).toBeGreaterThan(3);
    for (const { operationId, supports = [] } of changing) {
      expect(supports, operationId).toContain('if-match');
    }
  });

  it('that answers a list has no ETag: a page has no version', () => {
    for (const { operationId, supports = [] } of routes.filter(({ operationId: name }) =>
      name.startsWith('list'),
    )) {
      expect(supports, operationId).not.toContain('etag');
    }
  });
});

describe('openApiDocument', () => {
  const route = (operationId: string, response: z.ZodType) =>
    defineRoute({
      method: 'GET',
      path: `/api/test/v1/${operationId}`,
      operationId,
      summary: 'A test',
      tag: 'Tests',
      roles: ['developer'],
      params: noParams,
      query: noQuery,
      body: noBody,
      status: 200,
      response,
      handle: () => Promise.resolve({ status: 200 }),
    });
  const api = { title: 'Test', description: '', base: '/api/test/v1' };

  it('keeps a named schema once, for all who refer to it', () => {
    const named = z.strictObject({ a: z.string() }).meta({ id: 'TestNamed' });
    const document = asJson(
      openApiDocument(api, [route('one', named), route('many', z.strictObject({ list: z.array(named) }))]),
    );
    expect(document).toMatchObject({
      paths: {
        '/one': {
          get: {
            responses: {
              200: {
                content: { 'application/json': { schema: { $ref: '#/components/schemas/TestNamed' } } },
              },
            },
          },
        },
      },
      components: {
        schemas: { TestNamed: { type: 'object', required: ['a'], additionalProperties: false } },
      },
    });
  });

  it('refuses two schemas of one name, and what JSON Schema cannot say', () => {
    const one = z.strictObject({ a: z.string() }).meta({ id: 'TestTwice' });
    const other = z.strictObject({ b: z.string() }).meta({ id: 'TestTwice' });
    expect(() => openApiDocument(api, [route('one', one), route('other', other)])).toThrow('TestTwice');
    expect(() => openApiDocument(api, [route('date', z.strictObject({ at: z.date() }))])).toThrow();
  });
});
