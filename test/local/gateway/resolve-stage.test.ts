import { describe, expect, it } from 'vitest';
import type { FixedApi } from '../../../local/gateway/receive/resolve-stage.ts';
import { hostName, indexStages, resolveStage } from '../../../local/gateway/receive/resolve-stage.ts';
import { api, API_ID, EXECUTE_HOST, stage } from './fixtures.ts';

const pizza = api({ stages: [stage({ name: 'production' }), stage({ name: 'sandbox' })] });
const petstore = api({ apiId: 'petstore12', stages: [stage()] });
const closed = api({ apiId: 'closed1234', executeApiEndpointDisabled: true });

const index = indexStages(
  [pizza, petstore, closed],
  [
    { domainName: 'API.example.com', mappingKey: '', apiId: 'petstore12', stage: '$default' },
    { domainName: 'api.example.com', mappingKey: 'pizza', apiId: API_ID, stage: 'sandbox' },
    { domainName: 'api.example.com', mappingKey: 'pizza/1.0.0', apiId: API_ID, stage: 'production' },
    { domainName: 'only.example.com', mappingKey: 'pizza', apiId: API_ID, stage: 'sandbox' },
    { domainName: 'closed.example.com', mappingKey: '', apiId: 'closed1234', stage: '$default' },
  ],
);

function resolved(host: string, path: string, fixed?: FixedApi): unknown {
  const result = resolveStage(index, host, path, fixed);
  return 'refused' in result ? result.refused : [result.api.apiId, result.stage.name, result.routePath];
}

describe('resolveStage', () => {
  it.each([
    ['/pizza/1.0.0/menu', [API_ID, 'production', '/menu']],
    ['/pizza/1.0.0', [API_ID, 'production', '/']],
    ['/pizza/1.0.0/', [API_ID, 'production', '/']],
    ['/pizza/1.0.01/menu', [API_ID, 'sandbox', '/1.0.01/menu']],
    ['/pizza/menu', [API_ID, 'sandbox', '/menu']],
    ['/pizzas/menu', ['petstore12', '$default', '/pizzas/menu']],
    ['/Pizza/menu', ['petstore12', '$default', '/Pizza/menu']],
    ['/', ['petstore12', '$default', '/']],
  ])('takes the longest mapping key that matches whole segments of %s', (path, expected) => {
    expect(resolved('api.example.com', path)).toEqual(expected);
  });

  it('answers 403 when no mapping of a domain takes the path', () => {
    expect(resolved('only.example.com', '/menu')).toBe(403);
  });

  it('answers 403 for a host that no API has', () => {
    expect(resolved('unknown.example.com', '/')).toBe(403);
    expect(resolved('nosuchapi1.execute-api.us-east-1.amazonaws.com', '/')).toBe(403);
    expect(resolved('', '/')).toBe(403);
  });

  it('takes the first path segment of an execute-api host as the stage', () => {
    expect(resolved(EXECUTE_HOST, '/sandbox/menu/1')).toEqual([API_ID, 'sandbox', '/menu/1']);
    expect(resolved(EXECUTE_HOST, '/sandbox')).toEqual([API_ID, 'sandbox', '/']);
    expect(resolved(`${API_ID}.execute-api.localhost`, '/production/')).toEqual([API_ID, 'production', '/']);
  });

  it('answers 404 for an unknown stage of an API without $default', () => {
    expect(resolved(EXECUTE_HOST, '/menu')).toBe(404);
    expect(resolved(EXECUTE_HOST, '/')).toBe(404);
  });

  it('serves the whole path from $default where no stage has that name', () => {
    const host = 'petstore12.execute-api.us-east-1.amazonaws.com';
    expect(resolved(host, '/menu')).toEqual(['petstore12', '$default', '/menu']);
    expect(resolved(host, '/$default/menu')).toEqual(['petstore12', '$default', '/$default/menu']);
  });

  it('answers 404 on a disabled execute-api endpoint while its domain still serves', () => {
    expect(resolved('closed1234.execute-api.us-east-1.amazonaws.com', '/')).toBe(404);
    expect(resolved('closed.example.com', '/x')).toEqual(['closed1234', '$default', '/x']);
  });

  it('serves a fixed API whatever the host', () => {
    expect(resolved('anything', '/x', { apiId: 'petstore12' })).toEqual(['petstore12', '$default', '/x']);
    expect(resolved('anything', '/sandbox/x', { apiId: API_ID })).toEqual([API_ID, 'sandbox', '/x']);
    expect(resolved('anything', '/sandbox/x', { apiId: API_ID, stage: 'production' })).toEqual([
      API_ID,
      'production',
      '/sandbox/x',
    ]);
    expect(resolved('anything', '/', { apiId: 'nosuchapi1' })).toBe(404);
  });

  it('refuses a mapping to a stage that does not exist, by name', () => {
    const mapping = { domainName: 'a.example.com', mappingKey: 'k', apiId: API_ID, stage: 'missing' };
    expect(() => indexStages([pizza], [mapping])).toThrow(/"k" of a\.example\.com .* missing/);
  });
});

describe('hostName', () => {
  it.each([
    ['LocalHost:8243', 'localhost'],
    ['api.example.com', 'api.example.com'],
    ['[::1]:8243', '[::1]'],
    ['[::1]', '[::1]'],
    ['host:', 'host'],
  ])('reads %s as %s', (header, host) => {
    expect(hostName(header)).toBe(host);
  });
});
