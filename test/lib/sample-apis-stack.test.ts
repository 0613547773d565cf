import { App, Stack, Validations } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { SampleApisStack } from '../../examples/samples/sample-apis-stack.ts';
import { readSampleSettings } from '../../examples/samples/sample-settings.ts';
import { outputDirectory, QUICK_CONTEXT, quickApp } from './quick-app.ts';
import { readStack } from './read-stack.ts';
import { CORE } from './shop-api.ts';

const stack = readStack(new SampleApisStack(quickApp(), 'Samples', { core: CORE }));

const routesOf = (api: string) =>
  stack
    .ofType('AWS::ApiGatewayV2::Route')
    .filter(({ properties }) => properties['ApiId'] === `\${${api}/Api}`)
    .map(({ properties }) => z.object({ RouteKey: z.string(), AuthorizerId: z.string() }).parse(properties));

describe('the sample APIs', () => {
  it('PizzaShack has a menu and orders, wants a subscription, and takes its key from header or query', () => {
    expect(routesOf('PizzaShack').map(({ RouteKey }) => RouteKey)).toEqual([
      'GET /menu',
      'POST /order',
      'GET /order/{orderId}',
      'PUT /order/{orderId}',
      'DELETE /order/{orderId}',
    ]);
    expect(stack.at('PizzaShack/Registration').properties).toMatchObject({
      name: 'PizzaShackAPI',
      version: '1.0.0',
      context: '/pizzashack/1.0.0',
      provider: 'PizzaShack',
      requiresSubscription: 'true',
      keyHeader: 'apikey',
      keyQueryParameter: 'apikey',
    });
    expect(stack.at('PizzaShack/Api').properties['CorsConfiguration']).toMatchObject({
      AllowOrigins: ['*'],
      AllowHeaders: ['apikey', 'content-type'],
      AllowCredentials: false,
    });
  });

  it('Petstore wants only a key, in a header of its own name', () => {
    expect(routesOf('Petstore').map(({ RouteKey }) => RouteKey)).toEqual([
      'GET /pet/findByStatus',
      'GET /pet/{petId}',
    ]);
    const { properties } = stack.at('Petstore/Registration');
    expect(properties).toMatchObject({
      name: 'Petstore',
      version: '1.0.0',
      context: '/v2',
      requiresSubscription: 'false',
      keyHeader: 'petstore_key',
    });
    expect(properties).not.toHaveProperty('keyQueryParameter');
  });

  it('say why they refuse, PizzaShack as API Manager does, Petstore as Microgateway', () => {
    for (const stage of ['Production', 'Sandbox']) {
      const variables = (api: string) => stack.at(`${api}/${stage}`).properties['StageVariables'];
      expect(variables('PizzaShack')).toMatchObject({ keyboundRefusals: 'detailed' });
      expect(variables('Petstore')).toMatchObject({ keyboundRefusals: 'detailed-fault' });
    }
  });

  it('both are guarded on every route by the authorizer of the core', () => {
    for (const api of ['PizzaShack', 'Petstore']) {
      expect(new Set(routesOf(api).map(({ AuthorizerId }) => AuthorizerId))).toEqual(
        new Set([`\${${api}/Authorizer}`]),
      );
      expect(stack.at(`${api}/Authorizer`).properties['AuthorizerUri']).toContain(CORE.authorizerArn);
    }
  });

  it('their backends may write their own log, PizzaShack its orders one by one, and nothing else', () => {
    const log = (name: string) => ({
      Effect: 'Allow',
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: `\${${name}Backend/Logs.Arn}`,
    });
    const orders = {
      Effect: 'Allow',
      Action: ['dynamodb:DeleteItem', 'dynamodb:GetItem', 'dynamodb:PutItem'],
      Resource: '${Orders.Arn}',
    };
    const policies = stack.ofType('AWS::IAM::Policy').map(({ properties }) => ({
      document: properties['PolicyDocument'],
      roles: properties['Roles'],
    }));
    expect(policies).toEqual([
      {
        document: { Version: '2012-10-17', Statement: [log('PizzaShack'), orders] },
        roles: ['${PizzaShackBackend/Role}'],
      },
      {
        document: { Version: '2012-10-17', Statement: [log('Petstore')] },
        roles: ['${PetstoreBackend/Role}'],
      },
    ]);
    for (const { properties } of stack.ofType('AWS::IAM::Role')) {
      expect(properties).not.toHaveProperty('ManagedPolicyArns');
      expect(properties).not.toHaveProperty('Policies');
    }
  });

  it('the orders are forgotten by DynamoDB, and go with the stack', () => {
    expect(stack.at('Orders')).toMatchObject({
      deletionPolicy: 'Delete',
      properties: {
        KeySchema: [
          { AttributeName: 'owner', KeyType: 'HASH' },
          { AttributeName: 'orderId', KeyType: 'RANGE' },
        ],
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      },
    });
  });

  it('their access logs go to groups of different names', () => {
    const names = ['PizzaShack', 'Petstore'].map((api) =>
      String(stack.at(`${api}/AccessLogs`).properties['LogGroupName']),
    );
    expect(names).toEqual([
      expect.stringMatching(/^\/aws\/vendedlogs\/keybound\/Samples-PizzaShack-\w+$/),
      expect.stringMatching(/^\/aws\/vendedlogs\/keybound\/Samples-Petstore-\w+$/),
    ]);
  });

  it('their ids and addresses are put out', () => {
    expect(Object.keys(stack.outputs).toSorted()).toEqual([
      'PetstoreApiId',
      'PetstoreSandboxUrl',
      'PetstoreUrl',
      'PizzaShackApiId',
      'PizzaShackSandboxUrl',
      'PizzaShackUrl',
    ]);
    expect(stack.outputs['PizzaShackUrl']).toBe('${PizzaShack/Api.ApiEndpoint}/production');
    expect(stack.outputs['PetstoreSandboxUrl']).toBe('${Petstore/Api.ApiEndpoint}/sandbox');
  });

  it('their backends keep logs for a week, and they keep access logs for three months', () => {
    const days = stack.ofType('AWS::Logs::LogGroup').map(({ properties }) => properties['RetentionInDays']);
    expect(new Set(days)).toEqual(new Set([7, 90]));
  });

  it('are served below domains of their own where there are some, whose addresses developers see', () => {
    const samples = readStack(
      new SampleApisStack(quickApp(), 'Samples', {
        core: CORE,
        domains: {
          certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/local',
          production: { domainName: 'localhost', url: 'http://localhost:8243' },
          sandbox: { domainName: 'sandbox.localhost', url: 'http://sandbox.localhost:8243' },
        },
      }),
    );
    expect(
      samples.ofType('AWS::ApiGatewayV2::DomainName').map(({ properties }) => properties['DomainName']),
    ).toEqual(['localhost', 'sandbox.localhost']);
    expect(samples.outputs).toMatchObject({
      PizzaShackUrl: 'http://localhost:8243/pizzashack/1.0.0',
      PizzaShackSandboxUrl: 'http://sandbox.localhost:8243/pizzashack/1.0.0',
      PetstoreUrl: 'http://localhost:8243/v2',
      PetstoreSandboxUrl: 'http://sandbox.localhost:8243/v2',
    });
  });

  it('give cdk-nag nothing to find that is not acknowledged with a reason', () => {
    const synthesize = (more: (app: App) => unknown) => {
      const app = new App({ outdir: outputDirectory(), context: QUICK_CONTEXT });
      new SampleApisStack(app, 'Samples', { core: 'dev' });
      more(app);
      Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
      app.synth();
    };
    expect(() => synthesize(() => undefined)).not.toThrow();
    expect(() => synthesize((app) => new Bucket(new Stack(app, 'Careless'), 'Bucket'))).toThrow(
      /AwsSolutions-S1\b/,
    );
  });
});

