import { describe, expect, it } from 'vitest';
import { textLike } from '../any-text.ts';
import { api, deploy, single, TABLE } from './deploy-fixture.ts';
import { functionResource } from './write-assembly.ts';

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
    const functionArn: unknown = textLike(/^arn:aws:lambda:us-east-1:000000000000:function:Shop-Fn-/);
    expect(shop).toMatchObject({
      name: 'shop',
      executeApiEndpointDisabled: false,
      stages: [
        {
          name: 'production',
          variables: { backend: 'one' },
          accessLog: {
            destinationArn: 'arn:aws:logs:us-east-1:000000000000:log-group:/aws/vendedlogs/shop:*',
            format: '{"id":"$context.requestId"}',
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

  it.each([
    ['AWS::CloudWatch::Alarm', /^arn:aws:cloudwatch:.*:alarm:/],
    ['AWS::KMS::Key', /^arn:aws:kms:.*:key\//],
    ['AWS::SNS::Topic', /^arn:aws:sns:/],
    ['AWS::SQS::Queue', /^arn:aws:sqs:/],
  ])('accepts %s, which has nothing to run, without reading its properties', async (Type, arn) => {
    const { deployed } = await deploy(
      single(
        { Inert: { Type, Properties: { Odd: { 'Fn::Nothing': 1 } } } },
        { Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Inert', 'Arn'] } } } },
      ),
    );
    expect(deployed.outputs.get('Shop')?.get('Arn')).toMatch(arn);
  });

  it.each([
    'AWS::CloudWatch::Dashboard',
    'AWS::Lambda::EventInvokeConfig',
    'AWS::Logs::MetricFilter',
    'AWS::SNS::Subscription',
  ])('accepts %s, which has nothing to run and no ARN that anyone asks for', async (Type) => {
    const { deployed } = await deploy(
      single(
        { Inert: { Type, Properties: { Odd: { 'Fn::Nothing': 1 } } } },
        { Outputs: { Name: { Value: { Ref: 'Inert' } } } },
      ),
    );
    expect(deployed.outputs.get('Shop')?.get('Name')).toMatch(/Inert/);
  });
});
