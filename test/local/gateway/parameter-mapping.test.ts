import { describe, expect, it } from 'vitest';
import type { AuthorizerContext } from '../../../local/gateway/authorize/authorizer-context.ts';
import { NO_AUTHORIZER } from '../../../local/gateway/authorize/authorizer-context.ts';
import { GatewayConfigurationError, loadApi } from '../../../local/gateway/route/load-api.ts';
import { mapResponse } from '../../../local/gateway/respond/map-response.ts';
import {
  compileMapping,
  mapHeaders,
  mapQuery,
  render,
} from '../../../local/gateway/integrate/parameter-mapping.ts';
import { formatQuery } from '../../../local/gateway/receive/query-string.ts';
import type { RawParts } from './fixtures.ts';
import {
  api,
  functionArn,
  functions,
  guarded,
  lambda,
  returned,
  route,
  routedRequest,
  stage,
  startGateway,
} from './fixtures.ts';

const theApi = api({
  routes: [route('ANY /menu/{id}')],
  stages: [stage({ name: 'production', variables: { tier: 'gold' } })],
});

const authorizer: AuthorizerContext = {
  kind: 'lambda',
  context: { keyUUID: 'k-1', calls: 3, live: true, list: ['a'], empty: '' },
};

function facts(parts: RawParts = {}, context = authorizer) {
  const request = routedRequest({ target: '/production/menu/a%20b', ...parts }, theApi);
  return {
    request,
    routeKey: request.route.routeKey,
    authorizer: context,
    pathParameters: request.pathParameters,
  };
}

/** The values that a header has after the mapping. */
function header(name: string, mapping: Record<string, string>, parts: RawParts = {}, context = authorizer) {
  const given = facts(parts, context);
  const mapped = mapHeaders(given.request.headers, compileMapping(mapping, 'request').headers, given);
  return mapped.filter(([key]) => key === name).map(([, value]) => value);
}

function query(rawQuery: string, mapping: Record<string, string>) {
  const given = facts({ target: `/production/menu/1?${rawQuery}` });
  return formatQuery(mapQuery(given.request.query, compileMapping(mapping, 'request').query, given));
}

describe('request headers', () => {
  const sent: RawParts = { headers: [['x-user', 'forged']] };

  it('are overwritten, appended and removed by lower-case name', () => {
    expect(header('x-user', { 'overwrite:header.X-User': 'static' }, sent)).toEqual(['static']);
    expect(header('x-user', { 'append:header.X-User': 'static' }, sent)).toEqual(['forged', 'static']);
    expect(header('x-user', { 'remove:header.X-User': "''" }, sent)).toEqual([]);
  });

  it('lose what the client sent when an overwrite has no value', () => {
    const mapping = { 'overwrite:header.x-user': '$context.authorizer.user' };
    expect(header('x-user', mapping, sent)).toEqual([]);
    expect(header('x-user', mapping, sent, NO_AUTHORIZER)).toEqual([]);
  });

  it('keep what the client sent when an append has no value', () => {
    expect(header('x-user', { 'append:header.x-user': '$context.authorizer.user' }, sent)).toEqual([
      'forged',
    ]);
  });

  it('are appended, then overwritten, then removed, in whatever order that is declared', () => {
    const append = { 'append:header.x-user': 'a' };
    const overwrite = { 'overwrite:header.x-user.2': 'o' };
    const remove = { 'remove:header.x-user.3': '' };
    expect(header('x-user', { ...overwrite, ...append }, sent)).toEqual(['o']);
    expect(header('x-user', { ...remove, ...overwrite, ...append }, sent)).toEqual([]);
    expect(header('x-user', { 'append:header.x-user.1': 'a', 'append:header.x-user.2': 'b' }, sent)).toEqual([
      'forged',
      'a',
      'b',
    ]);
  });

  it.each([
    ['$request.header.x-one', 'a,b'],
    ['$request.header.X-One', 'a,b'],
    ['$request.querystring.q', '1,2'],
    ['$request.path', '/menu/7'],
    ['$request.path.id', '7'],
    ['$context.authorizer.keyUUID', 'k-1'],
    ['$context.authorizer.calls', '3'],
    ['$context.authorizer.live', 'true'],
    ['$context.authorizer.empty', ''],
    ['$context.identity.sourceIp', '203.0.113.7'],
    ['$context.requestId', 'ATfSmjLgPHcESJw='],
    ['$context.routeKey', 'ANY /menu/{id}'],
    ['$stageVariables.tier', 'gold'],
    ['${context.authorizer.keyUUID}', 'k-1'],
    ['id=${request.path.id}; tier=${stageVariables.tier}!', 'id=7; tier=gold!'],
    ['$request.path.id $stageVariables.tier', '7 gold'],
    ['user ${context.authorizer.user}.', 'user .'],
    ['price: $5', 'price: $5'],
  ])('take the value of %s', (value, expected) => {
    const parts: RawParts = {
      target: '/production/menu/7?q=1&q=2',
      headers: [
        ['x-one', 'a'],
        ['x-one', 'b'],
      ],
    };
    expect(header('x-to', { 'overwrite:header.x-to': value }, parts)).toEqual([expected]);
  });

  it.each([
    '$context.authorizer',
    '$context.authorizer.list',
    '$context.authorizer.toString',
    '$context.nothing',
    '$stageVariables.none',
    '$request.header.none',
    '$request.querystring.none',
    '$request.path.none',
  ])('have no value for %s', (value) => {
    expect(header('x-to', { 'overwrite:header.x-to': value })).toEqual([]);
  });
});

