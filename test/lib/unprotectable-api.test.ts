import { CfnParameter, CfnResource, Fn, Lazy, Stack } from 'aws-cdk-lib';
import {
  CfnApi,
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
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration, WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { ProtectedHttpApi } from '../../lib/constructs/protected-http-api.ts';
import { quickApp } from './quick-app.ts';
import { functionArn, shop } from './shop-api.ts';

import { keys, orders, ORDERS_PROPS, type Made } from './existing-api.ts';

/** With a route whose integration maps parameters. */
const mapping = (written: (parameters: ParameterMapping, made: Made) => ParameterMapping) =>
  orders({}, (made) =>
    made.api.addRoutes({
      path: '/mapped',
      integration: new HttpUrlIntegration('Mapped', 'https://orders.example.com', {
        parameterMapping: written(new ParameterMapping(), made),
      }),
    }),
  );

/** With a route whose integration passes `value` on. */
const copying = (value: (made: Made) => string) =>
  mapping((parameters, made) => parameters.appendHeader('x-copy', MappingValue.custom(value(made))));

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
            ...ORDERS_PROPS,
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
      () => mapping((parameters) => parameters.appendHeader('x-copy', MappingValue.requestHeader('ApiKey'))),
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
        mapping((parameters) => parameters.overwriteHeader('X-Keybound-Owner', MappingValue.custom('me'))),
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

  it('is one with properties that are not known', () => {
    expect(() => keys(Object.assign({}, ORDERS_PROPS, { refusals: 'detailed' }))).toThrow(
      /^Keys: what it is made with has no property refusals/,
    );
  });

  it('is one without a title and a version', () => {
    expect(() => keys(Object.assign({}, ORDERS_PROPS, { definition: 'orders.yaml' }))).toThrow(
      'Keys: the property definition must be an OpenAPI document, or { title, version }, and is a string',
    );
  });

  it('has no attributes before a route has the authorizer', () => {
    expect(() => keys().urls).toThrow(/the authorizer Keys is on no route yet/);
  });
});
