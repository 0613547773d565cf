import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { keyboundApp } from '../../lib/stacks/keybound-app.ts';
import { findCore } from '../../lib/constructs/keybound-core.ts';
import { KeyboundStack } from '../../lib/stacks/keybound-stack.ts';
import { ProtectedHttpApi } from '../../lib/constructs/protected-http-api.ts';
import { outputDirectory, QUICK_CONTEXT, quickApp } from './quick-app.ts';
import { readStack } from './read-stack.ts';
import { functionArn, shop } from './shop-api.ts';

/** A deployment with its own issuer on one machine. */
const LOCAL = {
  deployment: 'local',
  throwAway: 'true',
  issuer: 'http://localhost:9443',
  audience: 'keybound-local',
};

const Report = z.object({
  pluginReports: z.array(
    z.object({
      conclusion: z.string(),
      violations: z.array(z.unknown()),
      suppressedViolations: z.array(z.object({ acknowledgedId: z.string(), reason: z.string() })).default([]),
    }),
  ),
});

/** The whole app, with every check that a deployment has, but without bundles. */
function synthesize(context: Readonly<Record<string, string>>): CloudAssembly {
  const app = new App({ outdir: outputDirectory(), context: { ...QUICK_CONTEXT, ...context } });
  keyboundApp(app);
  return app.synth();
}

describe('the whole app', () => {
  const resets = ['production', 'sandbox'].map(
    (stage) =>
      `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:apigateway:<AWS::Region>::/apis/*/stages/${stage}/cache/authorizers]`,
  );
  const registrar = [
    'arn:<AWS::Partition>:apigateway:<AWS::Region>::/apis/*',
    'arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/*',
  ].map((arn) => `AwsSolutions::AwsSolutions-IAM5[Resource::${arn}]`);
  const always = [
    'AwsSolutions::AwsSolutions-APIG4',
    ...resets,
    ...registrar,
    'AwsSolutions::AwsSolutions-SQS3',
  ].toSorted();
  const userPool = ['AwsSolutions::AwsSolutions-COG2', 'AwsSolutions::AwsSolutions-COG8'];

  it.each([
    {
      what: 'without context',
      context: {},
      stacks: ['Keybound-dev'],
      acknowledged: [...always, 'AwsSolutions::AwsSolutions-COG8'].toSorted(),
    },
    {
      what: 'in production, with an encryption key and a table of its own',
      context: {
        deployment: 'prod',
        encryptionKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
        tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/restored',
        tableStreamArn:
          'arn:aws:dynamodb:eu-west-1:111122223333:table/restored/stream/2026-01-31T12:00:00.000',
      },
      stacks: ['Keybound-prod'],
      acknowledged: [...always, 'AwsSolutions::AwsSolutions-COG8'].toSorted(),
    },
    {
      what: 'with an issuer on this machine',
      context: LOCAL,
      stacks: ['Keybound-local'],
      acknowledged: always,
    },
    {
      what: 'to be thrown away, with tracing and a mail for alarms',
      context: { throwAway: 'true', tracing: 'true', alarmEmail: 'ops@example.com' },
      stacks: ['Keybound-dev'],
      acknowledged: [...always, ...userPool, 'AwsSolutions::AwsSolutions-IAM5[Resource::*]'].toSorted(),
    },
  ])(
    'synthesizes $what, and whatever cdk-nag finds is acknowledged with a reason',
    ({ context, stacks: expected, acknowledged }) => {
      const { directory, stacks } = synthesize(context);
      expect(stacks.map(({ stackName }) => stackName)).toEqual(expected);
      const { pluginReports } = Report.parse(
        JSON.parse(readFileSync(join(directory, 'validation-report.json'), 'utf8')),
      );
      for (const { conclusion, violations } of pluginReports) {
        expect(violations).toEqual([]);
        expect(conclusion).toBe('success');
      }
      const suppressed = pluginReports.flatMap(({ suppressedViolations }) => suppressedViolations);
      const ids = new Set(suppressed.map(({ acknowledgedId }) => acknowledgedId));
      expect([...ids].toSorted()).toEqual(acknowledged);
      for (const { reason } of suppressed) expect(reason.length).toBeGreaterThan(30);
      const [core = ''] = expected;
      for (const { tags } of stacks) {
        expect(tags).toEqual({ 'keybound:deployment': core.replace('Keybound-', '') });
      }
    },
  );
});

describe('a resource that cdk-nag objects to', () => {
  it('fails the synthesis of the app', () => {
    const app = quickApp();
    keyboundApp(app);
    new Bucket(new Stack(app, 'Careless'), 'Bucket');
    expect(() => app.synth()).toThrow(/AwsSolutions-S1\b/);
  });
});

