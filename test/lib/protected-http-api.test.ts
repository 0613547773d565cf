import { DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { apiIdOf } from '../../lambdas/core/apis/managed-api.ts';
import { STAGE_VARIABLES } from '../../lambdas/contract/stage-variables.ts';
import { CORE, registration, SHARED_AUTHORIZER, stageVariables, synthesize, type Props } from './shop-api.ts';

const { api, stack } = synthesize();

describe('the stages of a protected API', () => {
  it('are production and sandbox, deployed by themselves', () => {
    const stages = stack.ofType('AWS::ApiGatewayV2::Stage').map(({ properties }) => properties);
    expect(stages).toHaveLength(2);
    expect(stages).toMatchObject([
      { ApiId: '${Shop/Api}', StageName: 'production', AutoDeploy: true },
      { ApiId: '${Shop/Api}', StageName: 'sandbox', AutoDeploy: true },
    ]);
  });

  it('tell the authorizer API, environment, place of the key and subscription rule', () => {
    const expected = {
      [STAGE_VARIABLES.apiId]: apiIdOf('Shop', '2.0.1'),
      [STAGE_VARIABLES.environment]: 'PRODUCTION',
      [STAGE_VARIABLES.subscription]: 'required',
      [STAGE_VARIABLES.freshness]: 'strict',
      [STAGE_VARIABLES.importedKeys]: 'refused',
      [STAGE_VARIABLES.refusals]: 'plain',
      [STAGE_VARIABLES.backend]: 'shop',
      [STAGE_VARIABLES.backendKind]: 'function',
      [STAGE_VARIABLES.keyHeader]: 'apikey',
    };
    expect(api.apiId).toBe(apiIdOf('Shop', '2.0.1'));
    expect(stageVariables(stack, 'Production')).toEqual(expected);
    expect(stageVariables(stack, 'Sandbox')).toEqual({
      ...expected,
      [STAGE_VARIABLES.environment]: 'SANDBOX',
    });
  });

  it('say when no subscription is needed', () => {
    const open = synthesize({ subscription: 'optional' }).stack;
    for (const stage of ['Production', 'Sandbox'] as const) {
      expect(stageVariables(open, stage)[STAGE_VARIABLES.subscription]).toBe('optional');
    }
  });
});

describe('keys that were made elsewhere', () => {
  it('are accepted in both environments when the properties say so, and registered so', () => {
    const accepting = synthesize({ acceptImportedKeys: true }).stack;
    for (const stage of ['Production', 'Sandbox'] as const) {
      expect(stageVariables(accepting, stage)[STAGE_VARIABLES.importedKeys]).toBe('accepted');
    }
    expect(registration(accepting)['acceptsImportedKeys']).toBe('true');
  });
});

describe('the authorizer', () => {
  it('is the shared function, run for every request: payload 2.0, simple answers, no source, no cache', () => {
    expect(stack.ofType('AWS::ApiGatewayV2::Authorizer').map(({ properties }) => properties)).toEqual([
      {
        ApiId: '${Shop/Api}',
        ...SHARED_AUTHORIZER,
      },
    ]);
  });

  it('guards every route, and the routes are the operations of the document', () => {
    const routes = stack.ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => properties);
    expect(routes.map((route) => route['RouteKey']).toSorted()).toEqual([
      'DELETE /items/{itemId}',
      'GET /items',
      'GET /items/{itemId}',
      'HEAD /files/{path+}',
      'OPTIONS /files/{path+}',
      'PATCH /files/{path+}',
      'POST /items',
      'PUT /files/{path+}',
    ]);
    for (const route of routes) {
      expect(route).toMatchObject({
        ApiId: '${Shop/Api}',
        AuthorizationType: 'CUSTOM',
        AuthorizerId: '${Shop/Authorizer}',
      });
    }
  });

  it('needs no permission from here: the core has given one for the account', () => {
    const functions = stack
      .ofType('AWS::Lambda::Permission')
      .map(({ properties }) => properties['FunctionName']);
    expect(functions).not.toContain(CORE.authorizerArn);
  });
});

describe('CORS of a protected API', () => {
  const cors = (props: Props) => synthesize(props).stack.at('Shop/Api').properties['CorsConfiguration'];

  it('is off unless origins are given', () => {
    expect(cors({})).toBeUndefined();
  });

  it('lets browsers send the key header, and what else is given', () => {
    expect(cors({ cors: { allowOrigins: ['https://a.example.com'] } })).toEqual({
      AllowOrigins: ['https://a.example.com'],
      AllowMethods: ['*'],
      AllowHeaders: ['apikey'],
      ExposeHeaders: [],
      AllowCredentials: false,
    });
    expect(
      cors({
        key: { header: 'x-shop-key' },
        cors: {
          allowOrigins: ['https://a.example.com', 'https://b.example.com'],
          allowMethods: ['GET'],
          allowHeaders: ['content-type', 'x-shop-key'],
          exposeHeaders: ['x-total'],
          allowCredentials: true,
          maxAgeSeconds: 60,
        },
      }),
    ).toEqual({
      AllowOrigins: ['https://a.example.com', 'https://b.example.com'],
      AllowMethods: ['GET'],
      AllowHeaders: ['x-shop-key', 'content-type'],
      ExposeHeaders: ['x-total'],
      AllowCredentials: true,
      MaxAge: 60,
    });
  });

  it('names no key header when the key travels in the query only', () => {
    expect(cors({ key: { queryParameter: 'k' }, cors: { allowOrigins: ['*'] } })).toMatchObject({
      AllowHeaders: [],
    });
  });
});

