import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Aspects,
  CfnParameter,
  CfnResource,
  Fn,
  Lazy,
  Stack,
  Tags,
  Validations,
  type App,
} from 'aws-cdk-lib';
import {
  CfnApi,
  CfnAuthorizer,
  CfnIntegration,
  CfnRoute,
  CfnStage,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  HttpStage,
  MappingValue,
  ParameterMapping,
  WebSocketApi,
  type HttpApiProps,
} from 'aws-cdk-lib/aws-apigatewayv2';
import {
  HttpLambdaIntegration,
  HttpSqsIntegration,
  HttpUrlIntegration,
  WebSocketLambdaIntegration,
} from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { Construct, type IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { KeyboundAuthorizer } from '../../lib/constructs/keybound-authorizer.ts';
import type { KeyboundAuthorizerProps } from '../../lib/constructs/keybound-authorizer-props.ts';
import { ProtectedHttpApi } from '../../lib/constructs/protected-http-api.ts';
import { readOpenApiDocument } from '../../lib/open-api/open-api-document.ts';
import { outputDirectory, quickApp } from './quick-app.ts';
import { readStack, type ReadStack } from './read-stack.ts';
import { CORE, functionArn, shop } from './shop-api.ts';

const PROPS = {
  core: CORE,
  definition: { title: 'Orders', version: '1.0.0' },
  context: '/orders/1.0.0',
  subscription: 'optional',
} as const satisfies KeyboundAuthorizerProps;

const keys = (props: Partial<KeyboundAuthorizerProps> = {}) =>
  new KeyboundAuthorizer('Keys', { ...PROPS, ...props });

interface Made {
  readonly app: App;
  readonly stack: Stack;
  readonly api: HttpApi;
  readonly integration: HttpLambdaIntegration;
  readonly authorizer: KeyboundAuthorizer;
}

/** An HTTP API with one route, as a team has it; `more` adds to it. */
function orders(
  props: Partial<KeyboundAuthorizerProps> = {},
  more: (made: Made) => unknown = () => undefined,
  apiProps: HttpApiProps = {},
): ReadStack {
  const app = quickApp();
  const stack = new Stack(app, 'Orders');
  const authorizer = keys(props);
  const integration = new HttpLambdaIntegration(
    'Backend',
    Function.fromFunctionArn(stack, 'Function', functionArn('orders')),
  );
  const api = new HttpApi(stack, 'Api', { defaultAuthorizer: authorizer, ...apiProps });
  api.addRoutes({ path: '/orders/{id}', methods: [HttpMethod.GET], integration });
  more({ app, stack, api, integration, authorizer });
  return readStack(stack);
}

const Stage = z.object({
  StageName: z.string(),
  AutoDeploy: z.literal(true),
  StageVariables: z.record(z.string(), z.string()),
  AccessLogSettings: z.object({ DestinationArn: z.string(), Format: z.string() }),
  DefaultRouteSettings: z.object({ ThrottlingRateLimit: z.number(), ThrottlingBurstLimit: z.number() }),
});
const stagesOf = (stack: ReadStack) =>
  Object.fromEntries(
    stack.ofType('AWS::ApiGatewayV2::Stage').map(({ properties }) => {
      const stage = Stage.parse(properties);
      return [stage.StageName, stage];
    }),
  );
const Registration = z.looseObject({ definition: z.string() });
const registrationOf = (stack: ReadStack) => {
  const [registration] = stack.ofType('Custom::KeyboundApi');
  return Registration.parse(registration?.properties);
};
const mappingsOf = (stack: ReadStack) =>
  stack.ofType('AWS::ApiGatewayV2::Integration').map(({ properties }) => properties['RequestParameters']);

const IDENTITY = {
  'overwrite:header.x-keybound-key-uuid': '$context.authorizer.keyUUID',
  'overwrite:header.x-keybound-key-type': '$context.authorizer.keyType',
  'overwrite:header.x-keybound-owner': '$context.authorizer.owner',
  'overwrite:header.x-keybound-application-id': '$context.authorizer.applicationId',
  'overwrite:header.x-keybound-subscription-id': '$context.authorizer.subscriptionId',
  'overwrite:header.x-keybound-subscription-policy': '$context.authorizer.subscriptionPolicy',
};

describe('the authorizer of an existing HTTP API', () => {
  it('stands before every route that has no other', () => {
    const stack = orders({}, ({ api, stack: scope }) => {
      api.addRoutes({
        path: '/health',
        methods: [HttpMethod.GET],
        integration: new HttpUrlIntegration('Health', 'https://orders.example.com/health'),
        authorizer: new HttpNoneAuthorizer(),
      });
      new HttpRoute(scope, 'Late', {
        httpApi: api,
        routeKey: HttpRouteKey.with('/late', HttpMethod.POST),
        integration: new HttpUrlIntegration('LateUrl', 'https://orders.example.com/late'),
      });
    });
    const routes = stack
      .ofType('AWS::ApiGatewayV2::Route')
      .map(({ properties }) => [
        properties['RouteKey'],
        properties['AuthorizationType'],
        properties['AuthorizerId'],
      ]);
    expect(routes.toSorted()).toEqual([
      ['GET /health', 'NONE', undefined],
      ['GET /orders/{id}', 'CUSTOM', '${Api/Keys/Authorizer}'],
      ['POST /late', 'CUSTOM', '${Api/Keys/Authorizer}'],
    ]);
  });

  it('is the shared function of the core, asked about every call', () => {
    expect(orders().at('Api/Keys/Authorizer').properties).toEqual({
      ApiId: '${Api}',
      Name: 'keybound',
      AuthorizerType: 'REQUEST',
      AuthorizerUri: `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/${CORE.authorizerArn}/invocations`,
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      IdentitySource: [],
      AuthorizerResultTtlInSeconds: 0,
    });
  });

  it('tells both environments apart by stages with their own variables', () => {
    const stages = stagesOf(orders());
    expect(Object.keys(stages).toSorted()).toEqual(['$default', 'sandbox']);
    expect(stages['$default']?.StageVariables).toEqual({
      keyboundApiId: keys().apiId,
      keyboundEnvironment: 'PRODUCTION',
      keyboundSubscription: 'optional',
      keyboundFreshness: 'strict',
      keyboundImportedKeys: 'refused',
      keyboundRefusals: 'plain',
      keyboundBackendKind: 'function',
      keyboundKeyHeader: 'apikey',
    });
    expect(stages['sandbox']?.StageVariables).toMatchObject({ keyboundEnvironment: 'SANDBOX' });
  });

  it('keeps the variables and the limits that a stage has', () => {
    const stack = orders(
      { stageNames: { production: 'live', sandbox: 'test' }, createSandboxStage: false },
      ({ api }) => {
        const live = api.addStage('Live', {
          stageName: 'live',
          autoDeploy: true,
          throttle: { rateLimit: 7, burstLimit: 9 },
        });
        live.addStageVariable('color', 'blue');
        api.addStage('Test', { stageName: 'test', autoDeploy: true, detailedMetricsEnabled: true });
      },
      { createDefaultStage: false },
    );
    const { live, test } = stagesOf(stack);
    expect(live?.StageVariables).toMatchObject({ color: 'blue', keyboundEnvironment: 'PRODUCTION' });
    expect(live?.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 7, ThrottlingBurstLimit: 9 });
    expect(test?.DefaultRouteSettings).toEqual({ ThrottlingRateLimit: 100, ThrottlingBurstLimit: 200 });
    expect(registrationOf(stack)).toMatchObject({
      productionUrl: '${Api.ApiEndpoint}/live',
      sandboxUrl: '${Api.ApiEndpoint}/test',
    });
  });

  it('limits stages and single routes', () => {
    const stack = orders({
      throttling: {
        production: {
          rateLimit: 20,
          burstLimit: 30,
          routes: { 'GET /orders/{id}': { rateLimit: 1, burstLimit: 2 } },
        },
      },
    });
    const stage = stack.at('Api/DefaultStage');
    expect(stage.properties).toMatchObject({
      DefaultRouteSettings: { ThrottlingRateLimit: 20, ThrottlingBurstLimit: 30 },
      RouteSettings: { 'GET /orders/{id}': { ThrottlingRateLimit: 1, ThrottlingBurstLimit: 2 } },
    });
    expect(stage.dependsOn).toContain('Api/GET--orders--{id}');
  });

  it('logs every call for the count of usage, under the name of its environment', () => {
    const stack = orders({ logRetention: RetentionDays.ONE_WEEK });
    const formats = Object.entries(stagesOf(stack)).map(([name, { AccessLogSettings }]) => {
      expect(AccessLogSettings.DestinationArn).toBe('${Api/Keys/AccessLogs.Arn}');
      return [name, z.looseObject({}).parse(JSON.parse(AccessLogSettings.Format))];
    });
    expect(Object.fromEntries(formats)).toMatchObject({
      $default: { type: 'access', stage: 'production', apiUUID: keys().apiId },
      sandbox: { type: 'access', stage: 'sandbox' },
    });
    expect(stack.at('Api/Keys/AccessLogs').properties).toMatchObject({ RetentionInDays: 7 });
    expect(stack.at('Api/Keys/Usage').properties).toEqual({
      LogGroupName: '${Api/Keys/AccessLogs}',
      DestinationArn: CORE.usageArn,
      FilterPattern: '{ $.type = "access" }',
    });
  });

  it('takes the key out of what every integration passes on, and hands the caller over', () => {
    const stack = orders({ key: { header: 'X-Shop-Key', queryParameter: 'shopKey' } }, ({ api }) => {
      api.addRoutes({
        path: '/url',
        methods: [HttpMethod.GET],
        integration: new HttpUrlIntegration('Url', 'https://orders.example.com', {
          parameterMapping: new ParameterMapping().appendHeader('x-tenant', MappingValue.custom('orders')),
        }),
      });
    });
    const removal = {
      'remove:header.X-Shop-Key': "''",
      'remove:querystring.shopKey': "''",
      'remove:header.referer': "''",
    };
    expect(mappingsOf(stack)).toEqual([
      { ...removal, ...IDENTITY },
      { 'append:header.x-tenant': 'orders', ...removal, ...IDENTITY },
    ]);
  });

  it('leaves the parts of other APIs alone', () => {
    expect(() =>
      orders({}, ({ stack }) => {
        new CfnApi(stack, 'OtherApi', { name: 'other', protocolType: 'HTTP' }).overrideLogicalId('Other');
        new CfnResource(stack, 'Raw', {
          type: 'AWS::ApiGatewayV2::Route',
          properties: { ApiId: Fn.ref('Other'), RouteKey: 'GET /raw' },
        });
      }),
    ).not.toThrow();
  });

  it('lets an AWS service be told which of its resources is meant', () => {
    const stack = orders({}, ({ api, stack: scope }) => {
      api.addRoutes({
        path: '/queue',
        integration: new HttpSqsIntegration('Queue', { queue: new Queue(scope, 'Orders') }),
      });
    });
    expect(mappingsOf(stack)).toContainEqual({
      QueueUrl: '${Orders}',
      MessageBody: '$request.body.MessageBody',
    });
  });

  it('lets nobody pass for a caller with a key on routes that want none', () => {
    const [, open] = mappingsOf(
      orders({}, ({ api }) => {
        api.addRoutes({
          path: '/open',
          methods: [HttpMethod.GET],
          integration: new HttpUrlIntegration('Open', 'https://orders.example.com'),
          authorizer: new HttpNoneAuthorizer(),
        });
      }),
    );
    expect(open).toEqual({
      'remove:header.apikey': "''",
      ...Object.fromEntries(Object.keys(IDENTITY).map((name) => [name.replace('overwrite', 'remove'), "''"])),
    });
  });

  it('looks at the paths of calls that go to a server', () => {
    const url = (props: Partial<KeyboundAuthorizerProps>) =>
      orders({ ...props }, ({ api }) => {
        api.addRoutes({
          path: '/url',
          integration: new HttpUrlIntegration('Url', 'https://orders.example.com'),
        });
      });
    expect(stagesOf(url({}))['$default']?.StageVariables['keyboundBackendKind']).toBe('url');
  });

  it('is cached by all that a decision depends on, with the freshness gateway', () => {
    const cached = (isUrl: boolean) =>
      orders(
        {
          freshness: { mode: 'gateway', ttlSeconds: 60 },
          stageNames: { production: 'production' },
        },
        ({ api }) => {
          api.addStage('Live', { stageName: 'production', autoDeploy: true });
          if (!isUrl) return;
          api.addRoutes({
            path: '/url',
            integration: new HttpUrlIntegration('Url', 'https://orders.example.com'),
          });
        },
        { createDefaultStage: false },
      ).at('Api/Keys/Authorizer').properties;
    expect(cached(false)).toMatchObject({
      IdentitySource: ['$request.header.apikey', '$context.identity.sourceIp'],
      AuthorizerResultTtlInSeconds: 60,
    });
    expect(cached(true)).toMatchObject({
      IdentitySource: ['$request.header.apikey', '$context.identity.sourceIp', '$context.path'],
    });
  });

  it('registers the API with a document of its routes', () => {
    const stack = orders({}, ({ api, integration }) => {
      api.addRoutes({ path: '/all/{proxy+}', integration });
    });
    const { definition, ...registration } = registrationOf(stack);
    expect(registration).toMatchObject({
      ServiceToken: CORE.registrarArn,
      name: 'Orders',
      version: '1.0.0',
      context: '/orders/1.0.0',
      provider: 'Orders',
      requiresSubscription: 'false',
      keyHeader: 'apikey',
      gatewayApiId: '${Api}',
      accessLogGroup: { name: '${Api/Keys/AccessLogs}' },
      productionUrl: '${Api.ApiEndpoint}',
      sandboxUrl: '${Api.ApiEndpoint}/sandbox',
    });
    const file = join(outputDirectory(), 'openapi.json');
    writeFileSync(file, definition);
    expect(readOpenApiDocument(file)).toMatchObject({
      title: 'Orders',
      version: '1.0.0',
      operations: [
        { method: 'GET', path: '/orders/{id}' },
        { method: 'ANY', path: '/all/{proxy+}' },
      ],
      keyHeaders: ['apikey'],
    });
  });

  it('registers after both stages and the authorizer', () => {
    expect(orders().at('Api/Keys/Registration').dependsOn.toSorted()).toEqual([
      'Api/DefaultStage',
      'Api/Keys/Authorizer',
      'Api/Keys/Sandbox',
    ]);
  });

  it('registers the OpenAPI document that it is given, whose schemes say where the key travels', () => {
    const definition = { ...shop, keyHeaders: ['X-Doc-Key'] };
    const stack = orders({ definition });
    expect(registrationOf(stack)).toMatchObject({
      name: 'Shop',
      keyHeader: 'X-Doc-Key',
      definition: shop.json,
    });
  });

  it('registers the addresses that consumers are to use', () => {
    const urls = { production: 'https://api.example.com/orders', sandbox: 'https://test.example.com/orders' };
    const stack = orders({ urls }, undefined, { disableExecuteApiEndpoint: true });
    expect(registrationOf(stack)).toMatchObject({ productionUrl: urls.production, sandboxUrl: urls.sandbox });
  });

  it('leaves nothing for cdk-nag to find', () => {
    const nagged = (isOpen: boolean) => {
      const app = quickApp();
      const api = new HttpApi(new Stack(app, 'Orders'), 'Api', { defaultAuthorizer: keys() });
      api.addRoutes({
        path: '/orders',
        integration: new HttpUrlIntegration('Url', 'https://orders.example.com'),
        ...(isOpen && { authorizer: new HttpNoneAuthorizer() }),
      });
      api.addRoutes({
        path: '/more',
        integration: new HttpUrlIntegration('More', 'https://orders.example.com'),
      });
      Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
      return () => app.synth();
    };
    expect(nagged(false)).not.toThrow();
    expect(nagged(true)).toThrow();
  });

  it('has the tags of its stack on all that it adds', () => {
    const stack = orders({}, ({ stack: scope }) => Tags.of(scope).add('team', 'shop'));
    for (const path of ['Api', 'Api/Keys/Sandbox']) {
      expect(stack.at(path).properties['Tags']).toEqual({ team: 'shop' });
    }
    expect(stack.at('Api/Keys/AccessLogs').properties['Tags']).toEqual([{ Key: 'team', Value: 'shop' }]);
  });

  it('warns where pages could not send the key', () => {
    const app = quickApp();
    const stack = new Stack(app, 'Orders');
    const api = new HttpApi(stack, 'Api', {
      defaultAuthorizer: keys(),
      corsPreflight: { allowOrigins: ['*'], allowHeaders: ['content-type'] },
    });
    api.addRoutes({ path: '/all', integration: new HttpUrlIntegration('Url', 'https://orders.example.com') });
    const { messages } = app.synth().getStackArtifact(stack.artifactId);
    expect(messages.map(({ entry }) => JSON.stringify(entry.data))).toEqual([
      expect.stringContaining('add apikey to the allowHeaders'),
      expect.stringContaining('the route ANY /all also takes the preflights'),
    ]);
  });
});

