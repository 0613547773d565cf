import { Aspects, Stack, type App } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, type HttpApiProps } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { Construct, type IConstruct } from 'constructs';
import { KeyboundAuthorizer } from '../../lib/constructs/keybound-authorizer.ts';
import type { KeyboundAuthorizerProps } from '../../lib/constructs/keybound-authorizer-props.ts';
import { quickApp } from './quick-app.ts';
import { readStack, type ReadStack } from './read-stack.ts';
import { CORE, functionArn } from './shop-api.ts';

/** What the authorizer of `orders` is made with. */
export const ORDERS_PROPS = {
  core: CORE,
  definition: { title: 'Orders', version: '1.0.0' },
  context: '/orders/1.0.0',
  subscription: 'optional',
} as const satisfies KeyboundAuthorizerProps;

export const keys = (props: Partial<KeyboundAuthorizerProps> = {}) =>
  new KeyboundAuthorizer('Keys', { ...ORDERS_PROPS, ...props });

export interface Made {
  readonly app: App;
  readonly stack: Stack;
  readonly api: HttpApi;
  readonly integration: HttpLambdaIntegration;
  readonly authorizer: KeyboundAuthorizer;
}

/** An HTTP API with one route, as a team has it; `more` adds to it. */
export function orders(
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

/** With an aspect that runs when the key has been taken out. */
export const changedLate = (change: (child: IConstruct) => unknown) =>
  orders({}, ({ stack }) => {
    Aspects.of(new Construct(stack, 'Last')).add({
      visit: () => {
        for (const child of stack.node.findAll()) change(child);
      },
    });
  });
