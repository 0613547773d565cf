import { globSync, readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import {
  apiKey,
  COUNTER_PARTITION_PREFIX,
  BATCH_PARTITION_PREFIX,
  CALLS_PARTITION_PREFIX,
  credentialKey,
  keyReferenceKey,
  LISTING_INDEX,
  LISTINGS,
  ownerPartition,
  policyPartition,
  REFUSAL_PARTITION_PREFIX,
  TTL_ATTRIBUTE,
} from '../../lambdas/platform/dynamodb/keys.ts';
import { BundledFunction } from '../../lib/bundled-function.ts';
import { KeyboundStack, type KeyboundStackProps } from '../../lib/keybound-stack.ts';
import { outputDirectory, quickApp } from './quick-app.ts';
import { readStack, type ReadStack } from './read-stack.ts';

function synthesize(props: Partial<KeyboundStackProps> = {}): ReadStack {
  const stage = { stage: 'dev', keyPrefix: 'kb', portalOrigins: [] };
  return readStack(new KeyboundStack(quickApp(), 'Core', { ...stage, ...props }));
}

const OWN_ISSUER = {
  issuer: 'https://login.example.com/',
  audience: 'keybound',
  rolesClaim: 'roles',
};

/** Functions of the management API that want a token: all alike but for their paths. */
const MANAGERS = {
  Admin: '/api/am/admin/v4',
  Portal: '/api/am/devportal/v3',
  Publisher: '/api/am/publisher/v4',
};
const HOLDER_PATH = '/api/keybound/v1';
const FUNCTIONS = [
  ...Object.keys(MANAGERS),
  'Authorizer',
  'Events/Publisher',
  'Holder',
  'Registrar',
  'Resets/Resets',
  'Usage',
].toSorted();

const dev = synthesize();
const prod = synthesize({ stage: 'prod' });
const external = synthesize({ identity: OWN_ISSUER, portalOrigins: ['https://portal.example.com'] });

describe('the table', () => {
  it('has one key, one index for lists, on-demand capacity, recovery to a point in time, stream and TTL', () => {
    const tables = dev.ofType('AWS::DynamoDB::GlobalTable');
    expect(tables).toHaveLength(1);
    expect(dev.ofType('AWS::DynamoDB::Table')).toEqual([]);
    expect(dev.at('Table').properties).toMatchObject({
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: LISTING_INDEX,
          KeySchema: [
            { AttributeName: 'listing', KeyType: 'HASH' },
            { AttributeName: 'listingOrder', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
      StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
      TimeToLiveSpecification: { AttributeName: TTL_ATTRIBUTE, Enabled: true },
      Replicas: [
        {
          Region: '${AWS::Region}',
          PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        },
      ],
    });
  });

  it('goes with the stack in every stage but prod, which protects and retains it', () => {
    expect(dev.at('Table')).toMatchObject({
      deletionPolicy: 'Delete',
      updateReplacePolicy: 'Delete',
      properties: { Replicas: [{ DeletionProtectionEnabled: false }] },
    });
    expect(prod.at('Table')).toMatchObject({
      deletionPolicy: 'RetainExceptOnCreate',
      updateReplacePolicy: 'Retain',
      properties: { Replicas: [{ DeletionProtectionEnabled: true }] },
    });
  });
});

describe('users and logs', () => {
  it('go with the stack in every stage but prod, which protects and retains them', () => {
    const kept = (stack: ReadStack) =>
      [stack.at('Identity/Users'), ...stack.ofType('AWS::Logs::LogGroup')].map(
        ({ deletionPolicy }) => deletionPolicy,
      );
    expect(new Set(kept(dev))).toEqual(new Set(['Delete']));
    expect(new Set(kept(prod))).toEqual(new Set(['RetainExceptOnCreate']));
    expect(dev.at('Identity/Users').properties['DeletionProtection']).toBe('INACTIVE');
    expect(prod.at('Identity/Users').properties['DeletionProtection']).toBe('ACTIVE');
  });

  it('are kept for a month, in prod for a year', () => {
    const retention = (stack: ReadStack) =>
      stack.ofType('AWS::Logs::LogGroup').map(({ properties }) => properties['RetentionInDays']);
    expect(retention(dev)).toEqual(Array(FUNCTIONS.length + 1).fill(30));
    expect(retention(prod)).toEqual(Array(FUNCTIONS.length + 1).fill(365));
  });

  it('of the management API go to a group of the name that API Gateway need not add to the policy of the account', () => {
    expect(dev.at('Management/AccessLogs').properties['LogGroupName']).toMatch(
      /^\/aws\/vendedlogs\/keybound\/Core-Management-\w+$/,
    );
  });
});

describe('the functions', () => {
  it('are these nine', () => {
    expect(dev.ofType('AWS::Lambda::Function').map(({ path }) => path.replace('/Function', ''))).toEqual(
      expect.arrayContaining(FUNCTIONS),
    );
    expect(dev.ofType('AWS::Lambda::Function')).toHaveLength(FUNCTIONS.length);
  });

  it.each(FUNCTIONS)(
    '%s runs Node.js 24 on arm64 in 256 MB, and logs JSON into a group of its own',
    (name) => {
      expect(dev.at(`${name}/Function`).properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        MemorySize: 256,
        Handler: 'index.handler',
        Role: `\${${name}/Role.Arn}`,
        LoggingConfig: {
          LogFormat: 'JSON',
          LogGroup: `\${${name}/Logs}`,
          ApplicationLogLevel: 'INFO',
          SystemLogLevel: 'WARN',
        },
      });
    },
  );

  it('learn the table, and those of the management API how keys begin and where roles stand', () => {
    const table = { TABLE_NAME: '${Table}' };
    const cognito = { ...table, KEY_VALUE_PREFIX: 'kb', ROLES_CLAIM: 'cognito:groups' };
    const variables = (stack: ReadStack) =>
      Object.fromEntries(
        FUNCTIONS.map((name) => [name, stack.at(`${name}/Function`).properties['Environment']]),
      );
    expect(variables(dev)).toEqual({
      Admin: { Variables: cognito },
      Authorizer: { Variables: table },
      'Events/Publisher': { Variables: { ...table, EVENT_BUS_NAME: '${Events/Bus}' } },
      Holder: { Variables: table },
      Portal: { Variables: cognito },
      Publisher: { Variables: cognito },
      Registrar: { Variables: table },
      'Resets/Resets': { Variables: table },
      Usage: { Variables: table },
    });
    const own = { ...table, KEY_VALUE_PREFIX: 'acme', ROLES_CLAIM: 'roles' };
    const acme = variables(synthesize({ identity: OWN_ISSUER, keyPrefix: 'acme' }));
    for (const name of Object.keys(MANAGERS)) expect(acme[name]).toEqual({ Variables: own });
  });

  it('answer before those who wait for them give up: 10 s for an authorizer, 30 s for an integration', () => {
    const timeout = (name: string) => Number(dev.at(`${name}/Function`).properties['Timeout']);
    expect(timeout('Authorizer')).toBeLessThan(10);
    for (const name of [...Object.keys(MANAGERS), 'Holder', 'Registrar'])
      expect(timeout(name)).toBeLessThan(30);
  });
});

describe('the roles', () => {
  const writeLogs = (name: string) => ({
    Effect: 'Allow',
    Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    Resource: `\${${name}/Logs.Arn}`,
  });
  const onTable = (...actions: string[]) => ({
    Effect: 'Allow',
    Action:
      actions.length === 1 ? `dynamodb:${actions[0] ?? ''}` : actions.map((action) => `dynamodb:${action}`),
    Resource: '${Table.Arn}',
  });
  const inPartitions = (...prefixes: string[]) => ({
    'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': prefixes.map((prefix) => `${prefix}*`) },
  });
  const readStream = {
    Effect: 'Allow',
    Action: ['DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'].map(
      (action) => `dynamodb:${action}`,
    ),
    Resource: '${Table.StreamArn}',
  };
  const sendTo = (queue: string) => ({
    Effect: 'Allow',
    Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
    Resource: `\${${queue}.Arn}`,
  });
  const onListing = {
    Effect: 'Allow',
    Action: 'dynamodb:Query',
    Resource: `\${Table.Arn}/index/${LISTING_INDEX}`,
  };

  /** Of all APIs: which repeat decisions, only the table knows. */
  const caches = ['production', 'sandbox'].map(
    (stage) => `arn:\${AWS::Partition}:apigateway:\${AWS::Region}::/apis/*/stages/${stage}/cache/authorizers`,
  );
  const sendResets = [
    { Effect: 'Allow', Action: 'apigateway:DELETE', Resource: caches },
    { ...onTable('BatchGetItem'), Condition: inPartitions(apiKey('').pk) },
    { ...onTable('Query'), Condition: inPartitions(ownerPartition('')) },
    {
      ...onListing,
      Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': [LISTINGS.apis] } },
    },
  ];

  it.each([
    {
      name: 'Authorizer',
      may: 'read what decides one by one, of a developer just the policy of an application, and count',
      statements: [
        {
          ...onTable('GetItem'),
          Condition: inPartitions(
            credentialKey('').pk,
            apiKey('').pk,
            policyPartition(''),
            COUNTER_PARTITION_PREFIX,
          ),
        },
        { ...onTable('UpdateItem'), Condition: inPartitions(COUNTER_PARTITION_PREFIX) },
        {
          ...onTable('GetItem'),
          Condition: {
            'ForAllValues:StringLike': {
              'dynamodb:LeadingKeys': [`${ownerPartition('')}*`],
              'dynamodb:Attributes': ['pk', 'sk', 'throttlingPolicy'],
            },
          },
        },
      ],
    },
    {
      name: 'Registrar',
      may: 'read and write single items',
      statements: [onTable('DeleteItem', 'GetItem', 'PutItem', 'UpdateItem')],
    },
    ...Object.keys(MANAGERS).map((name) => ({
      name,
      may: 'read, query and write items, and query the lists',
      statements: [
        onTable('BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
        onListing,
      ],
    })),
    {
      name: 'Events/Publisher',
      may: 'read the stream, publish, look for keys that expire, note down who was reminded, and reset caches',
      statements: [
        { Effect: 'Allow', Action: 'events:PutEvents', Resource: '${Events/Bus.Arn}' },
        readStream,
        sendTo('Events/Undelivered'),
        { ...onListing, Condition: inPartitions(LISTINGS.expiringOn('')) },
        { ...onTable('BatchGetItem'), Condition: inPartitions(ownerPartition(''), keyReferenceKey('').pk) },
        { ...onTable('PutItem'), Condition: inPartitions(keyReferenceKey('').pk) },
        ...sendResets,
      ],
    },
    {
      name: 'Resets/Resets',
      may: 'read the stream, look for values that end, and reset caches',
      statements: [
        ...sendResets,
        readStream,
        sendTo('Resets/Undelivered'),
        {
          ...onListing,
          Condition: inPartitions(LISTINGS.expiringOn(''), LISTINGS.graceEndingOn('')),
        },
      ],
    },
    {
      name: 'Usage',
      may: 'look up keys by id, note down their use, count calls once, record refusals, and put aside what it fails at',
      statements: [
        {
          ...onTable('BatchGetItem', 'GetItem', 'PutItem'),
          Condition: inPartitions(keyReferenceKey('').pk),
        },
        { ...onTable('UpdateItem'), Condition: inPartitions(CALLS_PARTITION_PREFIX) },
        { ...onTable('PutItem'), Condition: inPartitions(BATCH_PARTITION_PREFIX) },
        { ...onTable('BatchWriteItem'), Condition: inPartitions(REFUSAL_PARTITION_PREFIX) },
        {
          Effect: 'Allow',
          Action: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl', 'sqs:SendMessage'],
          Resource: '${UndeliveredUsage.Arn}',
        },
      ],
    },
    {
      name: 'Holder',
      may: 'read, query and write items, and see no list',
      statements: [onTable('DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem')],
    },
  ])('$name may $may, beside writing its own log', ({ name, statements }) => {
    const role = `\${${name}/Role}`;
    const policies = dev
      .ofType('AWS::IAM::Policy')
      .filter(({ properties }) => [properties['Roles']].flat().includes(role));
    expect(policies.map(({ properties: { PolicyName, ...rest } }) => rest)).toEqual([
      {
        PolicyDocument: { Version: '2012-10-17', Statement: [writeLogs(name), ...statements] },
        Roles: [role],
      },
    ]);
    const { Description, ...rest } = dev.at(`${name}/Role`).properties;
    expect(rest).toEqual({
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } },
        ],
      },
    });
  });

  it('are one for each function, with one policy each, and there are no others', () => {
    const expected = FUNCTIONS.map((name) => `${name}/Role`);
    expect(
      dev
        .ofType('AWS::IAM::Role')
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(expected);
    expect(
      dev
        .ofType('AWS::IAM::Policy')
        .map(({ path }) => path)
        .toSorted(),
    ).toEqual(expected.map((path) => `${path}/DefaultPolicy`));
    expect(dev.ofType('AWS::IAM::ManagedPolicy')).toEqual([]);
  });

  it('name every action and resource: no wildcard stands in any policy, but for caches of APIs to come', () => {
    const statements = [dev, prod, external].flatMap((stack) => {
      const policies = [...stack.ofType('AWS::IAM::Policy'), ...stack.ofType('AWS::IAM::Role')];
      return policies.flatMap(({ properties }) => JSON.stringify({ ...properties, Description: '' }));
    });
    expect(statements).toHaveLength(3 * 2 * FUNCTIONS.length);
    const wildcards = statements.map((text) =>
      text
        .replaceAll(/"dynamodb:LeadingKeys":\[[^\]]*\]/g, '')
        .replaceAll(JSON.stringify(caches), '')
        .match(/\*/g),
    );
    expect(wildcards.filter((found) => found !== null)).toEqual([]);
  });
});

