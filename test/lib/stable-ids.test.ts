import { Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GuardedFunction } from '../../lib/constructs/guarded-function.ts';
import { KeyboundAuthorizer } from '../../lib/constructs/keybound-authorizer.ts';
import { ProtectedHttpApi } from '../../lib/constructs/protected-http-api.ts';
import { KeyboundStack } from '../../lib/stacks/keybound-stack.ts';
import { bundledProps } from './bundled-props.ts';
import { CORE, shop } from './shop-api.ts';
import { quickApp } from './quick-app.ts';

const Resource = z.object({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });

/** Types of what holds state, or is referred to by its name or ARN from outside the stack. */
const LASTING = [
  'AWS::Cognito::UserPool',
  'AWS::Cognito::UserPoolClient',
  'AWS::DynamoDB::GlobalTable',
  'AWS::Events::EventBus',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::SSM::Parameter',
];

const Joined = z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) });

/** A name, with `…` for what only the deployment knows. */
function nameIn(value: unknown): string {
  if (typeof value === 'string') return value;
  const joined = Joined.safeParse(value);
  if (!joined.success) return '';
  return joined.data['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '…')).join('');
}

function lastingOf(stage: string): Record<string, string> {
  return lastingIn(
    new KeyboundStack(quickApp(), 'Core', { deployment: stage, keyPrefix: 'kb', portalOrigins: [] }),
    LASTING,
  );
}

function lastingIn(stack: Stack, types: readonly string[]): Record<string, string> {
  const resources = z.record(z.string(), Resource).parse(Template.fromStack(stack).toJSON()['Resources']);
  return Object.fromEntries(
    Object.entries(resources)
      .filter(([, { Type }]) => types.includes(Type))
      .map(([logicalId, { Type, Properties }]) => {
        const names = ['FunctionName', 'Name', 'LogGroupName'].map((key) => nameIn(Properties[key]));
        return [logicalId, [Type, ...names.filter((name) => name !== '')].join(' ')];
      }),
  );
}

/** A new logical id is a new resource: data are lost or left behind, and other stacks go on calling what is gone. */
describe('what holds state or is referred to by others', () => {
  it('keeps its logical id and its name', () => {
    expect(lastingOf('dev')).toEqual(LASTING_IDS);
  });

  it('is named for its deployment, so that two can be in one account and region', () => {
    const named = (stage: string) =>
      Object.values(lastingOf(stage)).filter((text) => text.includes(stage) && text.includes(' '));
    expect(named('eu').length).toBeGreaterThanOrEqual(7);
    expect(named('eu').map((text) => text.replace('eu', 'dev'))).toEqual(named('dev'));
  });
});

/** What others know the API by: its address, its stages, its log and its place in the portal. */
const LASTING_OF_APIS = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::Authorizer',
  'AWS::ApiGatewayV2::Stage',
  'AWS::Lambda::Function',
  'AWS::Logs::LogGroup',
  'AWS::Logs::SubscriptionFilter',
  'Custom::KeyboundApi',
];