/** With a route whose integration passes `value` on. */
const copying = (value: (made: Made) => string) =>
  orders({}, (made) =>
    made.api.addRoutes({
      path: '/copy',
      integration: new HttpUrlIntegration('Copy', 'https://orders.example.com', {
        parameterMapping: new ParameterMapping().appendHeader('x-copy', MappingValue.custom(value(made))),
      }),
    }),
  );

/** With an aspect that runs when the key has been taken out. */
const changedLate = (change: (child: IConstruct) => unknown) =>
  orders({}, ({ stack }) => {
    Aspects.of(new Construct(stack, 'Last')).add({
      visit: () => {
        for (const child of stack.node.findAll()) change(child);
      },
    });
  });

describe('an API that the authorizer cannot protect', () => {
  it.each<[string, RegExp, () => unknown]>([
    [
      'it is imported',
      /^Orders\/Imported: the authorizer Keys cannot protect an API that is imported: .* use the authorizer where the HttpApi is made$/,
      () => {
        const stack = new Stack(quickApp(), 'Orders');
        new HttpRoute(stack, 'Route', {
          httpApi: HttpApi.fromHttpApiAttributes(stack, 'Imported', { httpApiId: 'abc' }),
          routeKey: HttpRouteKey.DEFAULT,
          integration: new HttpUrlIntegration('Url', 'https://orders.example.com'),
          authorizer: keys(),
        });
      },
    ],
    [
      'it is a WebSocket API',
      /is for HTTP APIs, and this is no route of one/,
      () => {
        const stack = new Stack(quickApp(), 'Orders');
        const handler = Function.fromFunctionArn(stack, 'Function', functionArn('orders'));
        const integration = new WebSocketLambdaIntegration('Connect', handler);
        // The compiler would not let it pass.
        Reflect.construct(WebSocketApi, [
          stack,
          'Api',
          { connectRouteOptions: { integration, authorizer: keys() } },
        ]);
      },
    ],
    [
      'it is a second API',
      /the authorizer Keys protects Orders\/First already, under its title and version: make another for Orders\/Second$/,
      () => {
        const stack = new Stack(quickApp(), 'Orders');
        const defaultAuthorizer = keys();
        for (const id of ['First', 'Second']) {
          new HttpApi(stack, id, {
            defaultAuthorizer,
            defaultIntegration: new HttpUrlIntegration(`${id}Url`, 'https://orders.example.com'),
          });
        }
      },
    ],
    [
      'another API has its title and version',
      /have title and version Shop 2\.0\.1 in common/,
      () =>
        orders({ definition: shop }, ({ stack }) => {
          new ProtectedHttpApi(stack, 'Other', {
            ...PROPS,
            definition: shop,
            context: '/other',
            backend: { url: 'https://orders.example.com' },
          });
        }),
    ],
    [
      'a stage is no environment',
      /the stage v2 \(Orders\/Api\/V2\/Resource\) is neither production \(\$default\) nor sandbox \(sandbox\)/,
      () => orders({}, ({ api }) => api.addStage('V2', { stageName: 'v2', autoDeploy: true })),
    ],
    [
      'a stage is not deployed with the stack',
      /the stage live .* is not deployed with the stack: pass autoDeploy: true/,
      () =>
        orders(
          { stageNames: { production: 'live' } },
          ({ api }) => api.addStage('Live', { stageName: 'live' }),
          { createDefaultStage: false },
        ),
    ],
    [
      'it has no stage for production',
      /it has no stage \$default, which is production: add it with addStage, or name another with stageNames/,
      () => orders({}, undefined, { createDefaultStage: false }),
    ],
    [
      'it has a sandbox itself',
      /it has the stage sandbox more than once: .*say createSandboxStage: false to keep yours/,
      () => orders({}, ({ api }) => api.addStage('Own', { stageName: 'sandbox', autoDeploy: true })),
    ],
    [
      'a stage has an access log of its own',
      /the stage \$default .* has accessLogSettings of its own/,
      () =>
        orders({}, ({ api }) => {
          const stage = api.defaultStage?.node.defaultChild;
          if (stage instanceof CfnStage) stage.accessLogSettings = { destinationArn: 'arn', format: '{}' };
        }),
    ],
    [
      'a stage has variables of Keybound',
      /the stage \$default \(Orders\/Api\/DefaultStage\/Resource\) has the stage variables keyboundKeyQueryParameter, keyboundTrustedProxies, .*: give them other names/,
      () =>
        orders({}, ({ api }) => {
          const stage = api.defaultStage?.node.defaultChild;
          if (!(stage instanceof CfnStage)) return;
          stage.stageVariables = {
            keyboundKeyQueryParameter: 'k',
            keyboundTrustedProxies: 'x',
            color: 'blue',
          };
        }),
    ],
    [
      'a stage is in another stack',
      /the stage live .* is in the stack Other, and its API in Orders: make it there/,
      () =>
        orders(
          { stageNames: { production: 'live' } },
          ({ api, app }) =>
            new HttpStage(new Stack(app, 'Other'), 'Live', {
              httpApi: api,
              stageName: 'live',
              autoDeploy: true,
            }),
          { createDefaultStage: false },
        ),
    ],
    [
      'limits are named twice',
      /the stage live .* has limits, and so has throttling\.production: remove one/,
      () =>
        orders(
          {
            stageNames: { production: 'live' },
            throttling: { production: { rateLimit: 1, burstLimit: 1 } },
          },
          ({ api }) =>
            api.addStage('Live', {
              stageName: 'live',
              autoDeploy: true,
              throttle: { rateLimit: 1, burstLimit: 1 },
            }),
          { createDefaultStage: false },
        ),
    ],
    [
      'a limit names a route that it does not have',
      /throttling\.production\.routes names "GET \/gone"/,
      () =>
        orders({
          throttling: {
            production: {
              rateLimit: 1,
              burstLimit: 1,
              routes: { 'GET /gone': { rateLimit: 1, burstLimit: 1 } },
            },
          },
        }),
    ],
    [
      'an integration serves routes with and without keys',
      /the integration .* serves GET \/orders\/\{id\}, which wants a key, and GET \/open, which does not: .* give each its own/,
      () =>
        orders({}, ({ api, integration }) =>
          api.addRoutes({
            path: '/open',
            methods: [HttpMethod.GET],
            integration,
            authorizer: new HttpNoneAuthorizer(),
          }),
        ),
    ],
    [
      'an integration hands the key over under another name',
      /the integration .* would hand the key or a secret over: its mapping append:header\.x-copy has \$request\.header\.ApiKey; remove it/,
      () =>
        orders({}, ({ api }) =>
          api.addRoutes({
            path: '/copy',
            integration: new HttpUrlIntegration('Copy', 'https://orders.example.com', {
              parameterMapping: new ParameterMapping().appendHeader(
                'x-copy',
                MappingValue.requestHeader('ApiKey'),
              ),
            }),
          }),
        ),
    ],
    ...['', '$request.header.'].map((start): [string, RegExp, () => unknown] => [
      `an integration hands the key over by what is written late, after "${start}"`,
      /would hand the key or a secret over: its mapping append:header\.x-copy has \$request\.header\.ApiKey; remove it/,
      () =>
        copying(() => start + Lazy.string({ produce: () => '$request.header.ApiKey'.slice(start.length) })),
    ]),
    [
      'an integration passes on what only the deployment knows',
      /the integration .* has a mapping that only the deployment knows: write it out/,
      () => copying(({ stack }) => new CfnParameter(stack, 'Copied').valueAsString),
    ],
    [
      'an integration passes on what an attribute of a resource says',
      /the integration .* has a mapping that only the deployment knows: write it out/,
      () => copying(({ api }) => api.apiEndpoint),
    ],
    [
      'an integration writes a header of Keybound itself',
      /has the mapping overwrite:header\.X-Keybound-Owner, and Keybound needs overwrite:header\.x-keybound-owner: remove it/,
      () =>
        orders({}, ({ api }) =>
          api.addRoutes({
            path: '/forge',
            integration: new HttpUrlIntegration('Forge', 'https://orders.example.com', {
              parameterMapping: new ParameterMapping().overwriteHeader(
                'X-Keybound-Owner',
                MappingValue.custom('me'),
              ),
            }),
          }),
        ),
    ],
    [
      'an override hides what takes the key out',
      /overrides RequestParameters, which Keybound must set: use the property of the construct/,
      () =>
        orders({}, ({ stack }) => {
          for (const child of stack.node.findAll()) {
            if (child instanceof CfnIntegration) child.addPropertyOverride('RequestParameters', {});
          }
        }),
    ],
    ...['IntegrationType', 'IntegrationUri', 'ConnectionType', 'ConnectionId'].map(
      (name): [string, RegExp, () => unknown] => [
        `an override leads an integration elsewhere: ${name}`,
        new RegExp(`Backend/Resource overrides ${name}, which Keybound must set: use the property of the`),
        () =>
          orders({}, ({ stack }) => {
            for (const child of stack.node.findAll()) {
              if (child instanceof CfnIntegration) child.addPropertyOverride(name, 'other');
            }
          }),
      ],
    ),
    ...Object.entries<(made: Made) => unknown>({
      'a reference by its name': () => Fn.ref('OrdersApi'),
      'an attribute by its name': () => Fn.getAtt('OrdersApi', 'ApiId').toString(),
      'a text with its name': () => Fn.sub('${OrdersApi}'),
      'a reference': ({ api }) => api.apiId,
    }).flatMap(([form, apiId]) =>
      ['Route', 'Integration', 'Stage'].map((kind): [string, RegExp, () => unknown] => [
        `a ${kind} without a class of its own is tied to it by ${form}`,
        /Orders\/Raw adds to Orders\/Api\/Resource in a way in which the key cannot be taken out: make it with addRoutes or addStage/,
        () =>
          orders({}, (made) => {
            if (made.api.node.defaultChild instanceof CfnApi) {
              made.api.node.defaultChild.overrideLogicalId('OrdersApi');
            }
            new CfnResource(made.stack, 'Raw', {
              type: `AWS::ApiGatewayV2::${kind}`,
              properties: { ApiId: apiId(made), RouteKey: 'GET /raw' },
            });
          }),
      ]),
    ),
    [
      'a route is tied to it by its name',
      /Orders\/Raw adds to Orders\/Api\/Resource in a way/,
      () =>
        orders({}, ({ stack, api }) => {
          if (api.node.defaultChild instanceof CfnApi) api.node.defaultChild.overrideLogicalId('OrdersApi');
          new CfnRoute(stack, 'Raw', { apiId: Fn.ref('OrdersApi'), routeKey: 'GET /raw' });
        }),
    ],
    [
      'a resource of another stack is tied to it',
      /Other\/Raw adds to Orders\/Api\/Resource in a way/,
      () =>
        orders({}, ({ app, api }) => {
          new CfnResource(new Stack(app, 'Other'), 'Raw', {
            type: 'AWS::ApiGatewayV2::Route',
            properties: { ApiId: api.apiId, RouteKey: 'GET /raw' },
          });
        }),
    ],
    [
      'a route of another API has its authorizer',
      /Orders\/Raw adds to Orders\/Api\/Resource in a way/,
      () =>
        orders({}, ({ stack, authorizer }) => {
          new CfnRoute(stack, 'Raw', {
            apiId: 'other',
            routeKey: 'GET /raw',
            authorizerId: authorizer.authorizerId,
          });
        }),
    ],
    [
      'a route is shadowed by the sandbox',
      /the route GET \/sandbox\/toys .* cannot be reached on the stage \$default: .* give the sandbox another name with stageNames/,
      () =>
        orders({}, ({ api, integration }) =>
          api.addRoutes({ path: '/sandbox/toys', methods: [HttpMethod.GET], integration }),
        ),
    ],
    [
      'a route has scopes',
      /has authorization scopes, which keys do not have/,
      () =>
        orders({}, ({ api, integration }) =>
          api.addRoutes({ path: '/scoped', integration, authorizationScopes: ['orders'] }),
        ),
    ],
    [
      'decisions would be cached where they cannot be taken back',
      /the freshness gateway needs stages that are called production and sandbox/,
      () => orders({ freshness: { mode: 'gateway', ttlSeconds: 60 } }),
    ],
    [
      'both environments would be one stage',
      /both environments have the stage live/,
      () => orders({ stageNames: { production: 'live', sandbox: 'live' } }),
    ],
    [
      'nobody could reach it',
      /say with urls where consumers reach production and sandbox/,
      () => orders({}, undefined, { disableExecuteApiEndpoint: true }),
    ],
    [
      'its context is no path',
      /the context orders must begin with a slash/,
      () => orders({ context: 'orders' }),
    ],
  ])('is an error of the synthesis that names the way out: %s', (_, message, make) => {
    expect(make).toThrow(message);
  });

  it('is one whose integrations an aspect changes after the key was taken out', () => {
    expect(() =>
      changedLate((child) => {
        if (child instanceof CfnIntegration) child.requestParameters = {};
      }),
    ).toThrow(/was changed by an aspect, after the key was taken out: change it in the app/);
  });

  it('is one whose mappings an aspect changes in place', () => {
    expect(() =>
      changedLate((child) => {
        if (!(child instanceof CfnIntegration)) return;
        Object.assign(child.requestParameters ?? {}, { 'append:header.x-copy': '$request.header.apikey' });
      }),
    ).toThrow(
      /Backend\/Resource was changed by an aspect, after the key was taken out: change it in the app/,
    );
  });

  it('is one whose integrations an aspect leads elsewhere', () => {
    expect(() =>
      changedLate((child) => {
        if (child instanceof CfnIntegration) child.integrationUri = 'https://orders.example.com';
      }),
    ).toThrow(/Backend\/Resource was changed by an aspect, after the key was taken out/);
  });

  it.each<[string, (authorizer: CfnAuthorizer) => unknown]>([
    ['AuthorizerResultTtlInSeconds', (authorizer) => (authorizer.authorizerResultTtlInSeconds = 3600)],
    ['IdentitySource', ({ identitySource }) => identitySource?.push('$request.header.apikey')],
    ['AuthorizerUri', (authorizer) => (authorizer.authorizerUri = functionArn('other'))],
    ['EnableSimpleResponses', (authorizer) => (authorizer.enableSimpleResponses = false)],
    [
      'AuthorizerPayloadFormatVersion',
      (authorizer) => {
        authorizer.addPropertyOverride('AuthorizerPayloadFormatVersion', '1.0');
      },
    ],
    [
      'AuthorizerType',
      (authorizer) => {
        authorizer.addPropertyDeletionOverride('AuthorizerType');
      },
    ],
    [
      'Type',
      (authorizer) => {
        authorizer.addOverride('Type', 'AWS::ApiGatewayV2::Other');
      },
    ],
  ])('is one whose authorizer is changed: its %s', (name, change) => {
    const changed = (child: IConstruct) => {
      if (child instanceof CfnAuthorizer) change(child);
    };
    const message = new RegExp(
      `Orders/Api/Keys/Authorizer was changed after Keybound made it \\(${name}\\), .*: leave it as it is; how long a decision holds is what the property freshness says`,
    );
    expect(() => changedLate(changed)).toThrow(message);
    // Nor by the app, before all aspects.
    expect(() => orders({}, ({ stack }) => stack.node.findAll().map(changed))).toThrow(message);
  });

  it('is a ProtectedHttpApi whose authorizer is changed, too', () => {
    const app = quickApp();
    const stack = new Stack(app, 'Shop');
    const api = new ProtectedHttpApi(stack, 'Api', {
      ...PROPS,
      definition: shop,
      backend: { url: 'https://orders.example.com' },
    });
    const authorizer = api.node.findChild('Authorizer');
    if (authorizer instanceof CfnAuthorizer) authorizer.authorizerResultTtlInSeconds = 3600;
    expect(() => readStack(stack)).toThrow(
      /Shop\/Api\/Authorizer was changed after Keybound made it \(AuthorizerResultTtlInSeconds\)/,
    );
  });

  it('is one with properties that are not known', () => {
    expect(() => keys(Object.assign({}, PROPS, { refusals: 'detailed' }))).toThrow(
      /^Keys: what it is made with has no property refusals/,
    );
  });

  it('is one without a title and a version', () => {
    expect(() => keys(Object.assign({}, PROPS, { definition: 'orders.yaml' }))).toThrow(
      'Keys: the property definition must be an OpenAPI document, or { title, version }, and is a string',
    );
  });

  it('has no attributes before a route has the authorizer', () => {
    expect(() => keys().urls).toThrow(/the authorizer Keys is on no route yet/);
  });
});