describe('who may invoke the functions', () => {
  const permissions = dev.ofType('AWS::Lambda::Permission');

  it('the authorizers of all APIs of the account may invoke the authorizer, by one permission', () => {
    const ofAuthorizer = permissions.filter(
      ({ properties }) => properties['FunctionName'] === '${Authorizer/Function.Arn}',
    );
    expect(ofAuthorizer.map(({ properties }) => properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: '${Authorizer/Function.Arn}',
        Principal: 'apigateway.amazonaws.com',
        SourceAccount: '${AWS::AccountId}',
        SourceArn: 'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:*/authorizers/*',
      },
    ]);
  });

  it("the log groups of all protected APIs of the account may invoke the recorder of usage, by one permission, and the authorizer's", () => {
    const ofUsage = permissions.filter(
      ({ properties }) => properties['FunctionName'] === '${Usage/Function.Arn}',
    );
    expect(ofUsage.map(({ properties }) => properties)).toEqual([
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: '${Usage/Function.Arn}',
        Principal: 'logs.amazonaws.com',
        SourceAccount: '${AWS::AccountId}',
        SourceArn:
          'arn:${AWS::Partition}:logs:${AWS::Region}:${AWS::AccountId}:log-group:/aws/vendedlogs/keybound/*',
      },
      {
        Action: 'lambda:InvokeFunction',
        FunctionName: '${Usage/Function.Arn}',
        Principal: 'logs.amazonaws.com',
        SourceAccount: '${AWS::AccountId}',
        SourceArn: '${Authorizer/Logs.Arn}',
      },
    ]);
  });

  it("the recorder of usage gets the authorizer's lines about refused calls, once it may be invoked", () => {
    expect(
      dev.ofType('AWS::Logs::SubscriptionFilter').map(({ path, properties }) => [path, properties]),
    ).toEqual([
      [
        'Refusals',
        {
          DestinationArn: '${Usage/Function.Arn}',
          FilterPattern: '{ $.type = "refusal" }',
          LogGroupName: '${Authorizer/Logs}',
        },
      ],
    ]);
    expect(dev.at('Refusals').dependsOn).toEqual(['RefusalsPermission']);
  });

  it('only the management API may invoke those who answer it, each below its own path', () => {
    for (const [name, path] of Object.entries({ ...MANAGERS, Holder: HOLDER_PATH })) {
      const arns = permissions
        .filter(({ properties }) => properties['FunctionName'] === `\${${name}/Function.Arn}`)
        .map(({ properties }) => properties['SourceArn']);
      expect(new Set(arns)).toEqual(
        new Set([
          `arn:\${AWS::Partition}:execute-api:\${AWS::Region}:\${AWS::AccountId}:\${Management/Api}/*/*${path}/{proxy+}`,
        ]),
      );
    }
  });

  it('nobody else may invoke anything', () => {
    const pairs = permissions.map(
      ({ properties }) => `${String(properties['Principal'])} ${String(properties['FunctionName'])}`,
    );
    expect([...new Set(pairs)].toSorted()).toEqual([
      ...[...Object.keys(MANAGERS), 'Authorizer', 'Holder']
        .toSorted()
        .map((name) => `apigateway.amazonaws.com \${${name}/Function.Arn}`),
      'events.amazonaws.com ${Events/Publisher/Function.Arn}',
      'events.amazonaws.com ${Resets/Resets/Function.Arn}',
      'logs.amazonaws.com ${Usage/Function.Arn}',
    ]);
    for (const { properties } of permissions) expect(properties['SourceArn']).toBeDefined();
    expect(dev.ofType('AWS::Lambda::Url')).toEqual([]);
  });
});

