import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { DomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Function, Runtime } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { BundledFunction } from '../../lib/internal/core/bundled-function.ts';
import { GuardedFunction } from '../../lib/constructs/guarded-function.ts';
import { UserPoolIdentity } from '../../lib/constructs/identity.ts';
import { KeyboundStack } from '../../lib/stacks/keybound-stack.ts';
import { ProtectedHttpApi } from '../../lib/constructs/protected-http-api.ts';
import { bundledProps } from './bundled-props.ts';
import { OWN_ISSUER } from './core-stack.ts';
import { quickApp } from './quick-app.ts';
import { CORE, functionArn, shop } from './shop-api.ts';

type Properties = Readonly<Record<string, unknown>>;

/** What a program may make, with all the properties that it may give. */
interface Kind {
  readonly class: new (...args: never[]) => object;
  readonly inApp?: boolean;
  readonly required: Properties;
  readonly optional?: Properties;
}

const elsewhere = new Stack(quickApp(), 'Elsewhere');
const domain = new DomainName(elsewhere, 'Domain', {
  domainName: 'api.example.com',
  certificate: Certificate.fromCertificateArn(elsewhere, 'Certificate', 'arn:aws:acm:::certificate/1'),
});
const domains = { production: { domain, url: 'https://cdn.example.com' }, sandbox: { domain } };
const backend = { function: Function.fromFunctionArn(elsewhere, 'Backend', functionArn('shop')) };

const { entry, ...options } = bundledProps();
const functionOptions = {
  ...options,
  functionName: 'orders',
  runtime: Runtime.NODEJS_22_X,
  bundling: { externalModules: ['sharp'], minify: false, sourceMap: true },
};

const KINDS: Readonly<Record<string, Kind>> = {
  BundledFunction: { class: BundledFunction, required: { entry }, optional: functionOptions },
  GuardedFunction: { class: GuardedFunction, required: { entry }, optional: functionOptions },
  KeyboundStack: {
    class: KeyboundStack,
    inApp: true,
    required: { deployment: 'dev' },
    optional: {
      keyPrefix: 'kb',
      portalOrigins: [],
      throwAway: true,
      identity: OWN_ISSUER,
      encryptionKey: Key.fromKeyArn(
        elsewhere,
        'Key',
        'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
      ),
      existingTable: {
        tableArn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/restored',
        tableStreamArn:
          'arn:aws:dynamodb:eu-west-1:111122223333:table/restored/stream/2026-01-31T12:00:00.000',
      },
      commandLineSignIn: true,
      mfa: 'required',
      domains: ['api.example.com'],
      allowChange: ['issuer'],
      logRetention: RetentionDays.ONE_DAY,
      alarmEmail: 'operator@example.com',
    },
  },
  ProtectedHttpApi: {
    class: ProtectedHttpApi,
    required: { core: CORE, definition: shop, context: '/shop/2.0.1', subscription: 'required', backend },
    optional: {
      key: { header: 'x-key', queryParameter: 'key' },
      subscriptionApproval: true,
      acceptImportedKeys: true,
      freshness: { mode: 'bounded', seconds: 30 },
      initialLifecycle: 'CREATED',
      policies: ['Gold'],
      provider: 'Shop',
      cors: {
        allowOrigins: ['https://shop.example.com'],
        allowMethods: ['GET'],
        allowHeaders: ['content-type'],
        exposeHeaders: ['etag'],
        allowCredentials: true,
        maxAgeSeconds: 600,
      },
      domains,
      logRetention: RetentionDays.ONE_DAY,
      refusals: undefined,
    },
  },
  UserPoolIdentity: {
    class: UserPoolIdentity,
    required: {
      domainPrefix: 'keybound',
      portalOrigins: ['https://portal.example.com'],
      commandLineSignIn: true,
      mfa: 'required',
      deletionProtection: false,
      removalPolicy: RemovalPolicy.DESTROY,
    },
  },
};

/** Makes one as a program does that no compiler has seen. */
function make(kind: Kind, props: unknown): void {
  const app = quickApp();
  const scope: IConstruct = kind.inApp === true ? app : new Stack(app, 'Shop');
  Reflect.construct(kind.class, [scope, 'Made', props]);
}

const pathOf = ({ inApp = false }: Kind) => (inApp ? 'Made' : 'Shop/Made');

describe.each(Object.entries(KINDS))('%s without a compiler', (_, kind) => {
  const { required, optional = {} } = kind;
  const all = { ...required, ...optional };

  it('takes all its properties, and those alone that it needs', () => {
    expect(() => make(kind, all)).not.toThrow();
    expect(() => make(kind, required)).not.toThrow();
  });

  it.each(Object.keys(required))('names the property %s when it is missing', (name) => {
    const rest = Object.fromEntries(Object.entries(all).filter(([each]) => each !== name));
    expect(() => make(kind, rest)).toThrow(refusal(name, 'missing'));
  });

  it.each(Object.keys(all))('names the property %s when it is null, or a function', (name) => {
    expect(() => make(kind, { ...all, [name]: null })).toThrow(refusal(name, 'null'));
    expect(() => make(kind, { ...all, [name]: () => 'a string' })).toThrow(refusal(name, 'a function'));
  });

  it('names a property that it does not have, beside all others', () => {
    expect(() => make(kind, { ...all, notAProperty: 1 })).toThrow(
      new RegExp(`^${pathOf(kind)}: what it is made with has no property notAProperty: it has `),
    );
  });

  it('says so when it is given nothing', () => {
    expect(() => make(kind, undefined)).toThrow(
      new Error(`${pathOf(kind)}: what it is made with must be an object, and is missing`),
    );
  });

  /** One problem and no more. */
  function refusal(name: string, given: string): RegExp {
    return new RegExp(`^${pathOf(kind)}: the property ${name} must be [^;]*, and is ${given}$`);
  }
});

