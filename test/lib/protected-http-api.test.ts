import { DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { authorize } from '../../lambdas/authorizer/authorize.ts';
import { createKeyValue } from '../../lambdas/core/key-value.ts';
import { apiIdOf } from '../../lambdas/core/managed-api.ts';
import { STAGE_VARIABLES } from '../../lambdas/core/stage-variables.ts';
import { CONTEXT_FIELDS, IDENTITY_HEADERS } from '../../lib/key-handover.ts';
import type { ReadStack } from './read-stack.ts';
import {
  CORE,
  documentOf,
  functionArn,
  SHOP,
  stageVariables,
  synthesize,
  Variables,
  type Props,
} from './shop-api.ts';

const { api, stack } = synthesize();

function requestParameters(read: ReadStack): readonly Record<string, string>[] {
  return read
    .ofType('AWS::ApiGatewayV2::Integration')
    .map(({ properties }) => Variables.parse(properties['RequestParameters']));
}

function registration(read: ReadStack): Readonly<Record<string, unknown>> {
  return read.at('Shop/Registration').properties;
}

describe('the stages', () => {
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
      [STAGE_VARIABLES.backend]: functionArn('shop'),
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
        Name: 'keybound',
        AuthorizerType: 'REQUEST',
        AuthorizerUri: `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/${CORE.authorizerArn}/invocations`,
        AuthorizerPayloadFormatVersion: '2.0',
        EnableSimpleResponses: true,
        IdentitySource: [],
        AuthorizerResultTtlInSeconds: 0,
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

describe('the place of the key', () => {
  const withSchemes = (schemes: string) =>
    documentOf(`${SHOP}\ncomponents: { securitySchemes: { ${schemes} } }`);
  const header = 'inHeader: { type: apiKey, in: header, name: X-Shop-Key }';
  const query = 'inQuery: { type: apiKey, in: query, name: shopKey }';
  const cookie = 'inCookie: { type: apiKey, in: cookie, name: session }';
  const oauth = 'oauth: { type: oauth2, in: header, name: X-Token, flows: {} }';

  it.each([
    { what: 'the header apikey by default', props: {}, place: { header: 'apikey' } },
    {
      what: "the header of the document's security scheme",
      props: { definition: withSchemes(header) },
      place: { header: 'X-Shop-Key' },
    },
    {
      what: "the query parameter of the document's security scheme",
      props: { definition: withSchemes(query) },
      place: { queryParameter: 'shopKey' },
    },
    {
      what: 'either, when the document has both',
      props: { definition: withSchemes(`${header}, ${query}`) },
      place: { header: 'X-Shop-Key', queryParameter: 'shopKey' },
    },
    {
      what: 'the header apikey when the document has other schemes only',
      props: { definition: withSchemes(`${cookie}, ${oauth}`) },
      place: { header: 'apikey' },
    },
    {
      what: 'where the properties say, whatever the document does',
      props: { definition: withSchemes(`${header}, ${query}`), key: { queryParameter: 'k' } },
      place: { queryParameter: 'k' },
    },
  ])(
    'is $what',
    ({ props, place }: { props: Props; place: { header?: string; queryParameter?: string } }) => {
      const read = synthesize(props).stack;
      for (const stage of ['Production', 'Sandbox'] as const) {
        const variables = stageVariables(read, stage);
        expect(variables[STAGE_VARIABLES.keyHeader]).toBe(place.header);
        expect(variables[STAGE_VARIABLES.keyQueryParameter]).toBe(place.queryParameter);
      }
      expect(registration(read)['keyHeader']).toBe(place.header);
      expect(registration(read)['keyQueryParameter']).toBe(place.queryParameter);
      const removed = [
        ...(place.header === undefined ? [] : [`remove:header.${place.header}`]),
        ...(place.queryParameter === undefined ? [] : [`remove:querystring.${place.queryParameter}`]),
      ];
      const [parameters = {}] = requestParameters(read);
      expect(Object.keys(parameters).filter((name) => name.startsWith('remove:'))).toEqual(removed);
      for (const name of removed) expect(parameters[name]).toBe("''");
    },
  );
});

describe('what the backend gets', () => {
  it('is the identity of the caller in headers that overwrite what the client sent, on every integration', () => {
    const urls = synthesize({ backend: { url: 'https://shop.example.com' } }).stack;
    for (const parameters of [...requestParameters(stack), ...requestParameters(urls)]) {
      expect(parameters).toEqual({
        'remove:header.apikey': "''",
        'overwrite:header.x-keybound-key-uuid': '$context.authorizer.keyUUID',
        'overwrite:header.x-keybound-key-type': '$context.authorizer.keyType',
        'overwrite:header.x-keybound-owner': '$context.authorizer.owner',
        'overwrite:header.x-keybound-application-id': '$context.authorizer.applicationId',
        'overwrite:header.x-keybound-subscription-id': '$context.authorizer.subscriptionId',
        'overwrite:header.x-keybound-subscription-policy': '$context.authorizer.subscriptionPolicy',
      });
    }
    expect(requestParameters(urls)).toHaveLength(3);
  });

  it('comes from fields that the authorizer fills for the barest of keys, too: else a client could', async () => {
    const variables = stageVariables(synthesize({ subscription: 'optional' }).stack, 'Sandbox');
    const answer = await authorize(
      {
        findCredential: () =>
          Promise.resolve({
            outcome: 'answered',
            credential: {
              keyUUID: '0f0e0d0c-0000-4000-8000-000000000000',
              keyName: 'barest',
              keyType: 'SANDBOX',
              status: 'ACTIVE',
              apiId: api.apiId,
              owner: 'alice',
              issuedAtEpochMilliseconds: 0,
              permittedIp: [],
              permittedReferrer: [],
            },
            remembered: false,
          }),
        readPolicy: () => Promise.resolve(undefined),
        readApplicationPolicy: () => Promise.resolve(undefined),
        takeCall: () => Promise.reject(new Error('a call without subscription has no limits')),
        readApiState: () => Promise.resolve({ gatewayApiId: 'gateway', lifecycle: 'PUBLISHED' }),
        clock: () => 0,
        log: () => undefined,
      },
      authorizerEvent(variables, { apikey: createKeyValue('kb', 'SANDBOX') }),
    );
    expect(answer.isAuthorized).toBe(true);
    const given = Object.entries(answer.context).filter(
      ([, value]) => typeof value === 'string' && value !== '',
    );
    const fields = new Set(given.map(([field]) => field));
    expect(
      [...Object.values(IDENTITY_HEADERS), ...CONTEXT_FIELDS].filter((field) => !fields.has(field)),
    ).toEqual([]);
  });
});

function authorizerEvent(
  variables: Record<string, string>,
  headers: Record<string, string>,
): Parameters<typeof authorize>[1] {
  return {
    version: '2.0',
    type: 'REQUEST',
    routeArn: 'arn:aws:execute-api:eu-west-1:111122223333:gateway/sandbox/GET/items',
    identitySource: [],
    routeKey: 'GET /items',
    rawPath: '/sandbox/items',
    rawQueryString: '',
    cookies: [],
    headers,
    stageVariables: variables,
    requestContext: {
      accountId: '111122223333',
      apiId: 'gateway',
      domainName: 'gateway.example.com',
      domainPrefix: 'gateway',
      http: { method: 'GET', path: '/items', protocol: 'HTTP/1.1', sourceIp: '192.0.2.1', userAgent: 'test' },
      requestId: 'request',
      routeKey: 'GET /items',
      stage: 'sandbox',
      time: '01/Jan/1970:00:00:00 +0000',
      timeEpoch: 0,
    },
  };
}

describe('CORS', () => {
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

describe('the access log', () => {
  const Settings = z.object({ DestinationArn: z.string(), Format: z.string() });
  const settings = stack
    .ofType('AWS::ApiGatewayV2::Stage')
    .map(({ properties }) => Settings.parse(properties['AccessLogSettings']));
  const format = Variables.parse(JSON.parse(settings[0]?.Format ?? ''));

  it('is the same for both stages, in one group, and short enough for API Gateway', () => {
    expect(settings).toHaveLength(2);
    expect(settings[1]).toEqual(settings[0]);
    expect(settings[0]?.DestinationArn).toBe('${Shop/AccessLogs.Arn}');
    expect(settings[0]?.Format.length).toBeLessThan(3 * 1024);
  });

  it('says who called', () => {
    expect(format).toMatchObject(
      Object.fromEntries(CONTEXT_FIELDS.map((field) => [field, `$context.authorizer.${field}`])),
    );
    expect(format['requestId']).toBe('$context.requestId');
    expect(format['status']).toBe('$context.status');
  });

  it('has nothing that a client could have put a key into: no query string, no header', () => {
    const variables = Object.entries(format).filter(([name]) => name !== 'type' && name !== 'apiUUID');
    expect(variables.length).toBeGreaterThan(10);
    const known = [
      'apiId',
      'authorizer.error',
      'error.message',
      'httpMethod',
      'identity.sourceIp',
      'integrationLatency',
      'path',
      'requestId',
      'requestTimeEpoch',
      'responseLatency',
      'responseLength',
      'routeKey',
      'stage',
      'status',
      ...CONTEXT_FIELDS.map((field) => `authorizer.${field}`),
    ].map((name) => `$context.${name}`);
    expect(variables.filter(([, variable]) => !known.includes(variable))).toEqual([]);
  });

  it('goes to a group of the name that API Gateway need not add to the policy of the account', () => {
    const name = (read: ReadStack) => read.at('Shop/AccessLogs').properties['LogGroupName'];
    expect(name(stack)).toMatch(/^\/aws\/vendedlogs\/keybound\/Shop-[0-9A-F]+$/);
    expect(name(synthesize({ subscription: 'optional' }).stack)).toBe(name(stack));
  });

  it("says Keybound's id of the API, and what kind of line it is, after all that clients and developers choose", () => {
    expect(format).toMatchObject({ apiUUID: apiIdOf('Shop', '2.0.1'), type: 'access' });
    const order = Object.keys(format);
    for (const name of ['path', 'keyName']) {
      for (const trusted of ['apiUUID', 'type', 'keyUUID', 'applicationId', 'time', 'status', 'sourceIp']) {
        expect(order.indexOf(trusted)).toBeGreaterThan(order.indexOf(name));
      }
    }
  });

  it('goes to the recorder of usage, with calls that the authorizer refused', () => {
    const filters = stack.ofType('AWS::Logs::SubscriptionFilter').map(({ properties }) => properties);
    expect(filters).toEqual([
      {
        DestinationArn: CORE.usageArn,
        FilterPattern: '{ $.type = "access" }',
        LogGroupName: '${Shop/AccessLogs}',
      },
    ]);
  });

  it('is kept for three months, or as long as the properties say', () => {
    expect(stack.at('Shop/AccessLogs').properties['RetentionInDays']).toBe(90);
    const { stack: short } = synthesize({ logRetention: RetentionDays.ONE_DAY });
    expect(short.at('Shop/AccessLogs').properties['RetentionInDays']).toBe(1);
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
    expect(stack.ofType('Custom::KeyboundApi')).toHaveLength(1);
    expect(properties).toEqual({
      ServiceToken: CORE.registrarArn,
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