describe('the business plans', () => {
  it('are put into the table by the registrar when the stack is deployed', () => {
    const resources = dev.ofType('Custom::KeyboundPolicies');
    expect(resources.map(({ path, properties }) => ({ path, ...properties }))).toEqual([
      { path: 'Policies', ServiceToken: '${Registrar/Function.Arn}' },
    ]);
  });
});

describe('the management API', () => {
  const routes = dev.ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => properties);
  const holderRoute = `POST ${HOLDER_PATH}/{proxy+}`;

  it('has the JWT authorizer on every route but that of holders, whose token is the value of their key', () => {
    const managed = Object.values(MANAGERS).flatMap((path) =>
      ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'].map((method) => `${method} ${path}/{proxy+}`),
    );
    expect(routes.map(({ RouteKey }) => RouteKey).toSorted()).toEqual([...managed, holderRoute].toSorted());
    for (const { RouteKey, ApiId, AuthorizationType, AuthorizerId } of routes) {
      expect({ RouteKey, ApiId, AuthorizationType, AuthorizerId }).toEqual({
        RouteKey,
        ApiId: '${Management/Api}',
        ...(RouteKey === holderRoute
          ? { AuthorizationType: 'NONE', AuthorizerId: undefined }
          : { AuthorizationType: 'JWT', AuthorizerId: '${Management/Api/Token}' }),
      });
    }
  });

  it('sends each path to the function that answers it', () => {
    const targets = routes.map(({ RouteKey, Target }) => {
      const integration = String(Target).replace(/^integrations\/\$\{(.*)\}$/, '$1');
      const { IntegrationUri, IntegrationType, PayloadFormatVersion } = dev.at(integration).properties;
      const path = String(RouteKey).replace(/^\w+ (.*)\/\{proxy\+\}$/, '$1');
      return [path, IntegrationType, PayloadFormatVersion, IntegrationUri].join(' ');
    });
    expect(new Set(targets)).toEqual(
      new Set(
        Object.entries({ ...MANAGERS, Holder: HOLDER_PATH }).map(
          ([name, path]) => `${path} AWS_PROXY 2.0 \${${name}/Function.Arn}`,
        ),
      ),
    );
  });

  it('takes tokens of its own user pool by default, and of the issuer that it is given', () => {
    const authorizer = (stack: ReadStack) =>
      stack.ofType('AWS::ApiGatewayV2::Authorizer').map((it) => it.properties);
    const settings = (issuer: string, audience: string) => [
      {
        ApiId: '${Management/Api}',
        Name: 'Token',
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: issuer, Audience: [audience] },
      },
    ];
    expect(authorizer(dev)).toEqual(settings('${Identity/Users.ProviderURL}', '${Identity/Users/Client}'));
    expect(authorizer(external)).toEqual(settings('https://login.example.com/', 'keybound'));
  });

  it('answers browsers from the origins that it is given, and from no other', () => {
    expect(dev.at('Management/Api').properties).not.toHaveProperty('CorsConfiguration');
    expect(external.at('Management/Api').properties['CorsConfiguration']).toEqual({
      AllowOrigins: ['https://portal.example.com'],
      AllowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      AllowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'x-keybound-group'],
      ExposeHeaders: ['etag', 'idempotent-replayed'],
    });
  });

  it('logs who called what, and neither query strings nor headers nor tokens', () => {
    const [stage, ...others] = dev.ofType('AWS::ApiGatewayV2::Stage');
    expect(others).toEqual([]);
    expect(stage?.properties).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      AccessLogSettings: { DestinationArn: '${Management/AccessLogs.Arn}' },
    });
    const format = JSON.stringify(stage?.properties['AccessLogSettings']);
    expect(format).toContain('$context.authorizer.claims.sub');
    expect(format).not.toMatch(
      /\$request|querystring|\$context\.(?:requestOverride|identity\.(?!sourceIp))/i,
    );
  });
});