describe('the settings of the samples', () => {
  const settings = (context: Readonly<Record<string, string>>) => readSampleSettings(quickApp(context).node);
  const DOMAINS = {
    gatewayDomain: 'api.example.com',
    sandboxDomain: 'sandbox.example.com',
    certificateArn: 'arn:aws:acm:::certificate/1',
  };

  it('name the deployment dev, and no domains, by default', () => {
    expect(settings({})).toEqual({ deployment: 'dev' });
    expect(settings({ deployment: 'staging' })).toEqual({ deployment: 'staging' });
  });

  it('take domains, and the addresses that consumers call', () => {
    expect(settings({ ...DOMAINS, gatewayUrl: 'https://cdn.example.com' })).toEqual({
      deployment: 'dev',
      domains: {
        certificateArn: DOMAINS.certificateArn,
        production: { domainName: 'api.example.com', url: 'https://cdn.example.com' },
        sandbox: { domainName: 'sandbox.example.com' },
      },
    });
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ...['prod', 'prod-eu', 'production', 'live'].map((deployment): [string, Record<string, string>] => [
      `do not deploy them beside ${deployment}`,
      { deployment },
    ]),
    ['custom domains need all of', { gatewayDomain: 'api.example.com' }],
    ['custom domains need all of', { sandboxDomain: 'sandbox.example.com' }],
    ['custom domains need all of', { ...DOMAINS, certificateArn: '' }],
    ['must differ', { ...DOMAINS, sandboxDomain: 'API.example.com' }],
  ])('are refused: %s (%o)', (message, context) => {
    expect(() => settings(context)).toThrow(message);
  });
});
