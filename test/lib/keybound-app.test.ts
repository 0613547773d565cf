import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { keyboundApp } from '../../lib/keybound-app.ts';
import { findCore } from '../../lib/keybound-core.ts';
import { KeyboundStack } from '../../lib/keybound-stack.ts';
import { ProtectedHttpApi } from '../../lib/protected-http-api.ts';
import { outputDirectory, QUICK_CONTEXT, quickApp } from './quick-app.ts';
import { readStack } from './read-stack.ts';
import { functionArn, shop } from './shop-api.ts';

/** What the runner asks for: an issuer and domains of its own. */
const LOCAL = {
  stage: 'local',
  issuer: 'http://localhost:9443',
  audience: 'keybound-local',
  gatewayDomain: 'localhost',
  sandboxDomain: 'sandbox.localhost',
  certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/local',
  gatewayUrl: 'http://localhost:8243',
  sandboxUrl: 'http://sandbox.localhost:8243',
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
  const always = ['AwsSolutions::AwsSolutions-APIG4', ...resets, 'AwsSolutions::AwsSolutions-SQS3'];
  const userPool = ['AwsSolutions::AwsSolutions-COG2', 'AwsSolutions::AwsSolutions-COG8'];

  it.each([
    { what: 'without context', context: {}, stage: 'dev', acknowledged: [...always, ...userPool].toSorted() },
    {
      what: 'in production',
      context: { stage: 'prod' },
      stage: 'prod',
      acknowledged: [...always, ...userPool].toSorted(),
    },
    { what: 'as the runner wants it', context: LOCAL, stage: 'local', acknowledged: always },
    {
      what: 'with tracing and a mail for alarms',
      context: { tracing: 'true', alarmEmail: 'ops@example.com' },
      stage: 'dev',
      acknowledged: [...always, ...userPool, 'AwsSolutions::AwsSolutions-IAM5[Resource::*]'].toSorted(),
    },
  ])(
    'synthesizes $what, and whatever cdk-nag finds is acknowledged with a reason',
    ({ context, stage, acknowledged }) => {
      const { directory, stacks } = synthesize(context);
      expect(stacks.map(({ stackName }) => stackName)).toEqual([
        `Keybound-${stage}`,
        `Keybound-${stage}-Samples`,
      ]);
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
      for (const { tags } of stacks) expect(tags).toEqual({ 'keybound:stage': stage });
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

  it('protect the data of stage prod, and of no other', () => {
    expect(stackAt({ stage: 'prod' }, 'Keybound-prod').at('Table').deletionPolicy).toBe(
      'RetainExceptOnCreate',
    );
    expect(stackAt({ stage: 'production' }, 'Keybound-production').at('Table').deletionPolicy).toBe('Delete');
  });

  it('serve the samples below the domains of the context, and tell developers the addresses to call', () => {
    const samples = stackAt(LOCAL, 'Keybound-local-Samples');
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
});

describe('a context that cannot be used', () => {
  const domains = 'custom domains need all of gatewayDomain, sandboxDomain and certificateArn';
  const identity = 'an external identity provider needs both issuer and audience';

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['stage must be a short lower-case name', { stage: 'Prod' }],
    ['stage must be a short lower-case name', { stage: '1st' }],
    ['stage must be a short lower-case name', { stage: 'a'.repeat(17) }],
    ['stage ', { stage: '' }],
    ['keyPrefix ', { keyPrefix: '' }],
    ['the key prefix "K_B" must match', { keyPrefix: 'K_B' }],
    ['issuer ', { issuer: 'login', audience: 'keys' }],
    ['audience ', { issuer: 'https://login.example.com', audience: '' }],
    ['rolesClaim ', { rolesClaim: '' }],
    ['portalOrigins ', { portalOrigins: 1 }],
    ['gatewayDomain ', { gatewayDomain: '' }],
    ['sandboxDomain ', { sandboxDomain: '' }],
    ['certificateArn ', { certificateArn: '' }],
    ['gatewayUrl ', { gatewayUrl: 'localhost' }],
    ['sandboxUrl ', { sandboxUrl: 'localhost' }],
    ['issuer ', { issuer: 'ftp://login.example.com', audience: 'keys' }],
    ...[
      '*',
      'a.example.com',
      'https://a.example.com/',
      'https://a.example.com/portal',
      'ftp://a.example.com',
    ].map((origin): [string, Readonly<Record<string, unknown>>] => [
      'portalOrigins must be origins without a path',
      { portalOrigins: `https://b.example.com,${origin}` },
    ]),
    ...['gatewayUrl', 'sandboxUrl'].flatMap((name) =>
      [
        'https://cdn.example.com/',
        'https://cdn.example.com/api/',
        'ftp://cdn.example.com',
        'https://cdn.example.com?a',
        'https://cdn.example.com#a',
        'https://me@cdn.example.com',
      ].map((url): [string, Readonly<Record<string, unknown>>] => [
        `${name} must be an http or https URL that ends without a slash`,
        { ...LOCAL, [name]: url },
      ]),
    ),
    ['rolesClaim needs an issuer', { rolesClaim: 'roles' }],
    ...(['certificateArn', 'gatewayUrl', 'sandboxUrl'] as const).map(
      (name): [string, Readonly<Record<string, unknown>>] => [
        `${name} needs gatewayDomain and sandboxDomain`,
        { [name]: LOCAL[name] },
      ],
    ),
    ['gatewayDomain and sandboxDomain must differ', { ...LOCAL, sandboxDomain: 'LocalHost' }],
    [identity, { issuer: 'https://login.example.com' }],
    [identity, { audience: 'keys' }],
    [domains, { gatewayDomain: 'api.example.com' }],
    [domains, { sandboxDomain: 'sandbox.example.com' }],
    [domains, { gatewayDomain: 'api.example.com', sandboxDomain: 'sandbox.example.com' }],
  ])('is refused: %s (%o)', (message, context) => {
    const app = quickApp(context);
    expect(() => keyboundApp(app)).toThrow(message);
  });

  it('is refused with every contradiction at once', () => {
    const app = quickApp({ rolesClaim: 'roles', audience: 'keys', sandboxUrl: 'https://cdn.example.com' });
    expect(() => keyboundApp(app)).toThrow(
      /^the context is not usable: .* both issuer and audience; rolesClaim .*; sandboxUrl needs /,
    );
  });

  it('is refused with every name at once', () => {
    const app = quickApp({ stage: '', issuer: 'login', gatewayUrl: 'localhost' });
    expect(() => keyboundApp(app)).toThrow(/^the context is not usable: stage .*; issuer .*; gatewayUrl /);
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
      new KeyboundStack(quickApp(), 'Core', { stage: 'prod', keyPrefix: 'kb', portalOrigins: [] }),
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
