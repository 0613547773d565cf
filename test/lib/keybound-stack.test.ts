import { describe, expect, it } from 'vitest';
import { LISTING_INDEX, TTL_ATTRIBUTE } from '../../lambdas/platform/dynamodb/keys.ts';
import { KeyboundStack } from '../../lib/stacks/keybound-stack.ts';
import type { KeyboundStackProps } from '../../lib/stacks/keybound-stack-props.ts';
import { FUNCTIONS, HOLDER_PATH, MANAGERS, OWN_ISSUER, synthesizeCore } from './core-stack.ts';
import { quickApp } from './quick-app.ts';
import type { ReadStack } from './read-stack.ts';

const dev = synthesizeCore();
const prod = synthesizeCore({ deployment: 'prod' });
const thrownAway = synthesizeCore({ throwAway: true });
/** What people call what they must not lose, and what they do not. */
const NAMES = ['prod', 'production', 'prod-eu', 'live', 'dev', 'p'];
const external = synthesizeCore({ identity: OWN_ISSUER, portalOrigins: ['https://portal.example.com'] });

describe('the table of the core', () => {
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

  it.each(NAMES)('of the deployment %s is retained and protected', (stage) => {
    const table = synthesizeCore({ deployment: stage }).at('Table');
    expect(table).toMatchObject({
      deletionPolicy: 'RetainExceptOnCreate',
      updateReplacePolicy: 'Retain',
      properties: { Replicas: [{ DeletionProtectionEnabled: true }] },
    });
  });

  it('goes with the stack where the deployment says that it can be thrown away', () => {
    expect(thrownAway.at('Table')).toMatchObject({
      deletionPolicy: 'Delete',
      updateReplacePolicy: 'Delete',
      properties: { Replicas: [{ DeletionProtectionEnabled: false }] },
    });
  });
});

describe('users, logs and dead letters', () => {
  const kept = (stack: ReadStack) => [
    stack.at('Identity/Users'),
    ...stack.ofType('AWS::Logs::LogGroup'),
    ...stack.ofType('AWS::SQS::Queue'),
  ];

  it.each(NAMES)('of the deployment %s are retained, and users are protected', (stage) => {
    const stack = synthesizeCore({ deployment: stage });
    expect(new Set(kept(stack).map(({ deletionPolicy }) => deletionPolicy))).toEqual(
      new Set(['RetainExceptOnCreate']),
    );
    expect(stack.at('Identity/Users').properties['DeletionProtection']).toBe('ACTIVE');
  });

  it('go with the stack where the deployment says that it can be thrown away', () => {
    expect(new Set(kept(thrownAway).map(({ deletionPolicy }) => deletionPolicy))).toEqual(
      new Set(['Delete']),
    );
    expect(thrownAway.at('Identity/Users').properties['DeletionProtection']).toBe('INACTIVE');
  });

  it('have logs for a year, and for a month where everything can be thrown away', () => {
    const retention = (stack: ReadStack) =>
      new Set(stack.ofType('AWS::Logs::LogGroup').map(({ properties }) => properties['RetentionInDays']));
    expect(retention(dev)).toEqual(new Set([365]));
    expect(retention(thrownAway)).toEqual(new Set([30]));
  });

  it('of the management API go to a group of the name that API Gateway need not add to the policy of the account', () => {
    expect(thrownAway.at('Management/AccessLogs').properties['LogGroupName']).toMatch(
      /^\/aws\/vendedlogs\/keybound\/Core-Management-\w+$/,
    );
  });

  it('are in no way of the next stack of the same name: what is retained has a name of its stack alone, or one that AWS makes', () => {
    const named = kept(prod).map(({ type, properties }) => [
      type,
      properties['LogGroupName'] ?? properties['QueueName'] ?? properties['UserPoolName'],
    ]);
    expect(named.filter(([, name]) => name !== undefined)).toEqual([
      [
        'AWS::Logs::LogGroup',
        expect.stringMatching(
          /^\/aws\/vendedlogs\/keybound\/Core-Management-\w+-part 0 of part 2 of \$\{AWS::StackId\} at \/ at -$/,
        ),
      ],
    ]);
    expect(prod.at('Table').properties).not.toHaveProperty('TableName');
  });
});

describe('the stack of the core', () => {
  const stackOf = (props: Partial<KeyboundStackProps>) =>
    new KeyboundStack(quickApp(), 'Core', {
      deployment: 'dev',
      keyPrefix: 'kb',
      portalOrigins: [],
      ...props,
    });

  it.each(NAMES)('of the deployment %s is protected from termination', (stage) => {
    expect(stackOf({ deployment: stage }).terminationProtection).toBe(true);
  });

  it('is not protected where it can be thrown away, or the app says so', () => {
    expect(stackOf({ throwAway: true }).terminationProtection).toBe(false);
    expect(stackOf({ terminationProtection: false }).terminationProtection).toBe(false);
    expect(stackOf({ throwAway: true, terminationProtection: true }).terminationProtection).toBe(true);
  });
});

describe('the functions of the core', () => {
  it('are one for each handler of the core', () => {
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

  it('learn the table, and those of the management API how keys begin, where roles stand and how much an owner can have', () => {
    const table = { TABLE_NAME: '${Table}' };
    const limits = { OWNER_LIMITS: '1000,200,8192' };
    const cognito = { ...table, ...limits, KEY_VALUE_PREFIX: 'kb', ROLES_CLAIM: 'cognito:groups' };
    const variables = (stack: ReadStack) =>
      Object.fromEntries(
        FUNCTIONS.map((name) => [name, stack.at(`${name}/Function`).properties['Environment']]),
      );
    expect(variables(dev)).toEqual({
      Admin: { Variables: cognito },
      Authorizer: { Variables: table },
      'Events/Publisher': { Variables: { ...table, EVENT_BUS_NAME: '${Events/Bus}' } },
      Holder: { Variables: { ...table, IMPORTED_VALUES: 'refused' } },
      Portal: { Variables: cognito },
      Publisher: { Variables: cognito },
      Registrar: { Variables: { ...table, CORE_STACK_ID: '${AWS::StackId}' } },
      'Resets/Resets': { Variables: table },
      Usage: { Variables: { ...table, AUTHORIZER_LOG_GROUP: '${Authorizer/Logs}' } },
    });
    const own = { ...table, KEY_VALUE_PREFIX: 'acme', ROLES_CLAIM: 'roles', OWNER_LIMITS: '5,200,8192' };
    const props = { identity: OWN_ISSUER, keyPrefix: 'acme', ownerLimits: { keys: 5 } };
    const acme = variables(synthesizeCore(props));
    for (const name of Object.keys(MANAGERS)) expect(acme[name]).toEqual({ Variables: own });
  });

  it('answer before those who wait for them give up: 10 s for an authorizer, 30 s for an integration', () => {
    const timeout = (name: string) => Number(dev.at(`${name}/Function`).properties['Timeout']);
    expect(timeout('Authorizer')).toBeLessThan(10);
    for (const name of [...Object.keys(MANAGERS), 'Holder']) expect(timeout(name)).toBeLessThan(30);
    // CloudFormation waits for five minutes: time enough for a role to become effective, and for the answer.
    expect(timeout('Registrar')).toBe(120);
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
      { path: 'Policies', ServiceToken: '${Registrar/Function.Arn}', ServiceTimeout: '300' },
    ]);
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
    expect(() => synthesizeCore({ keyPrefix })).toThrow(
      `the key prefix ${JSON.stringify(keyPrefix)} must match ^[a-z][a-z0-9]{0,15}$`,
    );
  });
});
