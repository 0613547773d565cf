import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployAssembly } from '../../../local/assembly/deploy-assembly.ts';
import type { CustomResourceRequest } from '../../../local/assembly/deployment.ts';
import { readAssembly } from '../../../local/assembly/read-assembly.ts';
import type { TableDefinition } from '../../../local/dynamodb/table-definition.ts';
import type { FunctionDefinition } from '../../../local/functions/function-definition.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { functionResource, writeAssembly, type StackFixture } from './write-assembly.ts';

async function deploy(stacks: Readonly<Record<string, StackFixture>>) {
  const directory = writeAssembly(temporaryDirectory(), stacks);
  const order: string[] = [];
  const tables: TableDefinition[] = [];
  const functions: FunctionDefinition[] = [];
  const requests: CustomResourceRequest[] = [];
  const deployed = await deployAssembly(await readAssembly(directory), {
    apiEndpoint: (apiId) => `http://${apiId}.test`,
    provisioner: {
      table: (definition) => {
        order.push(definition.tableName);
        tables.push(definition);
        return Promise.resolve();
      },
      function: (definition) => {
        order.push(definition.functionName);
        functions.push(definition);
      },
      customResource: (request) => {
        order.push(request.logicalId);
        requests.push(request);
        return Promise.resolve({ ref: `physical-${request.logicalId}`, attributes: { Answer: '42' } });
      },
    },
  });
  return { directory, deployed, order, tables, functions, requests };
}

const single = (Resources: object, rest: object = {}): Record<string, StackFixture> => ({
  Shop: { template: { Resources, ...rest }, assets: { code: { 'index.mjs': '' } } },
});

const TABLE = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'keys',
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    BillingMode: 'PAY_PER_REQUEST',
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true },
  },
};

const api = (overrides: Record<string, object> = {}): Record<string, object> => ({
  Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'shop', ProtocolType: 'HTTP' } },
  Fn: functionResource('code'),
  Integration: {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: { Ref: 'Api' },
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: { 'Fn::GetAtt': ['Fn', 'Arn'] },
      PayloadFormatVersion: '2.0',
      RequestParameters: { 'remove:header.apikey': "''" },
      ResponseParameters: {
        '200': { ResponseParameters: [{ Destination: 'remove:header.x', Source: "''" }] },
      },
    },
  },
  Authorizer: {
    Type: 'AWS::ApiGatewayV2::Authorizer',
    Properties: {
      ApiId: { Ref: 'Api' },
      AuthorizerType: 'REQUEST',
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      AuthorizerResultTtlInSeconds: 0,
      IdentitySource: [],
      AuthorizerUri: {
        'Fn::Sub':
          'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations',
      },
      Name: 'keys',
    },
  },
  Route: {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: { Ref: 'Api' },
      RouteKey: 'GET /menu',
      Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
      AuthorizationType: 'CUSTOM',
      AuthorizerId: { Ref: 'Authorizer' },
    },
  },
  Stage: {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: {
      ApiId: { Ref: 'Api' },
      StageName: 'production',
      AutoDeploy: true,
      StageVariables: { backend: 'one' },
      AccessLogSettings: { DestinationArn: { 'Fn::GetAtt': ['Log', 'Arn'] }, Format: '{}' },
    },
  },
  Log: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/vendedlogs/shop' } },
  Domain: { Type: 'AWS::ApiGatewayV2::DomainName', Properties: { DomainName: 'localhost' } },
  Mapping: {
    Type: 'AWS::ApiGatewayV2::ApiMapping',
    DependsOn: ['Stage'],
    Properties: {
      ApiId: { Ref: 'Api' },
      DomainName: { Ref: 'Domain' },
      ApiMappingKey: 'shop/1.0.0',
      Stage: 'production',
    },
  },
  ...overrides,
});

/** The API fixture with other properties for one resource. */
function apiWith(logicalId: string, properties: Record<string, unknown>): Record<string, StackFixture> {
  const resources = api();
  const resource: unknown = structuredClone(resources[logicalId]);
  const before: unknown = Reflect.get(Object(resource), 'Properties');
  return single({
    ...resources,
    [logicalId]: { ...Object(resource), Properties: { ...Object(before), ...properties } },
  });
}

