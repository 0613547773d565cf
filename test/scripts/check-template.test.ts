import { describe, expect, it } from 'vitest';
import { templateProblems } from '../../scripts/template/check-template.ts';

const of = (Type: string, Properties: object, more: object = {}) => ({
  Resources: { Thing: { Type, Properties } },
  ...more,
});
const many = (count: number, value: object) =>
  Object.fromEntries(Array.from({ length: count }, (_, n) => [`R${n}`, value]));

describe('a template that AWS would refuse', () => {
  it.each<[string, unknown]>([
    ['Name must be at most 128 characters', of('AWS::ApiGatewayV2::Api', { Name: 'x'.repeat(129) })],
    [
      'Description must be at most 1,024 characters',
      of('AWS::ApiGatewayV2::Api', { Description: 'x'.repeat(1_025) }),
    ],
    [
      'CorsConfiguration.MaxAge must be from -1 to 86,400, and is 100000',
      of('AWS::ApiGatewayV2::Api', { CorsConfiguration: { MaxAge: 100_000 } }),
    ],
    [
      'ApiMappingKey must be at most 300',
      of('AWS::ApiGatewayV2::ApiMapping', { ApiMappingKey: 'x'.repeat(301) }),
    ],
    [
      'JwtConfiguration.Issuer must be an https address',
      of('AWS::ApiGatewayV2::Authorizer', { JwtConfiguration: { Issuer: 'http://login.example.com' } }),
    ],
    ...['GET /lists.{format}', 'GET /v1/{id}:cancel', 'GET /@me', 'GET /a//b', 'GET /x/{p+}/y', 'GET /ä'].map(
      (RouteKey): [string, unknown] => [
        'RouteKey must be a method and a path',
        of('AWS::ApiGatewayV2::Route', { RouteKey }),
      ],
    ),
    [
      'StageVariables.backend must be at most 512 characters',
      of('AWS::ApiGatewayV2::Stage', { StageVariables: { backend: `https://${'x'.repeat(606)}` } }),
    ],
    [
      'a name in StageVariables must be letters, digits and _',
      of('AWS::ApiGatewayV2::Stage', { StageVariables: { 'a-b': 'c' } }),
    ],
    [
      'AccessLogSettings.Format must be one line with the id of the request',
      of('AWS::ApiGatewayV2::Stage', { AccessLogSettings: { Format: '{}' } }),
    ],
    ['Description must be characters of Latin-1', of('AWS::IAM::Role', { Description: 'Orders — all' })],
    ['Description must be characters of Latin-1', of('AWS::IAM::Role', { Description: 'Orders 🍕' })],
    [
      'CallbackURLs must be at most 100 entries',
      of('AWS::Cognito::UserPoolClient', { CallbackURLs: Array(101).fill('https://a') }),
    ],
    [
      'CallbackURLs.0 must be https, or http of localhost',
      of('AWS::Cognito::UserPoolClient', { CallbackURLs: ['http://portal.internal'] }),
    ],
    ...['keybound-aws-x', 'my-cognito', 'amazon'].map((Domain): [string, unknown] => [
      'Domain must be without aws',
      of('AWS::Cognito::UserPoolDomain', { Domain }),
    ]),
    ['Domain must be lower-case letters', of('AWS::Cognito::UserPoolDomain', { Domain: 'x-' })],
    [
      'Environment.Variables must be at most 4,096 bytes',
      of('AWS::Lambda::Function', { Environment: { Variables: { A1: 'x'.repeat(4_096) } } }),
    ],
    ['FunctionName must be at most 64', of('AWS::Lambda::Function', { FunctionName: 'x'.repeat(65) })],
    ['RetentionInDays must be one of 1, 3,', of('AWS::Logs::LogGroup', { RetentionInDays: 10 })],
    ['Tags.0.Key must be at most 128', of('AWS::KMS::Key', { Tags: [{ Key: 'aws:x', Value: '' }] })],
    ['Tags must be at most 50 tags', of('AWS::KMS::Key', { Tags: Array(51).fill({ Key: 'k', Value: 'v' }) })],
    ['no rules are known for this type', of('AWS::Kinesis::Stream', {})],
    [
      'must have at most 500 resources, and has 501',
      { Resources: many(501, { Type: 'AWS::CDK::Metadata' }) },
    ],
    ['must have at most 200 outputs, and has 201', { Outputs: many(201, {}) }],
    ['must have at most 1,000,000 bytes', of('AWS::CDK::Metadata', { Analytics: 'x'.repeat(1_000_001) })],
    ['the description of the template must have at most 1,024 bytes', { Description: 'ä'.repeat(513) }],
    ['the description of the output R0', { Outputs: many(1, { Description: 'x'.repeat(1_025) }) }],
    [
      'must have at most 300 routes, and has 301',
      {
        Resources: many(301, {
          Type: 'AWS::ApiGatewayV2::Route',
          Properties: { ApiId: { Ref: 'Api' }, RouteKey: 'GET /a' },
        }),
      },
    ],
    [
      'must have at most 10,240 bytes of policies',
      {
        Resources: many(2, {
          Type: 'AWS::IAM::Policy',
          Properties: { Roles: [{ Ref: 'Role' }], PolicyDocument: { Statement: ['x'.repeat(6_000)] } },
        }),
      },
    ],
    [
      'must have at most 2 subscription filters, and has 3',
      {
        Resources: many(3, {
          Type: 'AWS::Logs::SubscriptionFilter',
          Properties: { LogGroupName: { Ref: 'Log' } },
        }),
      },
    ],
  ])('is told why: %s', (problem, template) => {
    expect(templateProblems(template).join('\n')).toContain(problem);
  });

  it('is told the source of the limit', () => {
    const [problem] = templateProblems(of('AWS::ApiGatewayV2::Api', { Name: 'x'.repeat(129) }));
    expect(problem).toMatch(
      /^Thing \(AWS::ApiGatewayV2::Api\): Name .* \(.*https:\/\/docs\.aws\.amazon\.com\/.*\)$/,
    );
  });
});

describe('a template that AWS takes', () => {
  it.each<[string, unknown]>([
    [
      'the longest name',
      of('AWS::ApiGatewayV2::Api', { Name: 'x'.repeat(128), CorsConfiguration: { MaxAge: 86_400 } }),
    ],
    ['greedy and plain parameters', of('AWS::ApiGatewayV2::Route', { RouteKey: 'ANY /a/{b}/{c+}' })],
    ['what is known when it is deployed', of('AWS::Cognito::UserPoolDomain', { Domain: { Ref: 'Name' } })],
    ['a custom resource', of('Custom::KeyboundApi', { anything: 'x'.repeat(5_000) })],
  ])('is: %s', (_, template) => {
    expect(templateProblems(template)).toEqual([]);
  });

  it('is held to the part of a text that is known', () => {
    const joined = (literal: string) =>
      of('AWS::ApiGatewayV2::Api', { Name: { 'Fn::Join': ['', [literal, { Ref: 'Rest' }]] } });
    expect(templateProblems(joined('x'.repeat(128)))).toEqual([]);
    expect(templateProblems(joined('x'.repeat(129)))).toHaveLength(1);
  });
});