describe('custom domains', () => {
  const withDomains = (url?: string) =>
    synthesize({}, (scope) => {
      const certificate = Certificate.fromCertificateArn(
        scope,
        'Certificate',
        'arn:aws:acm:eu-west-1:111122223333:certificate/c',
      );
      const domain = (id: string, domainName: string) =>
        new DomainName(scope, id, { domainName, certificate });
      return {
        domains: {
          production: { domain: domain('Live', 'api.example.com'), ...(url !== undefined && { url }) },
          sandbox: { domain: domain('Test', 'sandbox.example.com') },
        },
      };
    });

  it('map the context to the stage of each environment, once the stage is there', () => {
    const mappings = withDomains().stack.ofType('AWS::ApiGatewayV2::ApiMapping');
    expect(mappings.map(({ properties, dependsOn }) => ({ ...properties, dependsOn }))).toEqual([
      {
        ApiId: '${Shop/Api}',
        DomainName: '${Live}',
        Stage: '${Shop/Production}',
        ApiMappingKey: 'shop/2.0.1',
        dependsOn: ['Shop/Production'],
      },
      {
        ApiId: '${Shop/Api}',
        DomainName: '${Test}',
        Stage: '${Shop/Sandbox}',
        ApiMappingKey: 'shop/2.0.1',
        dependsOn: ['Shop/Sandbox'],
      },
    ]);
  });

  it('are what developers are told to call', () => {
    expect(registration(withDomains().stack)).toMatchObject({
      productionUrl: 'https://${Live}/shop/2.0.1',
      sandboxUrl: 'https://${Test}/shop/2.0.1',
    });
  });

  it('can stand behind another address, which developers are told instead', () => {
    const { api: fronted, stack: read } = withDomains('https://cdn.example.com');
    expect(fronted.urls.production).toBe('https://cdn.example.com/shop/2.0.1');
    expect(registration(read)).toMatchObject({
      productionUrl: 'https://cdn.example.com/shop/2.0.1',
      sandboxUrl: 'https://${Test}/shop/2.0.1',
    });
  });

  it('are not there by default: then the addresses are those of the stages', () => {
    expect(stack.ofType('AWS::ApiGatewayV2::ApiMapping')).toEqual([]);
    expect(registration(stack)).toMatchObject({
      productionUrl: '${Shop/Api.ApiEndpoint}/production',
      sandboxUrl: '${Shop/Api.ApiEndpoint}/sandbox',
    });
  });
});

describe('the registration', () => {
  it('tells the registrar all that developers and the authorizer must know of the API', () => {
    const { definition, ...properties } = registration(stack);
    const logicalIdOfLogs: unknown = expect.stringMatching(/^ShopAccessLogs[0-9A-F]{8}$/);
    expect(stack.ofType('Custom::KeyboundApi')).toHaveLength(1);
    expect(properties).toEqual({
      ServiceToken: CORE.registrarArn,
      // An answer that is lost does not hold the stack for an hour.
      ServiceTimeout: '300',
      name: 'Shop',
      version: '2.0.1',
      context: '/shop/2.0.1',
      description: 'Sells things.',
      provider: 'Shop',
      requiresSubscription: 'true',
      approvesSubscriptions: 'false',
      acceptsImportedKeys: 'false',
      initialLifecycle: 'PUBLISHED',
      freshness: 'strict',
      keyHeader: 'apikey',
      gatewayApiId: '${Shop/Api}',
      accessLogGroup: { name: '${Shop/AccessLogs}', logicalId: logicalIdOfLogs },
      productionUrl: '${Shop/Api.ApiEndpoint}/production',
      sandboxUrl: '${Shop/Api.ApiEndpoint}/sandbox',
    });
    const document: unknown = JSON.parse(z.string().parse(definition));
    expect(document).toMatchObject({
      openapi: '3.1.0',
      info: { title: 'Shop', version: '2.0.1' },
      paths: { '/items/{itemId}': { summary: 'One thing' } },
    });
  });

  it('takes over what the properties say', () => {
    const { stack: read } = synthesize({
      subscription: 'required',
      policies: ['Gold', 'Platinum'],
      subscriptionApproval: true,
      initialLifecycle: 'CREATED',
      provider: 'ACME',
    });
    expect(registration(read)).toMatchObject({
      policies: ['Gold', 'Platinum'],
      approvesSubscriptions: 'true',
      initialLifecycle: 'CREATED',
      provider: 'ACME',
    });
    expect(registration(synthesize({ subscription: 'optional' }).stack)).toMatchObject({
      requiresSubscription: 'false',
    });
  });
});
