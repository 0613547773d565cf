import { functionResource, writeAssembly } from './write-assembly.ts';

const TABLE_CLIENT = `
const endpoint = process.env.AWS_ENDPOINT_URL_DYNAMODB;
export async function call(operation, body) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': 'DynamoDB_20120810.' + operation,
      'x-amz-date': '20260101T000000Z',
      authorization: 'AWS4-HMAC-SHA256 Credential=' + process.env.AWS_ACCESS_KEY_ID + '/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=x',
    },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}
export const put = (pk, text) =>
  call('PutItem', { TableName: process.env.TABLE, Item: { pk: { S: pk }, text: { S: text } } });
export const get = async (pk) =>
  (await call('GetItem', { TableName: process.env.TABLE, Key: { pk: { S: pk } }, ConsistentRead: true })).Item?.text.S ?? null;
`;

/** Notes under a path, kept in the table. */
const NOTES = `
import { get, put } from './table.mjs';
export const handler = async (event) => {
  const pk = event.pathParameters.id;
  if (event.requestContext.http.method === 'PUT') await put(pk, event.body);
  return {
    text: await get(pk),
    stage: event.stageVariables?.colour,
    caller: event.requestContext.authorizer?.lambda?.caller ?? event.requestContext.authorizer?.jwt?.claims?.username,
    address: event.requestContext.http.sourceIp,
  };
};
`;

const AUTHORIZER = `
export const handler = async (event) => {
  const caller = event.headers?.apikey;
  if (caller === undefined) throw new Error('Unauthorized');
  return { isAuthorized: caller !== 'nobody', context: { caller } };
};
`;

/** Copies what the table's stream tells of the note 'source' into 'seen-by-stream'. */
const CHANGES = `
import { put } from './table.mjs';
export const handler = async ({ Records }) => {
  for (const { eventName, dynamodb } of Records)
    if (dynamodb.Keys.pk.S === 'source') await put('seen-by-stream', eventName + ' ' + dynamodb.NewImage.text.S);
};
`;

/** Keeps the last access-log line with status 403. */
const USAGE = `
import { gunzipSync } from 'node:zlib';
import { put } from './table.mjs';
export const handler = async ({ awslogs }) => {
  const data = JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')));
  for (const { message } of data.logEvents) await put('seen-in-log', data.logGroup + ' ' + message);
};
`;

const SEED = `
import { get, put } from './table.mjs';
export const handler = async (event) => {
  await put('seeded', event.RequestType + ' ' + event.ResourceProperties.Text);
  await fetch(event.ResponseURL, {
    method: 'PUT',
    body: JSON.stringify({
      Status: event.ResourceProperties.Text === 'fail' ? 'FAILED' : 'SUCCESS',
      Reason: 'told to fail',
      PhysicalResourceId: 'seed',
      StackId: event.StackId, RequestId: event.RequestId, LogicalResourceId: event.LogicalResourceId,
    }),
  });
};
`;

const ref = (Ref: string) => ({ Ref });
const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });
const environment = { Environment: { Variables: { TABLE: ref('Table') } }, Role: arn('Role') };

/** Of every function that has to do with the table. */
const ROLE = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: {},
    Policies: [
      {
        PolicyName: 'notes',
        PolicyDocument: {
          Statement: [
            { Effect: 'Allow', Action: ['dynamodb:GetItem', 'dynamodb:PutItem'], Resource: arn('Table') },
          ],
        },
      },
    ],
  },
};

function integration(api: string) {
  return {
    Type: 'AWS::ApiGatewayV2::Integration',
    Properties: {
      ApiId: ref(api),
      IntegrationType: 'AWS_PROXY',
      IntegrationUri: arn('Notes'),
      PayloadFormatVersion: '2.0',
    },
  };
}

function route(api: string, integrationId: string, AuthorizationType: string, authorizer: string) {
  return {
    Type: 'AWS::ApiGatewayV2::Route',
    Properties: {
      ApiId: ref(api),
      RouteKey: 'ANY /notes/{id}',
      Target: { 'Fn::Sub': `integrations/\${${integrationId}}` },
      AuthorizationType,
      AuthorizerId: ref(authorizer),
    },
  };
}

function stage(api: string, StageName: string, properties: object = {}) {
  return {
    Type: 'AWS::ApiGatewayV2::Stage',
    Properties: { ApiId: ref(api), StageName, AutoDeploy: true, ...properties },
  };
}