describe('the user pool', () => {
  it('has a group for each role, and nobody signs up alone', () => {
    const groups = dev.ofType('AWS::Cognito::UserPoolGroup').map(({ properties }) => properties);
    expect(groups).toEqual(
      ['developer', 'publisher', 'administrator'].map((name) => ({
        GroupName: name,
        UserPoolId: '${Identity/Users}',
      })),
    );
    expect(dev.at('Identity/Users').properties).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      UserPoolTier: 'ESSENTIALS',
      MfaConfiguration: 'OPTIONAL',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
    });
  });

  it('has one public client, which signs in with the code flow and no other', () => {
    const clients = dev.ofType('AWS::Cognito::UserPoolClient').map(({ properties }) => properties);
    expect(clients).toEqual([
      {
        UserPoolId: '${Identity/Users}',
        GenerateSecret: false,
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ['code'],
        AllowedOAuthScopes: ['openid', 'profile'],
        CallbackURLs: ['http://localhost:9443/', 'http://localhost:8976/'],
        ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        PreventUserExistenceErrors: 'ENABLED',
        SupportedIdentityProviders: ['COGNITO'],
      },
    ]);
    expect(dev.at('Identity/Users/Domain').properties['Domain']).toBe('keybound-dev-${AWS::AccountId}');
  });

  it('sends users back to the origins of the portal', () => {
    const stack = synthesize({ portalOrigins: ['https://a.example.com', 'https://b.example.com'] });
    expect(stack.at('Identity/Users/Client').properties['CallbackURLs']).toEqual([
      'https://a.example.com',
      'https://b.example.com',
      'http://localhost:8976/',
    ]);
  });

  it('is not there when tokens come from elsewhere', () => {
    expect(external.resources.filter(({ type }) => type.startsWith('AWS::Cognito::'))).toEqual([]);
  });
});