describe('query parameters', () => {
  it('are removed by their decoded, case-sensitive name', () => {
    expect(query('apikey=1&%61pikey=2&APIKEY=3&x=%20', { 'remove:querystring.apikey': "''" })).toBe(
      'APIKEY=3&x=%20',
    );
  });

  it('are overwritten and appended, encoded', () => {
    expect(query('a=1&b=2&a=3', { 'overwrite:querystring.a': 'x y&z' })).toBe('b=2&a=x%20y%26z');
    expect(query('a=1', { 'append:querystring.a': '$request.path.id' })).toBe('a=1&a=1');
    expect(query('a=1', { 'overwrite:querystring.a': '$context.authorizer.user' })).toBe('');
  });
});

describe('the mapped path', () => {
  it('is rendered from the request', () => {
    const { path } = compileMapping({ 'overwrite:path': '/v2${request.path}' }, 'request');
    expect(path && render(path, facts())).toBe('/v2/menu/a b');
  });
});

describe('loading an API', () => {
  const load = (requestParameters: Record<string, string>) => () =>
    loadApi(api({ routes: [route('GET /menu', { integration: lambda({ requestParameters }) })] }));

  it.each([
    'authorization',
    'Origin',
    'X-Forwarded-For',
    'x-forwarded-host',
    'x-forwarded-proto',
    'x-amzn-trace-id',
    'x-amz-date',
    'access-control-allow-origin',
    'apigw-requestid',
    'Content-Length',
    'transfer-encoding',
    'via',
    'forwarded',
  ])('refuses a mapping of the reserved header %s, naming the API and the parameter', (name) => {
    for (const action of ['append', 'overwrite', 'remove']) {
      const key = `${action}:header.${name}`;
      expect(load({ [key]: 'x' })).toThrow(GatewayConfigurationError);
      expect(load({ [key]: 'x' })).toThrow(`API "PizzaShack": parameter "${key}"`);
    }
  });

  it.each([
    ['overwrite:statuscode', '200'],
    ['replace:header.x', '1'],
    ['header.x', '1'],
    ['append:path', '/x'],
    ['overwrite:header.', '1'],
    ['overwrite:header.x', '$request.body.name'],
    ['overwrite:header.x', '${nonsense}'],
  ])('refuses %s = %s', (key, value) => {
    expect(load({ [key]: value })).toThrow(`"${key}"`);
  });

  it('refuses response parameters that only requests have', () => {
    const integration = lambda({ responseParameters: { '200': { 'remove:querystring.x': '' } } });
    expect(() => loadApi(api({ routes: [route('GET /', { integration })] }))).toThrow(
      '"remove:querystring.x"',
    );
  });

  it('refuses a result cache without identity sources, and sources that it cannot read', () => {
    const caching = guarded({ resultTtlSeconds: 60 });
    expect(() => loadApi(api({ routes: [route('GET /', { authorization: caching })] }))).toThrow(
      'identity source',
    );
    for (const source of ['$request.body.x', '$request.path', 'apikey', 'method.request.header.x']) {
      const authorization = guarded({ identitySources: [source] });
      expect(() => loadApi(api({ routes: [route('GET /', { authorization })] }))).toThrow(`"${source}"`);
    }
  });
});