describe('the stacks of the app', () => {
  const stackAt = (context: Readonly<Record<string, string>>, name: string) => {
    const app = quickApp(context);
    keyboundApp(app);
    const stack = app.node.findChild(name);
    if (!Stack.isStack(stack)) throw new Error(`${name} is no stack`);
    return readStack(stack);
  };

  it('take issuer, audience, claim of roles, key prefix and origins from the context', () => {
    const core = stackAt(
      {
        issuer: 'https://login.example.com/',
        audience: 'keys',
        rolesClaim: 'roles',
        keyPrefix: 'acme',
        portalOrigins: 'https://a.example.com, https://b.example.com,',
      },
      'Keybound-dev',
    );
    expect(core.at('Management/Api/Token').properties['JwtConfiguration']).toEqual({
      Issuer: 'https://login.example.com/',
      Audience: ['keys'],
    });
    expect(core.at('Portal/Function').properties['Environment']).toMatchObject({
      Variables: { KEY_VALUE_PREFIX: 'acme', ROLES_CLAIM: 'roles' },
    });
    expect(core.at('Management/Api').properties['CorsConfiguration']).toMatchObject({
      AllowOrigins: ['https://a.example.com', 'https://b.example.com'],
    });
  });

  it('are the core alone: no context adds an API to it', () => {
    const app = quickApp({ deployment: 'staging' });
    keyboundApp(app);
    expect(app.node.children.filter(Stack.isStack).map(({ node }) => node.id)).toEqual(['Keybound-staging']);
    const sampling = quickApp({ samples: 'true' });
    expect(() => keyboundApp(sampling)).toThrow('there is no setting samples');
  });

  it('keep their data whatever the deployment is called, unless it says that they can be thrown away', () => {
    const policyOf = (context: Readonly<Record<string, string>>, name: string) =>
      stackAt(context, name).at('Table').deletionPolicy;
    for (const deployment of ['prod', 'production', 'prod-eu', 'live', 'dev']) {
      expect(policyOf({ deployment }, `Keybound-${deployment}`)).toBe('RetainExceptOnCreate');
    }
    expect(policyOf({ deployment: 'dev', throwAway: 'true' }, 'Keybound-dev')).toBe('Delete');
  });

  it('hand the domains of the context to the check that later deployments keep them', () => {
    const core = stackAt(
      { deployment: 'prod', domains: 'api.example.com, sandbox.example.com' },
      'Keybound-prod',
    );
    const continuity = core.resources.find(({ type }) => type === 'Custom::KeyboundContinuity');
    expect(JSON.stringify(continuity?.properties)).toContain('api.example.com');
    expect(JSON.stringify(continuity?.properties)).toContain('sandbox.example.com');
  });
});

