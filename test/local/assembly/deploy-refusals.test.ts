import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readAssembly } from '../../../local/assembly/read-assembly.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { api, apiWith, deploy, single, TABLE } from './deploy-fixture.ts';
import { functionResource, type StackFixture } from './write-assembly.ts';

describe('deployAssembly', () => {
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
    ...[
      ['GET /lists.{format}', /"GET \/lists\.\{format\}" has the part lists\.\{format\} in its path/],
      ['GET /v1/{id}:cancel', /has the part \{id\}:cancel/],
      ['GET /@me', /has the part @me/],
      ['GET /a//b', /has an empty part/],
      ['GET /a/', /has an empty part/],
      ['GET /ä', /has the part ä/],
      ['GET /x/{p+}/y', /has a greedy parameter before its last segment/],
      ['TRACE /a', /is neither \$default nor a method and a path/],
      ['/a', /is neither \$default nor a method and a path/],
    ].map(([routeKey, message]): [string, Record<string, StackFixture>, RegExp] => [
      `the route key ${String(routeKey)}`,
      apiWith('Route', { RouteKey: routeKey }),
      message instanceof RegExp ? message : /never/,
    ]),
    [
      'a whole ARN in a stage variable',
      apiWith('Integration', {
        IntegrationUri:
          'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${stageVariables.backend}/invocations',
      }),
      /Shop\/Integration .* at Properties\.IntegrationUri: .*a stage variable in the place of more than the name/,
    ],
    [
      'the account of a function in a stage variable',
      apiWith('Integration', {
        IntegrationUri:
          'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:${stageVariables.account}:function:x/invocations',
      }),
      /a stage variable in the place of more than the name/,
    ],
    [
      'a greedy parameter with its + in the URI of an HTTP backend',
      apiWith('Integration', {
        IntegrationType: 'HTTP_PROXY',
        IntegrationMethod: 'ANY',
        IntegrationUri: 'https://shop.example/{path+}',
      }),
      /names the parameter \{path\+\}, which a URI names without its \+: \{path\}/,
    ],
    [
      'a URI of 2,049 characters',
      apiWith('Integration', {
        IntegrationType: 'HTTP_PROXY',
        IntegrationMethod: 'ANY',
        IntegrationUri: `https://${'x'.repeat(2041)}`,
      }),
      /has 2049 characters, of at most 2048/,
    ],
    ...[
      ['{"status":"$context.status"}', /must have \$context\.requestId/],
      ['$context.requestId\n', /must be one line/],
      ['$context.requestId $context.nothing', /has the unknown variable \$context\.nothing/],
      [`$context.requestId${'x'.repeat(1024)}`, /has 1042 characters, of at most 1024/],
    ].map(([Format, message]): [string, Record<string, StackFixture>, RegExp] => [
      `the log format ${String(Format).slice(0, 40)}`,
      apiWith('Stage', { AccessLogSettings: { DestinationArn: { 'Fn::GetAtt': ['Log', 'Arn'] }, Format } }),
      message instanceof RegExp ? message : /never/,
    ]),
    ['a name of 129 characters', apiWith('Api', { Name: 'x'.repeat(129) }), /Properties\.Name: .*128/],
    [
      'a description of 1,025 characters',
      apiWith('Api', { Description: 'x'.repeat(1025) }),
      /Properties\.Description: .*1024/,
    ],
    [
      'a preflight that is kept for longer than a day',
      apiWith('Api', { CorsConfiguration: { MaxAge: 86_401 } }),
      /CorsConfiguration\.MaxAge: API Gateway takes at most 86400 seconds/,
    ],
    [
      'a stage variable of 513 characters',
      apiWith('Stage', { StageVariables: { backend: 'x'.repeat(513) } }),
      /StageVariables\.backend: API Gateway takes at most 512 characters/,
    ],
    [
      'a mapping key of 301 characters',
      apiWith('Mapping', { ApiMappingKey: 'x'.repeat(301) }),
      /ApiMappingKey: API Gateway takes at most 300/,
    ],
    [
      'more routes than an API can have',
      single({
        ...api(),
        ...Object.fromEntries(
          Array.from({ length: 300 }, (_, index) => [
            `Route${index}`,
            {
              Type: 'AWS::ApiGatewayV2::Route',
              Properties: {
                ApiId: { Ref: 'Api' },
                RouteKey: `GET /${index}`,
                Target: { 'Fn::Join': ['/', ['integrations', { Ref: 'Integration' }]] },
              },
            },
          ]),
        ),
      }),
      /the API has 301 routes, of at most 300/,
    ],
    [
      'more resources than a stack can have',
      single(Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`T${index}`, TABLE]))),
      /it has 501 resources, of at most 500/,
    ],
    ['a template rule', single({}, { Rules: { Mine: {} } }), /Rules\.Mine: template rules/],
    [
      'a template macro',
      single({}, { Transform: 'AWS::Serverless-2016-10-31' }),
      /^Cannot run Shop.*Transform/,
    ],
    ['a bucket', single({ Bucket: { Type: 'AWS::S3::Bucket' } }), /Shop\/Bucket \(AWS::S3::Bucket\)/],
  ])('refuses %s', async (_what, stacks, message) => {
    await expect(deploy(stacks)).rejects.toThrow(message);
  });

  it('refuses a nested assembly', async () => {
    const directory = temporaryDirectory();
    writeFileSync(
      join(directory, 'manifest.json'),
      JSON.stringify({ artifacts: { 'assembly-Prod': { type: 'cdk:cloud-assembly' } } }),
    );
    await expect(readAssembly(directory)).rejects.toThrow(/assembly-Prod: nested assemblies/);
  });
});
