import { App, Stack } from 'aws-cdk-lib';
import { CfnIntegration, CfnRoute, CfnStage, HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { CfnFunction, Function } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { DETAILED_STYLES } from '../../lambdas/core/refusals/refusal-style.ts';
import { STAGE_VARIABLES } from '../../lambdas/contract/stage-variables.ts';
import { BundledFunction } from '../../lib/internal/core/bundled-function.ts';
import { GuardedFunction } from '../../lib/constructs/guarded-function.ts';
import { ProtectedHttpApi } from '../../lib/constructs/protected-http-api.ts';
import type { Backend, ByEnvironment } from '../../lib/constructs/backend.ts';
import type { CorsSettings, DetailedRefusals } from '../../lib/constructs/protected-http-api-props.ts';
import { bundledProps } from './bundled-props.ts';
import { quickApp } from './quick-app.ts';
import { readStack, type ReadStack } from './read-stack.ts';
import { CORE, functionArn, shop, stageVariables, synthesize } from './shop-api.ts';

const guarded = (scope: Construct, id: string) => new GuardedFunction(scope, id, bundledProps());

type Refusing = (stack: Stack) => DetailedRefusals & { readonly cors?: CorsSettings };

/** An API with detailed refusals; `more` may add to its stack. */
function detailed(
  refusing: Refusing = (stack) => ({ refusals: 'detailed', backend: guarded(stack, 'Backend') }),
  more: (stack: Stack, api: ProtectedHttpApi) => unknown = () => undefined,
): ReadStack {
  const stack = new Stack(quickApp(), 'Shop');
  const api = new ProtectedHttpApi(stack, 'Shop', {
    core: CORE,
    definition: shop,
    context: '/shop/2.0.1',
    subscription: 'required',
    ...refusing(stack),
  });
  more(stack, api);
  return readStack(stack);
}

describe('an API with detailed refusals', () => {
  it.each(DETAILED_STYLES)('tells the authorizer so in both stages: %s', (refusals) => {
    const stack = detailed((scope) => ({ refusals, backend: guarded(scope, 'Backend') }));
    for (const stage of ['Production', 'Sandbox'] as const) {
      expect(stageVariables(stack, stage)[STAGE_VARIABLES.refusals]).toBe(refusals);
    }
  });

  it('leads every route to a guarded function, another in each environment if it likes', () => {
    const stack = detailed((scope) => ({
      refusals: 'detailed',
      backend: { production: guarded(scope, 'Live'), sandbox: guarded(scope, 'Test') },
    }));
    const integrations = stack.ofType('AWS::ApiGatewayV2::Integration');
    expect(integrations.map(({ properties }) => properties)).toMatchObject([
      {
        IntegrationType: 'AWS_PROXY',
        PayloadFormatVersion: '2.0',
        IntegrationUri: `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:\${stageVariables.${STAGE_VARIABLES.backend}}/invocations`,
      },
    ]);
    const routes = stack.ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => properties);
    expect(routes).toHaveLength(8);
    for (const route of routes) {
      expect(route).toMatchObject({
        Target: 'integrations/${Shop/Integration}',
        AuthorizationType: 'CUSTOM',
        AuthorizerId: '${Shop/Authorizer}',
      });
    }
    expect(stageVariables(stack, 'Production')[STAGE_VARIABLES.backend]).toBe(
      'part 1 of ${Live/Guarded.Arn} at :function:',
    );
    expect(stageVariables(stack, 'Sandbox')[STAGE_VARIABLES.backend]).toBe(
      'part 1 of ${Test/Guarded.Arn} at :function:',
    );
  });

  it('has another function than without the guard, so that a deployment changes both at once', () => {
    const nameOf = (make: (stack: Stack) => BundledFunction) => {
      const { function: fn } = make(new Stack(quickApp(), 'Shop'));
      const { defaultChild } = fn.node;
      if (!(defaultChild instanceof CfnFunction)) throw new Error('no function');
      const name: unknown = fn.stack.resolve(defaultChild.logicalId);
      return name;
    };
    const bare = nameOf((stack) => new BundledFunction(stack, 'Backend', bundledProps()));
    expect(nameOf((stack) => guarded(stack, 'Backend'))).not.toBe(bare);
  });

  it('lets pages read the headers of the guard', () => {
    const exposed = (exposeHeaders?: string[]) =>
      detailed((stack) => ({
        refusals: 'detailed',
        backend: guarded(stack, 'Backend'),
        cors: { allowOrigins: ['*'], ...(exposeHeaders !== undefined && { exposeHeaders }) },
      })).at('Shop/Api').properties['CorsConfiguration'];
    const own = ['ratelimit', 'ratelimit-policy', 'retry-after', 'www-authenticate'];
    expect(exposed()).toMatchObject({ ExposeHeaders: [...own, 'x-amzn-remapped-www-authenticate'] });
    expect(exposed(['X-Total', 'RateLimit'])).toMatchObject({
      ExposeHeaders: ['X-Total', 'RateLimit', ...own.slice(1), 'x-amzn-remapped-www-authenticate'],
    });
  });
});