describe('what the core tells others', () => {
  it('publishes to other apps where authorizer, registrar and recorder of usage are', () => {
    const parameters = prod.ofType('AWS::SSM::Parameter').map(({ properties }) => properties);
    expect(parameters).toEqual([
      { Name: '/keybound/prod/authorizer-arn', Type: 'String', Value: '${Authorizer/Function.Arn}' },
      { Name: '/keybound/prod/registrar-arn', Type: 'String', Value: '${Registrar/Function.Arn}' },
      { Name: '/keybound/prod/usage-arn', Type: 'String', Value: '${Usage/Function.Arn}' },
    ]);
  });

  it('puts out what an operator needs to call the management API', () => {
    expect(dev.outputs).toMatchObject({
      ManagementApiId: '${Management/Api}',
      ManagementApiUrl: 'https://${Management/Api}.execute-api.${AWS::Region}.${AWS::URLSuffix}/',
      TableName: '${Table}',
      Issuer: '${Identity/Users.ProviderURL}',
      Audience: '${Identity/Users/Client}',
    });
    expect(Object.values(dev.outputs)).toEqual(
      expect.arrayContaining([
        '${Identity/Users}',
        'https://${Identity/Users/Domain}.auth.${AWS::Region}.amazoncognito.com',
      ]),
    );
    expect(external.outputs).toMatchObject({ Issuer: 'https://login.example.com/', Audience: 'keybound' });
  });
});

