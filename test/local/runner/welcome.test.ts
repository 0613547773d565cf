import { describe, expect, it } from 'vitest';
import type { HttpApi } from '../../../local/gateway/model.ts';
import { welcome } from '../../../local/runner/welcome.ts';

/** A protected API with two stages. */
function api(name: string, routeKeys: readonly string[], variables: Readonly<Record<string, string>>) {
  const served: HttpApi = {
    apiId: name.toLowerCase(),
    name,
    executeApiEndpointDisabled: false,
    routes: routeKeys.map((routeKey) => ({
      routeId: routeKey,
      routeKey,
      authorization: { type: 'NONE' },
      integration: {
        integrationId: 'i',
        type: 'AWS_PROXY',
        payloadFormatVersion: '2.0',
        uri: '',
        timeoutMilliseconds: 1,
        requestParameters: {},
        responseParameters: {},
      },
    })),
    stages: ['production', 'sandbox'].map((stage) => ({ name: stage, variables })),
  };
  return served;
}

const OPEN = { keyboundKeyHeader: 'petstore_key', keyboundSubscription: 'optional' };
const PAID = { keyboundKeyHeader: 'apikey', keyboundSubscription: 'required' };

function greet(apis: readonly HttpApi[], managementUrl = 'http://localhost:9443'): string {
  const served = apis.map(({ name, apiId }) => ({
    name,
    apiId,
    urls: { production: `http://localhost:1/${apiId}/production`, sandbox: 'http://localhost:1/s' },
  }));
  return welcome({ apis: served, managementUrl, assembly: { apis } }, undefined);
}

describe('what a person reads when a runner is ready', () => {
  it('has the lines for a first key of an API that needs no subscription, if there is one', () => {
    const text = greet([
      api('Pizza 1.0.0', ['GET /menu'], PAID),
      api('Pet 2.0', ['POST /pet', 'GET /pet/{id}'], OPEN),
    ]);
    expect(text).toContain('  Pizza 1.0.0 (sandbox): http://localhost:1/s\n');
    expect(text).toContain('echo alice | npx keybound login --password --username alice\n');
    expect(text).toContain('KEY=$(npx keybound keys generate --api "Pet" --name "My first key")\n');
    expect(text).toContain('curl -s http://localhost:1/pet 2.0/production/pet/1 -H "petstore_key: $KEY"\n');
  });

  it('prefers a path without parameters, and names the management API when it is elsewhere', () => {
    const text = greet([api('Pizza 1.0.0', ['GET /order/{id}', 'GET /menu'], PAID)], 'http://localhost:8000');
    expect(text).toContain('/production/menu -H "apikey: $KEY"');
    expect(text).toContain('--username alice --url http://localhost:8000\n');
    expect(text).toContain('--name "My first key" --url http://localhost:8000)\n');
  });

  it('sends the key in the query where no header takes it', () => {
    const text = greet([api('Old 1', ['ANY /a'], { keyboundKeyQueryParameter: 'key' })]);
    expect(text).toContain('curl -s "http://localhost:1/old 1/production/a?key=$KEY"\n');
  });

  it('has the line for a token where no API wants a key', () => {
    const text = greet([api('Plain', ['GET /a'], {})]);
    expect(text).toContain('curl -s http://localhost:9443/oauth2/token -d grant_type=password');
    expect(text).not.toContain('npx keybound');
  });
});