it.each<[keyof typeof KINDS, object, string]>([
  ['ProtectedHttpApi', { core: {} }, 'the property core.authorizerArn must be a string, and is missing'],
  [
    'ProtectedHttpApi',
    { definition: 'orders.yaml' },
    'the property definition must be an object, and is a string',
  ],
  [
    'ProtectedHttpApi',
    { policies: ['Gold', 7] },
    'the property policies.1 must be a string, and is a number',
  ],
  ['ProtectedHttpApi', { policies: 'Gold' }, 'the property policies must be a list, and is a string'],
  [
    'ProtectedHttpApi',
    { acceptImportedKeys: 'false' },
    'the property acceptImportedKeys must be true or false, and is a string',
  ],
  [
    'ProtectedHttpApi',
    { domains: { ...domains, sandbox: { domain: 'sandbox.example.com' } } },
    'the property domains.sandbox.domain must be a DomainName of CDK, and is a string',
  ],
  [
    'ProtectedHttpApi',
    { backend: { function: undefined } },
    'the property backend must be { function: a Lambda function of CDK }, { url: a string }, or { production, sandbox } with one of these each, and is an object',
  ],
  [
    'ProtectedHttpApi',
    { backend: { production: backend } },
    'the property backend must be { function: a Lambda function of CDK }, { url: a string }, or { production, sandbox } with one of these each, and is an object',
  ],
  [
    'ProtectedHttpApi',
    { freshnes: { mode: 'strict' } },
    'what it is made with has no property freshnes: is freshness meant?',
  ],
  [
    'ProtectedHttpApi',
    { freshness: { mode: 'bounded', second: 30 } },
    'the property freshness has no property second: is seconds meant?',
  ],
  [
    'ProtectedHttpApi',
    { freshness: { mode: 'strict', seconds: 30 } },
    'the property freshness has no property seconds: it has mode',
  ],
  [
    'ProtectedHttpApi',
    { cors: { allowOrigins: [], maxAge: 600 } },
    'the property cors has no property maxAge: is maxAgeSeconds meant?',
  ],
  [
    'ProtectedHttpApi',
    { domains: { ...domains, sandbox: { domain, uri: 'https://cdn.example.com' } } },
    'the property domains.sandbox has no property uri: is url meant?',
  ],
  [
    'ProtectedHttpApi',
    { backend: { url: 'https://shop.example.com', timeout: 3 } },
    'the property backend has no property timeout: it has url',
  ],
  [
    'KeyboundStack',
    { terminationProtecton: true },
    'what it is made with has no property terminationProtecton: is terminationProtection meant?',
  ],
  [
    'KeyboundStack',
    { identity: { issuer: 'https://login.example.com/', audience: 'keybound' } },
    'the property identity.rolesClaim must be a string, and is missing',
  ],
  [
    'KeyboundStack',
    { logRetention: 2 },
    'the property logRetention must be one of RetentionDays of CDK, and is a number',
  ],
  ['GuardedFunction', { timeout: 10 }, 'the property timeout must be a Duration of CDK, and is a number'],
  [
    'GuardedFunction',
    { removalPolicy: 'keep' },
    'the property removalPolicy must be one of destroy, retain, snapshot, retain-on-update-or-delete, and is "keep"',
  ],
])('%s made with %j says: %s', (name, props, message) => {
  const kind = KINDS[name];
  if (kind === undefined) throw new Error(`there is no ${name}`);
  expect(() => make(kind, { ...kind.required, ...props })).toThrow(message);
});

it('a property that is not what it must be is not repeated, since an environment may hold secrets', () => {
  const props = { ...bundledProps(), environment: { PIN: 271828 } };
  const make = () => {
    Reflect.construct(BundledFunction, [elsewhere, 'Pin', props]);
  };
  expect(make).toThrow(
    new Error('Elsewhere/Pin: the property environment.PIN must be a string, and is a number'),
  );
});

it('the error about invalid properties names all of them at once', () => {
  const make = () => {
    Reflect.construct(KeyboundStack, [quickApp(), 'Core', { deployment: 7, keyPrefix: 8, portalOrigins: 9 }]);
  };
  expect(make).toThrow(
    new Error(
      'Core: the property deployment must be a string, and is a number; ' +
        'the property keyPrefix must be a string, and is a number; ' +
        'the property portalOrigins must be a list, and is a number',
    ),
  );
});