describe('deployAssembly', () => {
  it('deploys resources after those that they refer to, whatever their order in the template', async () => {
    const { order } = await deploy(
      single({
        Custom: { Type: 'Custom::Seed', Properties: { ServiceToken: { 'Fn::GetAtt': ['Fn', 'Arn'] } } },
        Fn: functionResource('code', {
          FunctionName: 'seed',
          Environment: { Variables: { TABLE: { Ref: 'Table' } } },
        }),
        Table: TABLE,
      }),
    );
    expect(order).toEqual(['keys', 'seed', 'Custom']);
  });

  it('deploys a stack after those that it depends on and takes their exports and SSM parameters', async () => {
    const { functions } = await deploy({
      App: {
        dependencies: ['Core'],
        assets: { code: { 'index.mjs': '' } },
        template: {
          Parameters: { Table: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/core/table' } },
          Resources: {
            Fn: functionResource('code', {
              Environment: { Variables: { ARN: { 'Fn::ImportValue': 'Core:arn' }, TABLE: { Ref: 'Table' } } },
            }),
          },
        },
      },
      Core: {
        template: {
          Resources: {
            Table: TABLE,
            Name: {
              Type: 'AWS::SSM::Parameter',
              Properties: { Name: '/core/table', Type: 'String', Value: { Ref: 'Table' } },
            },
          },
          Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Table', 'Arn'] }, Export: { Name: 'Core:arn' } } },
        },
      },
    });
    expect(functions[0]?.environment).toEqual({
      ARN: 'arn:aws:dynamodb:us-east-1:000000000000:table/keys',
      TABLE: 'keys',
    });
  });

  it('turns the parts of an HTTP API into what the gateway serves', async () => {
    const { deployed } = await deploy(single(api()));
    const [shop] = deployed.apis;
    expect(shop?.apiId).toMatch(/^[a-z0-9]{10}$/);
    const functionArn = expect.stringMatching(/^arn:aws:lambda:us-east-1:000000000000:function:Shop-Fn-/);
    expect(shop).toMatchObject({
      name: 'shop',
      executeApiEndpointDisabled: false,
      stages: [
        {
          name: 'production',
          variables: { backend: 'one' },
          accessLog: {
            destinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/vendedlogs/shop:*',
            format: '{}',
          },
        },
      ],
      routes: [
        {
          routeKey: 'GET /menu',
          authorization: {
            type: 'CUSTOM',
            authorizer: {
              functionArn,
              enableSimpleResponses: true,
              resultTtlSeconds: 0,
              identitySources: [],
            },
          },
          integration: {
            type: 'AWS_PROXY',
            uri: functionArn,
            payloadFormatVersion: '2.0',
            timeoutMilliseconds: 30_000,
            requestParameters: { 'remove:header.apikey': "''" },
            responseParameters: { '200': { 'remove:header.x': "''" } },
          },
        },
      ],
    });
    expect(deployed.mappings).toEqual([
      { domainName: 'localhost', mappingKey: 'shop/1.0.0', apiId: shop?.apiId, stage: 'production' },
    ]);
  });

  it('gives the same physical names at every start, and other ones to other stacks', async () => {
    const template = { Resources: api() };
    const assets = { code: { 'index.mjs': '' } };
    const once = await deploy({ A: { template, assets } });
    const twice = await deploy({ A: { template, assets } });
    const other = await deploy({ B: { template, assets } });
    expect(twice.deployed.apis[0]?.apiId).toBe(once.deployed.apis[0]?.apiId);
    expect(twice.functions[0]?.functionName).toBe(once.functions[0]?.functionName);
    expect(other.deployed.apis[0]?.apiId).not.toBe(once.deployed.apis[0]?.apiId);
  });

  it('reads a table with its indexes, stream and time to live, also as a global table with one replica', async () => {
    const { StreamSpecification, ...rest } = TABLE.Properties;
    const { tables } = await deploy(
      single({
        Table: {
          Type: 'AWS::DynamoDB::GlobalTable',
          Properties: {
            ...rest,
            StreamSpecification,
            GlobalSecondaryIndexes: [
              {
                IndexName: 'byOwner',
                KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
                Projection: { ProjectionType: 'ALL' },
              },
            ],
            Replicas: [
              { Region: 'us-east-1', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
            ],
          },
        },
      }),
    );
    expect(tables).toMatchObject([
      {
        tableName: 'keys',
        ttlAttribute: 'ttl',
        streamViewType: 'NEW_IMAGE',
        globalSecondaryIndexes: [{ IndexName: 'byOwner' }],
      },
    ]);
  });

  it('skips a resource whose condition does not hold', async () => {
    const { tables } = await deploy(
      single(
        { Table: { ...TABLE, Condition: 'Never' } },
        { Conditions: { Never: { 'Fn::Equals': [{ Ref: 'AWS::Region' }, 'eu-west-1'] } } },
      ),
    );
    expect(tables).toEqual([]);
  });

  it('takes attributes of a custom resource from what its function answered', async () => {
    const { deployed, requests } = await deploy(
      single(
        {
          Fn: functionResource('code', { FunctionName: 'seed' }),
          Custom: {
            Type: 'Custom::Seed',
            Properties: { ServiceToken: { 'Fn::GetAtt': ['Fn', 'Arn'] }, size: 3 },
          },
        },
        {
          Outputs: {
            Answer: { Value: { 'Fn::GetAtt': ['Custom', 'Answer'] } },
            Id: { Value: { Ref: 'Custom' } },
          },
        },
      ),
    );
    expect(Object.fromEntries(deployed.outputs.get('Shop') ?? [])).toEqual({
      Answer: '42',
      Id: 'physical-Custom',
    });
    expect(requests[0]).toMatchObject({
      resourceType: 'Custom::Seed',
      serviceToken: 'arn:aws:lambda:us-east-1:000000000000:function:seed',
      properties: { size: 3 },
    });
  });

  it('accepts types that have nothing to run without reading their properties', async () => {
    const { deployed } = await deploy(
      single(
        { Role: { Type: 'AWS::IAM::Role', Properties: { Odd: { 'Fn::Nothing': 1 } } } },
        { Outputs: { Role: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } } },
      ),
    );
    expect(deployed.outputs.get('Shop')?.get('Role')).toMatch(/^arn:aws:iam:/);
  });

  it.each<[string, Record<string, StackFixture>, RegExp]>([
    [
      'an unknown resource type, before anything is deployed',
      single({ Table: TABLE, Bucket: { Type: 'AWS::S3::Bucket' } }),
      /^Cannot run Shop\/Bucket \(AWS::S3::Bucket\): this resource type is not supported$/,
    ],
    [
      'resources that refer to each other in a circle',
      single({
        A: functionResource('code', { Environment: { Variables: { B: { Ref: 'B' } } } }),
        B: functionResource('code', { Environment: { Variables: { A: { 'Fn::Sub': '${A.Arn}' } } } }),
      }),
      /depend on each other: A → B → A/,
    ],
    [
      'an asset that is not in the assembly',
      single({ Fn: functionResource('other') }),
      /Shop\/Fn .* at Properties\.Code\.S3Key: the assembly has no asset with the key other\.zip/,
    ],
    [
      'a runtime that is not Node.js',
      single({ Fn: functionResource('code', { Runtime: 'python3.13' }) }),
      /only Node\.js/,
    ],
    [
      'an unknown property',
      single({ Fn: functionResource('code', { FileSystemConfigs: [] }) }),
      /at Properties\.FileSystemConfigs: this property is not supported/,
    ],
    [
      'an API of another kind',
      apiWith('Api', { ProtocolType: 'WEBSOCKET' }),
      /Shop\/Api .* at Properties\.ProtocolType: only HTTP APIs/,
    ],
    [
      'an API from an OpenAPI body',
      apiWith('Api', { Body: {} }),
      /at Properties\.Body: this property is not supported/,
    ],
    [
      'IAM authorization',
      apiWith('Route', { AuthorizationType: 'AWS_IAM' }),
      /Shop\/Route .*AuthorizationType: only NONE, JWT and CUSTOM/,
    ],
    [
      'an authorizer that is not there',
      apiWith('Route', { AuthorizerId: 'nobody' }),
      /at Properties\.AuthorizerId: the API has no authorizer nobody/,
    ],
    [
      'an integration that is not there',
      apiWith('Route', { Target: 'integrations/nobody' }),
      /no integration nobody/,
    ],
    [
      'an integration with an AWS service',
      apiWith('Integration', { IntegrationSubtype: 'SQS-SendMessage' }),
      /at Properties\.IntegrationSubtype/,
    ],
    [
      'a private integration',
      apiWith('Integration', { ConnectionType: 'VPC_LINK' }),
      /private integrations are not supported/,
    ],
    [
      'caching without an identity source',
      apiWith('Authorizer', { AuthorizerResultTtlInSeconds: 60 }),
      /at Properties\.AuthorizerResultTtlInSeconds: caching its results needs/,
    ],
    [
      'an authorizer without payload format',
      apiWith('Authorizer', { AuthorizerPayloadFormatVersion: { Ref: 'AWS::NoValue' } }),
      /must say its payload format/,
    ],
    [
      'a stage that nothing is deployed to',
      apiWith('Stage', { AutoDeploy: false }),
      /it would serve nothing/,
    ],
    ['a mapping to a stage that is not there', apiWith('Mapping', { Stage: 'other' }), /has no stage other/],
    [
      'an event source that is a queue',
      single({
        Queue: { Type: 'AWS::SQS::Queue' },
        Fn: functionResource('code'),
        Source: {
          Type: 'AWS::Lambda::EventSourceMapping',
          Properties: {
            EventSourceArn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
            FunctionName: { Ref: 'Fn' },
            StartingPosition: 'LATEST',
          },
        },
      }),
      /at Properties\.EventSourceArn: only DynamoDB streams/,
    ],
    [
      'a filter pattern that is not JSON',
      single({
        Log: { Type: 'AWS::Logs::LogGroup' },
        Fn: functionResource('code'),
        Sub: {
          Type: 'AWS::Logs::SubscriptionFilter',
          Properties: {
            LogGroupName: { Ref: 'Log' },
            DestinationArn: { 'Fn::GetAtt': ['Fn', 'Arn'] },
            FilterPattern: 'ERROR',
          },
        },
      }),
      /at Properties\.FilterPattern: only JSON filter patterns/,
    ],
    [
      'a table in several regions',
      single({
        T: {
          Type: 'AWS::DynamoDB::GlobalTable',
          Properties: { ...TABLE.Properties, Replicas: [{ Region: 'us-east-1' }, { Region: 'eu-west-1' }] },
        },
      }),
      /only one replica/,
    ],
    ['a template rule', single({}, { Rules: { Mine: {} } }), /Rules\.Mine: template rules/],
    [
      'a template macro',
      single({}, { Transform: 'AWS::Serverless-2016-10-31' }),
      /^Cannot run Shop.*Transform/,
    ],
    [
      'a user pool',
      single({ Pool: { Type: 'AWS::Cognito::UserPool' } }),
      /Shop\/Pool \(AWS::Cognito::UserPool\)/,
    ],
  ])('refuses %s', async (_what, stacks, message) => {
    await expect(deploy(stacks)).rejects.toThrow(message);
  });

  it('refuses a nested assembly', async () => {
    const { writeFileSync } = await import('node:fs');
    const directory = temporaryDirectory();
    writeFileSync(
      join(directory, 'manifest.json'),
      JSON.stringify({ artifacts: { 'assembly-Prod': { type: 'cdk:cloud-assembly' } } }),
    );
    await expect(readAssembly(directory)).rejects.toThrow(/assembly-Prod: nested assemblies/);
  });
});
