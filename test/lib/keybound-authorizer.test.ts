import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CfnResource, Fn, Stack, Tags, Validations } from 'aws-cdk-lib';
import {
  CfnApi,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
  MappingValue,
  ParameterMapping,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpSqsIntegration, HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { KeyboundAuthorizerProps } from '../../lib/constructs/keybound-authorizer-props.ts';
import { readOpenApiDocument } from '../../lib/open-api/open-api-document.ts';
import { outputDirectory, quickApp } from './quick-app.ts';
import { type ReadStack } from './read-stack.ts';
import { CORE, SHARED_AUTHORIZER, shop } from './shop-api.ts';

import { keys, orders } from './existing-api.ts';

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
      ...SHARED_AUTHORIZER,
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