describe('a context that cannot be used', () => {
  const TABLE_ARN = 'arn:aws:dynamodb:eu-west-1:111122223333:table/one';
  const identity = 'an external identity provider needs both issuer and audience';

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['deployment must be at most 16 lower-case letters, digits and hyphens', { deployment: 'Prod' }],
    ['no hyphen last, and is "x-"', { deployment: 'x-' }],
    ['deployment must be at most 16 lower-case letters', { deployment: '1st' }],
    ['and is "aaaaaaaaaaaaaaaaa"', { deployment: 'a'.repeat(17) }],
    ['deployment must be at most', { deployment: '' }],
    ['there is no setting stage; there are account, ', { stage: 'prod' }],
    ['there is no setting stagee; there are account, ', { stagee: 'prod' }],
    ['the deployment "aws-x" must not contain "aws"', { deployment: 'aws-x' }],
    ['the deployment "my-cognito" must not contain "cognito"', { deployment: 'my-cognito' }],
    ['the deployment "amazon" must not contain "amazon"', { deployment: 'amazon' }],
    [
      'the issuer "http://login.example.com" must be an https address',
      { issuer: 'http://login.example.com', audience: 'keys' },
    ],
    [
      'the issuer "http://localhost:9443" must be an https address',
      { deployment: 'prod', issuer: 'http://localhost:9443', audience: 'keys' },
    ],
    ['the portal origin "http://portal.internal" must be https', { portalOrigins: 'http://portal.internal' }],
    [
      "there are 101 portal origins: Cognito's client can send users back to at most 100 of them",
      { portalOrigins: Array.from({ length: 101 }, (_, n) => `https://p${n}.example.com`).join() },
    ],
    [
      "there are 100 portal origins: Cognito's client can send users back to at most 99 of them",
      {
        commandLineSignIn: 'true',
        portalOrigins: Array.from({ length: 100 }, (_, n) => `https://p${n}.example.com`).join(),
      },
    ],
    [
      'tableArn must be of the account 111122223333, where this is deployed, and is of 444455556666',
      {
        account: '111122223333',
        tableArn: 'arn:aws:dynamodb:eu-west-1:444455556666:table/one',
        tableStreamArn: 'arn:aws:dynamodb:eu-west-1:444455556666:table/one/stream/2026-01-31T12:00:00.000',
      },
    ],
    [
      'needs both tableArn and tableStreamArn',
      { tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/one' },
    ],
    [
      'the stream arn:aws:dynamodb:eu-west-1:111122223333:table/other/stream/2026-01-31T12:00:00.000 is not one of the table',
      {
        tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/one',
        tableStreamArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/other/stream/2026-01-31T12:00:00.000',
      },
    ],
    [
      'the property existingTable.tableArn must be the ARN of a DynamoDB table',
      { tableArn: 't', tableStreamArn: 's' },
    ],
    [
      'encryptionKeyArn must be the ARN of a KMS key, and is "alias/mine"',
      { encryptionKeyArn: 'alias/mine' },
    ],
    ['throwAway must be true or false, and is "yes"', { throwAway: 'yes' }],
    ['mfa must be required or off, and is "optional"', { mfa: 'optional' }],
    ['mfa is for the user pool', { mfa: 'off', issuer: 'https://login.example.com', audience: 'keys' }],
    ['allowChange.0 must be one of issuer, audience, table, domains', { allowChange: 'everything' }],
    ['account must be the twelve digits of an AWS account, and is "1"', { account: '1' }],
    ['region must be a region of AWS, and is "europe"', { region: 'europe' }],
    ['keyPrefix ', { keyPrefix: '' }],
    ['the key prefix "K_B" must match', { keyPrefix: 'K_B' }],
    ['issuer ', { issuer: 'login', audience: 'keys' }],
    ['audience ', { issuer: 'https://login.example.com', audience: '' }],
    ['rolesClaim ', { rolesClaim: '' }],
    ['portalOrigins ', { portalOrigins: 1 }],
    ['domains ', { domains: 1 }],
    ['issuer ', { issuer: 'ftp://login.example.com', audience: 'keys' }],
    ...[
      '*',
      'a.example.com',
      'https://a.example.com/',
      'https://a.example.com/portal',
      'ftp://a.example.com',
    ].map((origin): [string, Readonly<Record<string, unknown>>] => [
      `the portal origin ${JSON.stringify(origin)} must be `,
      { portalOrigins: `https://b.example.com,${origin}` },
    ]),
    ['rolesClaim needs an issuer', { rolesClaim: 'roles' }],
    [identity, { issuer: 'https://login.example.com' }],
    [identity, { audience: 'keys' }],
  ])('is refused: %s (%o)', (message, context) => {
    const app = quickApp(context);
    expect(() => keyboundApp(app)).toThrow(message);
  });

  it('is refused with every contradiction at once', () => {
    const app = quickApp({ rolesClaim: 'roles', audience: 'keys', tableArn: TABLE_ARN });
    expect(() => keyboundApp(app)).toThrow(
      /^the settings of the deployment dev are invalid: .* both issuer and audience; rolesClaim .*; an existing table needs /,
    );
  });

  it('is refused with every name at once', () => {
    const app = quickApp({ keyPrefix: '', issuer: 'login', tracing: 'yes' });
    expect(() => keyboundApp(app)).toThrow(
      /^the settings of the deployment dev are invalid: keyPrefix .*; issuer .*; tracing /,
    );
  });
});

describe('an app of another team', () => {
  const app = quickApp();
  const stack = new Stack(app, 'Shop');
  new ProtectedHttpApi(stack, 'Shop', {
    core: findCore(stack, 'prod'),
    definition: shop,
    context: '/shop',
    subscription: 'optional',
    backend: { function: Function.fromFunctionArn(stack, 'Backend', functionArn('shop')) },
  });
  const read = readStack(stack);

  it('finds authorizer, registrar and recorder of usage in the parameters that the core publishes, when it is deployed', () => {
    const core = readStack(
      new KeyboundStack(quickApp(), 'Core', { deployment: 'prod', keyPrefix: 'kb', portalOrigins: [] }),
    );
    const published = core.ofType('AWS::SSM::Parameter').map(({ properties }) => String(properties['Name']));
    const found = (name: string) => `\${AWS::SSM::Parameter::Value<String> ${name}}`;
    const [authorizer = '', registrar = '', usage = ''] = published;
    expect(published).toHaveLength(3);
    expect(String(read.at('Shop/Authorizer').properties['AuthorizerUri'])).toContain(
      `:lambda:path/2015-03-31/functions/${found(authorizer)}/invocations`,
    );
    expect(read.at('Shop/Registration').properties['ServiceToken']).toBe(found(registrar));
    expect(read.at('Shop/Usage').properties['DestinationArn']).toBe(found(usage));
  });

  it('guards every route with what it finds', () => {
    const routes = read
      .ofType('AWS::ApiGatewayV2::Route')
      .map(({ properties }) => properties['AuthorizerId']);
    expect(routes).toHaveLength(shop.operations.length);
    expect(new Set(routes)).toEqual(new Set(['${Shop/Authorizer}']));
  });
});