function domain(name: string, DomainName: string, stageId: string) {
  return {
    [`${name}Domain`]: { Type: 'AWS::ApiGatewayV2::DomainName', Properties: { DomainName } },
    [`${name}Mapping`]: {
      Type: 'AWS::ApiGatewayV2::ApiMapping',
      DependsOn: [stageId],
      Properties: {
        ApiId: ref('Api'),
        DomainName: ref(`${name}Domain`),
        ApiMappingKey: 'notes/1.0.0',
        Stage: ref(stageId),
      },
    },
  };
}

export interface SampleOptions {
  readonly issuer: string;
  /** A property of the custom resource; `fail` makes it fail. */
  readonly seedText?: string;
  /** Resources added to the stack. */
  readonly extra?: Readonly<Record<string, object>>;
}

/**
 * Writes an assembly that has one of each: a table with a stream, an API with a REQUEST authorizer on two
 * domains, a management API with a JWT authorizer, an event source, a log subscription, a custom resource.
 */
export function writeSampleAssembly(
  directory: string,
  { issuer, seedText = 'one', extra = {} }: SampleOptions,
): string {
  const code = (source: string) => ({ 'index.mjs': source, 'table.mjs': TABLE_CLIENT });
  return writeAssembly(directory, {
    Sample: {
      assets: {
        notes: code(NOTES),
        authorizer: code(AUTHORIZER),
        changes: code(CHANGES),
        usage: code(USAGE),
        seed: code(SEED),
      },
      template: {
        Resources: {
          Table: {
            Type: 'AWS::DynamoDB::Table',
            Properties: {
              KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
              AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
              BillingMode: 'PAY_PER_REQUEST',
              StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
            },
          },
          Role: ROLE,
          Notes: functionResource('notes', environment),
          Check: functionResource('authorizer'),
          Changes: functionResource('changes', environment),
          Usage: functionResource('usage', environment),
          Seed: functionResource('seed', environment),
          Seeded: {
            Type: 'Custom::Seed',
            Properties: { ServiceToken: arn('Seed'), Text: seedText },
          },
          ChangesSource: {
            Type: 'AWS::Lambda::EventSourceMapping',
            Properties: {
              EventSourceArn: { 'Fn::GetAtt': ['Table', 'StreamArn'] },
              FunctionName: ref('Changes'),
              StartingPosition: 'TRIM_HORIZON',
            },
          },
          AccessLog: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/aws/vendedlogs/notes' } },
          Refusals: {
            Type: 'AWS::Logs::SubscriptionFilter',
            Properties: {
              LogGroupName: ref('AccessLog'),
              FilterPattern: '{ $.status = "403" }',
              DestinationArn: arn('Usage'),
            },
          },
          Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'notes', ProtocolType: 'HTTP' } },
          Authorizer: {
            Type: 'AWS::ApiGatewayV2::Authorizer',
            Properties: {
              ApiId: ref('Api'),
              AuthorizerType: 'REQUEST',
              AuthorizerPayloadFormatVersion: '2.0',
              EnableSimpleResponses: true,
              AuthorizerResultTtlInSeconds: 0,
              AuthorizerUri: {
                'Fn::Sub':
                  'arn:${AWS::Partition}:apigateway:${AWS::Region}:lambda:path/2015-03-31/functions/${Check.Arn}/invocations',
              },
            },
          },
          Integration: integration('Api'),
          Route: route('Api', 'Integration', 'CUSTOM', 'Authorizer'),
          Production: stage('Api', 'production', {
            StageVariables: { colour: 'green' },
            AccessLogSettings: {
              DestinationArn: arn('AccessLog'),
              Format: '{"id":"$context.requestId","status":"$context.status"}',
            },
          }),
          Sandbox: stage('Api', 'sandbox', { StageVariables: { colour: 'sand' } }),
          ...domain('Main', 'localhost', 'Production'),
          ...domain('Sandbox', 'sandbox.localhost', 'Sandbox'),
          Management: {
            Type: 'AWS::ApiGatewayV2::Api',
            Properties: { Name: 'management', ProtocolType: 'HTTP' },
          },
          ManagementAuthorizer: {
            Type: 'AWS::ApiGatewayV2::Authorizer',
            Properties: {
              ApiId: ref('Management'),
              AuthorizerType: 'JWT',
              IdentitySource: ['$request.header.Authorization'],
              JwtConfiguration: { Issuer: issuer, Audience: ['keybound-local'] },
            },
          },
          ManagementIntegration: integration('Management'),
          ManagementRoute: route('Management', 'ManagementIntegration', 'JWT', 'ManagementAuthorizer'),
          ManagementStage: stage('Management', '$default'),
          ...extra,
        },
        Outputs: { ManagementApiId: { Value: ref('Management') } },
      },
    },
  });
}