describe('the key prefix', () => {
  it.each(['', 'Kb', '1kb', 'k_b', 'kb-1', 'a'.repeat(17)])('%j is refused with the pattern', (keyPrefix) => {
    expect(() => synthesize({ keyPrefix })).toThrow(
      `the key prefix ${JSON.stringify(keyPrefix)} must match ^[a-z][a-z0-9]{0,15}$`,
    );
  });
});

describe('a bundle', () => {
  const Bundle = z.object({ handler: z.unknown() });
  const project = new URL('../../', import.meta.url).pathname;
  const entries = globSync('{lambdas,apis}/*/handler.ts', { cwd: project }).toSorted();

  it('is there for every function', () => {
    expect(entries).toEqual(
      expect.arrayContaining(['lambdas/authorizer/handler.ts', 'apis/petstore/handler.ts']),
    );
    expect(entries).toHaveLength(FUNCTIONS.length + 2);
  });

  it.each(entries)(
    'of %s is one minified ES module with everything inside but what Node.js has',
    async (entry) => {
      const outdir = outputDirectory();
      const stack = new Stack(new App({ outdir, builtinCloudFormationValidation: false }), 'Bundles');
      new BundledFunction(stack, 'Function', {
        entry: join(project, entry),
        description: entry,
        memorySize: 256,
        timeout: Duration.seconds(5),
        environment: {},
        logRetention: RetentionDays.ONE_DAY,
        removalPolicy: RemovalPolicy.DESTROY,
      });
      const assets = readdirSync(outdir).filter((name) => name.startsWith('asset.'));
      expect(assets).toHaveLength(1);
      const directory = join(outdir, assets[0] ?? '');
      expect(readdirSync(directory)).toEqual(['index.mjs']);

      const file = join(directory, 'index.mjs');
      const text = readFileSync(file, 'utf8');
      const imported = [...text.matchAll(/\bimport\b[^"'`;()]*\bfrom\s?"([^"]+)"/g)].map(
        ([, name = '']) => name,
      );
      expect(imported.length > 0).toBe(entry !== 'apis/petstore/handler.ts');
      expect(imported.filter((name) => !isBuiltin(name))).toEqual([]);
      expect(text.length / text.split('\n').length).toBeGreaterThan(200);
      // What esbuild leaves where CommonJS requires something: an ES module cannot, and fails when it is called.
      expect(text).not.toContain('Dynamic require of');

      for (const name of ['TABLE_NAME', 'ORDERS_TABLE', 'EVENT_BUS_NAME']) vi.stubEnv(name, 'name');
      vi.stubEnv('KEY_VALUE_PREFIX', 'kb');
      vi.stubEnv('ROLES_CLAIM', 'roles');
      vi.stubEnv('AWS_REGION', 'eu-west-1');
      const bundle: unknown = await import(pathToFileURL(file).href);
      vi.unstubAllEnvs();
      expect(typeof Bundle.parse(bundle).handler).toBe('function');
    },
  );
});