describe('what callers of an API know it by', () => {
  it('keeps its logical id and its name in the stack of an API', () => {
    const stack = new Stack(quickApp(), 'Apis');
    new ProtectedHttpApi(stack, 'Shop', {
      core: CORE,
      definition: shop,
      context: '/shop',
      subscription: 'required',
      refusals: 'detailed',
      backend: new GuardedFunction(stack, 'Backend', bundledProps()),
    });
    expect(lastingIn(stack, LASTING_OF_APIS)).toEqual({
      BackendGuardedFEA9CB8A: 'AWS::Lambda::Function',
      BackendLogsF812E440: 'AWS::Logs::LogGroup',
      ShopAccessLogs5FC26275: 'AWS::Logs::LogGroup /aws/vendedlogs/keybound/Apis-Shop-715124DE',
      ShopApi4E8988D1: 'AWS::ApiGatewayV2::Api Shop 2.0.1',
      ShopAuthorizer66110BC7: 'AWS::ApiGatewayV2::Authorizer keybound',
      ShopProduction3216102A: 'AWS::ApiGatewayV2::Stage',
      ShopRegistration839450A3: 'Custom::KeyboundApi',
      ShopSandbox01251162: 'AWS::ApiGatewayV2::Stage',
      ShopUsage0D943520: 'AWS::Logs::SubscriptionFilter',
    });
  });

  it('keeps its logical id and its name in the stack of an API that was there before', () => {
    const stack = new Stack(quickApp(), 'Apis');
    const api = new HttpApi(stack, 'Api', {
      defaultAuthorizer: new KeyboundAuthorizer('Keys', {
        core: CORE,
        definition: { title: 'Orders', version: '1' },
        context: '/orders',
        subscription: 'optional',
      }),
    });
    api.addRoutes({
      path: '/orders',
      methods: [HttpMethod.GET],
      integration: new HttpUrlIntegration('Url', 'https://orders.example.com'),
    });
    expect(lastingIn(stack, LASTING_OF_APIS)).toEqual({
      ApiDefaultStage189A7074: 'AWS::ApiGatewayV2::Stage',
      ApiF70053CD: 'AWS::ApiGatewayV2::Api Api',
      ApiKeysAccessLogsCCC5EE2F: 'AWS::Logs::LogGroup /aws/vendedlogs/keybound/Apis-Api-Keys-CF9B34E8',
      ApiKeysAuthorizer985A544F: 'AWS::ApiGatewayV2::Authorizer keybound',
      ApiKeysRegistration14061752: 'Custom::KeyboundApi',
      ApiKeysSandbox44838BBC: 'AWS::ApiGatewayV2::Stage',
      ApiKeysUsageA9349CA2: 'AWS::Logs::SubscriptionFilter',
    });
  });
});

const LASTING_IDS: Readonly<Record<string, string>> = {
  AdminFunction6887E710: 'AWS::Lambda::Function',
  AdminLogs922FEE7F: 'AWS::Logs::LogGroup',
  AuthorizerArnE52C3628: 'AWS::SSM::Parameter /keybound/dev/authorizer-arn',
  AuthorizerFunctionEB19F618: 'AWS::Lambda::Function keybound-dev-authorizer',
  AuthorizerLogsF64AA3CA: 'AWS::Logs::LogGroup',
  EventsBus45DE4339: 'AWS::Events::EventBus keybound-dev',
  EventsPublisherFunction8D38CA1A: 'AWS::Lambda::Function',
  EventsPublisherLogs69000C42: 'AWS::Logs::LogGroup',
  HolderFunctionDC0EBB49: 'AWS::Lambda::Function',
  HolderLogs37932E3A: 'AWS::Logs::LogGroup',
  IdentityUsers61009EFD: 'AWS::Cognito::UserPool',
  IdentityUsersClient75E7C958: 'AWS::Cognito::UserPoolClient',
  ManagementAccessLogsCAEB4872: 'AWS::Logs::LogGroup /aws/vendedlogs/keybound/Core-Management-137CBC6F-…',
  PortalFunctionC13187AC: 'AWS::Lambda::Function',
  PortalLogs26A5BB73: 'AWS::Logs::LogGroup',
  PublisherFunction1938950E: 'AWS::Lambda::Function',
  PublisherLogsE97DD3DC: 'AWS::Logs::LogGroup',
  RegistrarArn4BBB063D: 'AWS::SSM::Parameter /keybound/dev/registrar-arn',
  RegistrarFunction39ADB1E4: 'AWS::Lambda::Function keybound-dev-registrar',
  RegistrarLogs6CCC4EBB: 'AWS::Logs::LogGroup',
  ResetsFunctionC2DF3AB7: 'AWS::Lambda::Function',
  ResetsLogs708608ED: 'AWS::Logs::LogGroup',
  TableCD117FA1: 'AWS::DynamoDB::GlobalTable',
  UsageArn8500BE50: 'AWS::SSM::Parameter /keybound/dev/usage-arn',
  UsageFunctionAEF0EA56: 'AWS::Lambda::Function keybound-dev-usage',
  UsageLogs41A31ACF: 'AWS::Logs::LogGroup',
};
