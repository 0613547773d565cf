import { Duration } from 'aws-cdk-lib';
import { DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { digestKeyValue } from '../../lambdas/core/keys/key-value.ts';
import { readStageVariables } from '../../lambdas/contract/stage-variables.ts';
import { readTrustedProxies } from '../../lambdas/core/restrictions/trusted-proxies.ts';
import { assumed } from '../../scripts/cost/assumptions.ts';
import { DEFAULT_THROTTLING } from '../../lib/constructs/throttling.ts';
import type { TrustedProxies } from '../../lib/constructs/trusted-proxies.ts';
import type { ReadStack } from './read-stack.ts';
import { documentOf, stageVariables, synthesize, type Props } from './shop-api.ts';

const URLS = { url: 'https://shop.example.com' } as const;
const DIGEST = digestKeyValue('a secret of the edge');
const proxies = (more: Partial<TrustedProxies> = {}): TrustedProxies => ({
  ranges: ['203.0.113.0/24', '2001:db8:ed6e::/48'],
  addressHeader: 'x-forwarded-for',
  proof: { header: 'x-edge-proof', sha256: DIGEST },
  ...more,
});

function onDomains(stack: Stack) {
  const certificate = Certificate.fromCertificateArn(
    stack,
    'Certificate',
    'arn:aws:acm:eu-west-1:111122223333:certificate/1',
  );
  const domain = (name: string) => ({
    domain: new DomainName(stack, name, { domainName: `${name}.example.com`, certificate }),
  });
  return { domains: { production: domain('api'), sandbox: domain('sandbox') } };
}

describe('the stages of an API', () => {
  it('are throttled by default as the page about cost says', () => {
    expect(assumed('defaultRate')).toBe(DEFAULT_THROTTLING.production.rateLimit);
  });

  const throttles = (stack: ReadStack, stage: string) => {
    const { DefaultRouteSettings, RouteSettings } = stack.at(`Shop/${stage}`).properties;
    return [DefaultRouteSettings, RouteSettings];
  };

  it('are throttled by default, the sandbox more', () => {
    const { stack } = synthesize();
    expect(throttles(stack, 'Production')).toEqual([
      { ThrottlingRateLimit: 1_000, ThrottlingBurstLimit: 2_000 },
      undefined,
    ]);
    expect(throttles(stack, 'Sandbox')).toEqual([
      { ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 },
      undefined,
    ]);
  });

  it('are throttled as they are told, by operation too, whose routes are there before', () => {
    const order = { rateLimit: 0.5, burstLimit: 1 };
    const { stack } = synthesize({
      throttling: { production: { rateLimit: 7, burstLimit: 9, routes: { 'POST /items': order } } },
    });
    expect(throttles(stack, 'Production')).toEqual([
      { ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9 },
      { 'POST /items': { ThrottlingRateLimit: 0.5, ThrottlingBurstLimit: 1 } },
    ]);
    expect(stack.at('Shop/Production').dependsOn).toContain('Shop/POST --items');
    expect(throttles(stack, 'Sandbox')[0]).toEqual({ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 });
  });
});

describe('the time that a backend has', () => {
  it('is that of API Gateway by default, and else what the property says', () => {
    const timeouts = (props: Props) =>
      synthesize(props)
        .stack.ofType('AWS::ApiGatewayV2::Integration')
        .map(({ properties }) => properties['TimeoutInMillis']);
    expect(timeouts({})).toEqual([undefined]);
    expect(new Set(timeouts({ backend: URLS, integrationTimeout: Duration.millis(1_500) }))).toEqual(
      new Set([1_500]),
    );
  });
});

describe('the address that API Gateway gives', () => {
  const isClosed = (props: Props, more?: (stack: Stack) => ReturnType<typeof onDomains>) =>
    synthesize(props, more).stack.at('Shop/Api').properties['DisableExecuteApiEndpoint'];

  it('is closed when domains serve both environments, unless the property says otherwise', () => {
    expect(isClosed({})).toBe(false);
    expect(isClosed({}, onDomains)).toBe(true);
    expect(isClosed({ disableExecuteApiEndpoint: false }, onDomains)).toBe(false);
  });
});

describe('trusted proxies', () => {
  it('are told to the authorizer in both stages, in canonical form, with the digest alone', () => {
    const { stack } = synthesize({
      trustedProxies: proxies({ ranges: ['203.0.113.9/24', '2001:DB8::/48'] }),
    });
    for (const stage of ['Production', 'Sandbox'] as const) {
      const text = readStageVariables(stageVariables(stack, stage))?.trustedProxies ?? '';
      expect(text).toBe(`x-forwarded-for&x-edge-proof&${DIGEST}&203.0.113.0/24,2001:db8::/48`);
      expect(readTrustedProxies(text).ranges).toHaveLength(2);
    }
  });

  it('can be as many as a CDN has, in several variables of which each is one', () => {
    const ranges = Array.from({ length: 200 }, (_, index) => `10.${index}.0.0/16`);
    const { stack } = synthesize({ trustedProxies: proxies({ ranges }) });
    const variables = stageVariables(stack, 'Production');
    for (const value of Object.values(variables)) {
      expect(value).toMatch(/^[A-Za-z0-9\-._~:/?#&=,]{1,512}$/);
    }
    const text = readStageVariables(variables)?.trustedProxies ?? '';
    expect(readTrustedProxies(text).ranges).toHaveLength(200);
  });

  it('prove themselves with a header that the backend does not get', () => {
    const { stack } = synthesize({ trustedProxies: proxies() });
    for (const { properties } of stack.ofType('AWS::ApiGatewayV2::Integration')) {
      expect(properties['RequestParameters']).toMatchObject({ 'remove:header.x-edge-proof': "''" });
    }
  });
});

describe('an API whose decisions API Gateway repeats', () => {
  const sources = (props: Props) =>
    synthesize({
      freshness: { mode: 'gateway', ttlSeconds: 60 },
      subscription: 'optional',
      ...props,
    }).stack.at('Shop/Authorizer').properties['IdentitySource'];

  it('has a decision for each path when its paths reach a backend at a URL', () => {
    const always = ['$request.header.apikey', '$context.identity.sourceIp'];
    expect(sources({})).toEqual(always);
    expect(sources({ backend: URLS })).toEqual([...always, '$context.path']);
    const withPath = (path: string) =>
      documentOf(`
openapi: 3.1.0
info: { title: Shop, version: 2.0.1 }
paths:
  ${path}:
    x-amazon-apigateway-any-method: {}
`);
    expect(sources({ backend: URLS, definition: withPath('/items') })).toEqual(always);
    expect(sources({ backend: URLS, definition: withPath('/$default') })).toEqual([
      ...always,
      '$context.path',
    ]);
  });
});

describe('what cannot be meant is refused at synthesis', () => {
  it.each<[string, Props]>([
    [
      'throttling.production.rateLimit must be a number of calls a second above 0',
      { throttling: { production: { rateLimit: 0, burstLimit: 1 } } },
    ],
    [
      'throttling.sandbox.burstLimit must be a whole number of calls of 1 or more',
      { throttling: { sandbox: { rateLimit: 1, burstLimit: 0.5 } } },
    ],
    [
      'throttling.production.routes names "GET /nothing", which is not one of its operations',
      {
        throttling: {
          production: {
            rateLimit: 1,
            burstLimit: 1,
            routes: { 'GET /nothing': { rateLimit: 1, burstLimit: 1 } },
          },
        },
      },
    ],
    [
      'throttling.sandbox.routes["GET /items"].rateLimit must be a number of calls a second above 0',
      {
        throttling: {
          sandbox: {
            rateLimit: 1,
            burstLimit: 1,
            routes: { 'GET /items': { rateLimit: -1, burstLimit: 1 } },
          },
        },
      },
    ],
    ['integrationTimeout must be 1 to 30 seconds', { integrationTimeout: Duration.millis(999) }],
    ['integrationTimeout must be 1 to 30 seconds', { integrationTimeout: Duration.seconds(31) }],
    [
      'with disableExecuteApiEndpoint and without domains, nobody could reach it',
      { disableExecuteApiEndpoint: true },
    ],
    [
      'trustedProxies cannot be combined with the freshness gateway',
      { trustedProxies: proxies(), freshness: { mode: 'gateway', ttlSeconds: 60 }, subscription: 'optional' },
    ],
    ['trustedProxies.ranges must name at least one', { trustedProxies: proxies({ ranges: [] }) }],
    [
      'trustedProxies.ranges[0] would trust everybody',
      { trustedProxies: proxies({ ranges: ['0.0.0.0/0'] }) },
    ],
    [
      'trustedProxies.ranges[1] would trust everybody',
      { trustedProxies: proxies({ ranges: ['::1', '::/0'] }) },
    ],
    [
      'trustedProxies.ranges[0] must be one IP address or CIDR range',
      { trustedProxies: proxies({ ranges: ['cdn.example.com'] }) },
    ],
    [
      'trustedProxies.ranges[0] must be one IP address or CIDR range',
      { trustedProxies: proxies({ ranges: ['203.0.113.1,203.0.113.2'] }) },
    ],
    [
      'trustedProxies.ranges do not fit',
      {
        trustedProxies: proxies({
          ranges: Array.from({ length: 1_000 }, (_, at) => `10.${at >> 8}.${at % 256}.0/24`),
        }),
      },
    ],
    ...['apikey', 'cookie', 'x-forwarded-for', 'X-Edge-Proof', 'x keybound', ''].map(
      (header): [string, Props] => [
        'trustedProxies.proof.header cannot be',
        { trustedProxies: proxies({ proof: { header, sha256: DIGEST } }), key: { header: 'ApiKey' } },
      ],
    ),
    ...['a secret of the edge', DIGEST.toUpperCase(), [], [DIGEST, DIGEST, DIGEST]].map(
      (sha256): [string, Props] => [
        'trustedProxies.proof.sha256 must be one or two SHA-256',
        { trustedProxies: proxies({ proof: { header: 'x-edge-proof', sha256 } }) },
      ],
    ),
  ])('%s', (problem, props) => {
    expect(() => synthesize(props)).toThrow(problem);
  });
});