describe('response parameters', () => {
  const response = {
    status: 200,
    headers: [
      ['x-multi', 'a'],
      ['x-multi', 'b'],
      ['server', 'secret'],
    ],
    body: Buffer.from('{}'),
  } as const;
  const mapped = (mapping: Record<string, string>) =>
    mapResponse(response, compileMapping(mapping, 'response'), facts());

  it('change headers from the response, the context and stage variables', () => {
    const result = mapped({
      'remove:header.server': "''",
      'append:header.x-multi': '$stageVariables.tier',
      'overwrite:header.x-copy': '$response.header.x-multi',
      'overwrite:header.x-id': '$context.requestId',
    });
    expect(result?.headers).toEqual([
      ['x-multi', 'a'],
      ['x-multi', 'b'],
      ['x-multi', 'gold'],
      ['x-copy', 'a,b'],
      ['x-id', 'ATfSmjLgPHcESJw='],
    ]);
  });

  it('change the status code, and leave it when the value is no number', () => {
    expect(mapped({ 'overwrite:statuscode': '403' })?.status).toBe(403);
    expect(mapped({ 'overwrite:statuscode': 'two hundred' })?.status).toBe(200);
    expect(mapped({ 'overwrite:statuscode': '-1' })?.status).toBe(200);
    expect(mapped({ 'overwrite:statuscode': '$context.nothing' })?.status).toBe(200);
  });

  it.each(['99', '1000', '199', '600'])('make status %s an answer of the gateway', (status) => {
    expect(mapped({ 'overwrite:statuscode': status })).toBeUndefined();
  });

  it('change nothing for a status without mapping', () => {
    expect(mapResponse(response, undefined, facts())).toBe(response);
  });
});

describe('an authorizer that leaves a mapped field without a value', () => {
  const mapping = { 'overwrite:header.x-user': '$context.authorizer.user' };
  const answering = async (context: object) => {
    const { invoked, invoke } = functions(returned({ isAuthorized: true, context }));
    const integration = lambda({ requestParameters: mapping });
    const { origin, accessLog } = await startGateway({
      apis: [
        api({
          routes: [route('$default', { authorization: guarded(), integration })],
          stages: [
            stage({ accessLog: { destinationArn: 'arn', format: '$context.integrationErrorMessage' } }),
          ],
        }),
      ],
      invoke,
    });
    const { status } = await fetch(`${origin}/menu`, { headers: { 'x-user': 'forged' } });
    return { status, accessLog, calledBackend: invoked.includes(functionArn('backend')) };
  };

  it('fails the call before the backend: AWS does not say what would reach it', async () => {
    expect(await answering({ user: 'alice' })).toMatchObject({ status: 200, calledBackend: true });
    for (const context of [{}, { user: null }, { user: ['alice'] }]) {
      expect(await answering(context)).toEqual({
        status: 500,
        accessLog: ['$context.authorizer.user has no value'],
        calledBackend: false,
      });
    }
  });
});