describe('an API with plain refusals', () => {
  it('says so in its stage variable, exposes no such headers, and may have guarded backends', () => {
    const { stack } = synthesize({ cors: { allowOrigins: ['*'] } }, (scope) => ({
      backend: guarded(scope, 'Guarded'),
    }));
    expect(stageVariables(stack, 'Production')[STAGE_VARIABLES.refusals]).toBe('plain');
    expect(stageVariables(stack, 'Production')[STAGE_VARIABLES.backend]).toBe(
      'part 1 of ${Guarded/Guarded.Arn} at :function:',
    );
    expect(stack.at('Shop/Api').properties['CorsConfiguration']).toMatchObject({ ExposeHeaders: [] });
  });
});

describe('what the guard does not stand before is refused at synthesis', () => {
  const because = (environment: string, style = 'detailed') =>
    `Shop 2.0.1: with refusals: '${style}' API Gateway lets refused calls pass to the backend, whose guard answers them: the backend for ${environment} must be a GuardedFunction; a URL, and any other function, would serve refused calls`;
  const bare = (stack: Stack) => new BundledFunction(stack, 'Bare', bundledProps());

  // Each of these is an error of types as well.
  it.each<[string, (stack: Stack) => Backend]>([
    ['a URL', () => ({ url: 'https://shop.example.com' })],
    ['a bundled function', (stack) => bare(stack)],
    ['the function of a bundled function', (stack) => ({ function: bare(stack).function })],
    [
      'a function by its ARN',
      (stack) => ({ function: Function.fromFunctionArn(stack, 'Imported', functionArn('shop')) }),
    ],
    ['what is taken out of a guarded function', (stack) => ({ function: guarded(stack, 'Taken').function })],
    [
      'an alias of a guarded function, which may point to a version from before it was guarded',
      (stack) => ({
        function: Function.fromFunctionArn(
          stack,
          'Alias',
          `${guarded(stack, 'Aliased').function.functionArn}:live`,
        ),
      }),
    ],
  ])('%s', (_, backend) => {
    expect(() =>
      // @ts-expect-error -- the type refuses it, too
      detailed((stack) => ({ refusals: 'detailed', backend: backend(stack) })),
    ).toThrow(because('production'));
  });

  it.each<['production' | 'sandbox', (stack: Stack) => ByEnvironment<Backend>]>([
    ['production', (stack) => ({ production: bare(stack), sandbox: guarded(stack, 'Guarded') })],
    ['sandbox', (stack) => ({ production: guarded(stack, 'Guarded'), sandbox: bare(stack) })],
  ])('an unguarded function in %s alone', (environment, backends) => {
    expect(() =>
      // @ts-expect-error -- the type refuses it, too
      detailed((stack) => ({ refusals: 'detailed-fault', backend: backends(stack) })),
    ).toThrow(because(environment, 'detailed-fault'));
  });

  const child = (api: ProtectedHttpApi, id: string) => api.node.findChild(id);
  const apiRef = (api: ProtectedHttpApi) => {
    const stage = child(api, 'Production');
    if (!(stage instanceof CfnStage)) throw new Error('no stage');
    return stage.apiId;
  };

  it.each<[string, string, (stack: Stack, api: ProtectedHttpApi) => unknown]>([
    [
      'an integration beside the construct',
      'Shop/Other adds to an API with detailed refusals',
      (stack, api) =>
        new CfnIntegration(stack, 'Other', { apiId: apiRef(api), integrationType: 'HTTP_PROXY' }),
    ],
    [
      'a route within the construct',
      'Shop/Shop/Other adds to an API with detailed refusals',
      (_, api) => new CfnRoute(api, 'Other', { apiId: apiRef(api), routeKey: '$default' }),
    ],
    [
      'a stage of another name',
      'Shop/Other adds to an API with detailed refusals',
      (stack, api) => new CfnStage(stack, 'Other', { apiId: apiRef(api), stageName: 'other' }),
    ],
    [
      'a route in another stack',
      'Other/Route adds to an API with detailed refusals',
      (stack, api) => {
        const { root } = stack.node;
        if (!App.isApp(root)) throw new Error('no app');
        new CfnRoute(new Stack(root, 'Other'), 'Route', { apiId: apiRef(api), routeKey: 'GET /other' });
      },
    ],
    [
      'a stage that leads elsewhere',
      'Shop/Shop/Sandbox was changed after ProtectedHttpApi made it',
      (_, api) => {
        const stage = child(api, 'Sandbox');
        if (stage instanceof CfnStage) {
          stage.stageVariables = { [STAGE_VARIABLES.backend]: functionArn('bare') };
        }
      },
    ],
    [
      'an integration that leads elsewhere',
      'Shop/Shop/Integration was changed after ProtectedHttpApi made it',
      (_, api) => {
        const integration = child(api, 'Integration');
        if (integration instanceof CfnIntegration) integration.integrationUri = 'https://shop.example.com';
      },
    ],
    [
      'an integration that an override leads elsewhere',
      'Shop/Shop/Integration was changed after ProtectedHttpApi made it',
      (_, api) => {
        const integration = child(api, 'Integration');
        if (integration instanceof CfnIntegration) {
          integration.addPropertyOverride('IntegrationUri', functionArn('bare'));
        }
      },
    ],
    [
      'a stage whose backend an override changes',
      'Shop/Shop/Production was changed after ProtectedHttpApi made it',
      (_, api) => {
        const stage = child(api, 'Production');
        if (stage instanceof CfnStage) {
          stage.addPropertyOverride(`StageVariables.${STAGE_VARIABLES.backend}`, functionArn('bare'));
        }
      },
    ],
    [
      'a route that leads elsewhere',
      'Shop/Shop/GET --items was changed after ProtectedHttpApi made it',
      (_, api) => {
        const route = child(api, 'GET --items');
        if (route instanceof CfnRoute) route.target = 'integrations/other';
      },
    ],
  ])('%s', (_, message, change) => {
    expect(() => detailed(undefined, change)).toThrow(message);
  });

  it('but not a setting that leads nowhere else', () => {
    expect(() =>
      detailed(undefined, (_, api) => {
        const stage = child(api, 'Production');
        if (stage instanceof CfnStage) {
          stage.addPropertyOverride('DefaultRouteSettings.ThrottlingRateLimit', 100);
        }
      }),
    ).not.toThrow();
  });

  it('but not what another API has', () => {
    expect(() =>
      detailed(undefined, (stack) => {
        const api = new HttpApi(stack, 'Another');
        api.addRoutes({ path: '/x', integration: new HttpUrlIntegration('X', 'https://x.example.com') });
      }),
    ).not.toThrow();
  });
});
