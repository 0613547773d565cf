import { deployAssembly } from '../../../local/assembly/deploy-assembly.ts';
import type { CustomResourceRequest } from '../../../local/assembly/deployment.ts';
import { readAssembly } from '../../../local/assembly/read-assembly.ts';
import type { TableDefinition } from '../../../local/dynamodb/table-definition.ts';
import type { FunctionDefinition } from '../../../local/functions/function-definition.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import {
  functionResource,
  writeAssembly,
  type ResourceFixture,
  type StackFixture,
} from './write-assembly.ts';

/** Deploys an assembly to a provisioner that only keeps what it is given, in order. */
export async function deploy(stacks: Readonly<Record<string, StackFixture>>) {
  const directory = writeAssembly(temporaryDirectory(), stacks);
  const order: string[] = [];
  const tables: TableDefinition[] = [];
  const functions: FunctionDefinition[] = [];
  const requests: CustomResourceRequest[] = [];
  const deployed = await deployAssembly(await readAssembly(directory), {
    identity: { issuer: 'http://localhost:9443', clientId: 'test-client' },
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

/** An assembly of one stack, `Shop`, with one asset, `code`. */
export const single = (Resources: object, rest: object = {}): Record<string, StackFixture> => ({
  Shop: { template: { Resources, ...rest }, assets: { code: { 'index.mjs': '' } } },
});

export const TABLE = {
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

/** One of each part of an HTTP API. */
export const api = (): Record<string, ResourceFixture> => ({
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
      AccessLogSettings: {
        DestinationArn: { 'Fn::GetAtt': ['Log', 'Arn'] },
        Format: '{"id":"$context.requestId"}',
      },
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
});

/** The API fixture with other properties for one resource. */
export function apiWith(
  logicalId: string,
  properties: Record<string, unknown>,
): Record<string, StackFixture> {
  const resources = api();
  const resource = resources[logicalId];
  return single({
    ...resources,
    [logicalId]: { ...resource, Properties: { ...resource?.Properties, ...properties } },
  });
}
