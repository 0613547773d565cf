import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App, AssetStaging, Size, Stack } from 'aws-cdk-lib';
import { SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { GuardedFunctionProps } from '../../lib/constructs/guarded-function-props.ts';
import { BundledFunction } from '../../lib/internal/core/bundled-function.ts';
import { GuardedFunction } from '../../lib/constructs/guarded-function.ts';
import { outputDirectory, quickApp } from './quick-app.ts';
import { readStack } from './read-stack.ts';

/** An entry, and beside it the package `old-fashioned`, which is CommonJS and requires modules of Node.js. */
function entryOf(source: string): string {
  const directory = outputDirectory();
  const dependency = join(directory, 'node_modules/old-fashioned');
  mkdirSync(dependency, { recursive: true });
  writeFileSync(join(dependency, 'package.json'), '{"name":"old-fashioned","main":"index.js"}');
  writeFileSync(
    join(dependency, 'index.js'),
    `const { createHash } = require('crypto');
     const path = require('node:path');
     module.exports = (text) => path.posix.join('sha1', createHash('sha1').update(text).digest('hex'));`,
  );
  const entry = join(directory, 'orders.ts');
  writeFileSync(entry, source);
  return entry;
}

const HASHING = `import hash from 'old-fashioned';
export const handler = (event: { readonly text: string }) => ({ statusCode: 200, body: hash(event.text) });`;

function stagedOf({ function: fn }: BundledFunction): string {
  const staging = fn.node.findChild('Code').node.findChild('Stage');
  if (!(staging instanceof AssetStaging)) throw new Error('the function has no bundle');
  return staging.absoluteStagedPath;
}

const stack = () =>
  new Stack(new App({ outdir: outputDirectory(), builtinCloudFormationValidation: false }), 'Backends');
const bundleOf = (props: GuardedFunctionProps) => stagedOf(new BundledFunction(stack(), 'Orders', props));

const Module = z.object({ handler: z.function({ input: z.tuple([z.unknown()]), output: z.unknown() }) });
async function call(directory: string, event: unknown): Promise<unknown> {
  const module: unknown = await import(pathToFileURL(join(directory, 'index.mjs')).href);
  return Module.parse({ ...Object(module) }).handler(event);
}

describe('a function with a CommonJS dependency that requires modules of Node.js', () => {
  const event = { text: 'pizza', requestContext: { authorizer: { lambda: { decision: 'allow' } } } };

  it('answers', async () => {
    const result = await call(bundleOf({ entry: entryOf(HASHING) }), event);
    expect(result).toMatchObject({ statusCode: 200 });
    expect(JSON.stringify(result)).toMatch(/"sha1\/[0-9a-f]{40}"/);
  });

  it('answers behind the guard, too', async () => {
    const backend = new GuardedFunction(stack(), 'Orders', { entry: entryOf(HASHING) });
    expect(JSON.stringify(await call(stagedOf(backend), event))).toMatch(/"sha1\/[0-9a-f]{40}"/);
  });

  it('answers also when its own code makes a function require, as modules with such dependencies do', async () => {
    const entry = entryOf(`import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);
const { sep }: { readonly sep: string } = require('node:path');
${HASHING.replace('hash(event.text)', '`${sep}${hash(event.text)}`')}`);
    for (const minify of [true, false]) {
      expect(JSON.stringify(await call(bundleOf({ entry, bundling: { minify } }), event))).toMatch(
        /"\/sha1\/[0-9a-f]{40}"/,
      );
    }
  });
});

describe('a function with dependencies of both kinds of modules', () => {
  /** An entry in a folder with the packages `esm-only` and `finds-files`, which is CommonJS and knows where it is. */
  function entryWith(name: string, source: string): string {
    const entry = join(dirname(entryOf('')), name);
    for (const [dependency, manifest, index] of [
      ['esm-only', { type: 'module', exports: './index.js' }, `export const greet = () => 'from ESM';`],
      [
        'finds-files',
        { main: 'index.js' },
        `const { basename } = require('node:path');
         exports.place = () => [basename(__filename), __dirname.length > 1, typeof require.resolve];`,
      ],
    ] as const) {
      const folder = join(dirname(entry), 'node_modules', dependency);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: dependency, ...manifest }));
      writeFileSync(join(folder, 'index.js'), index);
    }
    writeFileSync(entry, source);
    return entry;
  }

  it.each([
    [
      'TypeScript',
      'backend.ts',
      `import { greet } from 'esm-only';
       import { place } from 'finds-files';
       export const handler = (event: unknown) => [greet(), ...place()];`,
    ],
    [
      'CommonJS',
      'backend.cjs',
      `const { place } = require('finds-files');
       const { greet } = require('esm-only');
       exports.handler = async () => [greet(), ...place()];`,
    ],
    [
      'ESM',
      'backend.mjs',
      `import { greet } from 'esm-only';
       import files from 'finds-files';
       export const handler = async () => [greet(), ...files.place()];`,
    ],
  ])('answers behind the guard, if it is %s itself', async (_, name, source) => {
    const backend = new GuardedFunction(stack(), 'Orders', { entry: entryWith(name, source) });
    const event = { requestContext: { authorizer: { lambda: { decision: 'allow' } } } };
    expect(await call(stagedOf(backend), event)).toEqual(['from ESM', 'index.mjs', true, 'function']);
  });
});

describe('the options of a bundle', () => {
  it('define names, bundle files by their ending, and add lines before and behind', async () => {
    const entry = entryOf(`import page from './page.html';
declare const VERSION: string;
export const handler = () => [page, VERSION, Reflect.get(globalThis, 'before')];`);
    writeFileSync(join(dirname(entry), 'page.html'), '<p>');
    const bundling = {
      define: { VERSION: '"1.2.3"' },
      loader: { '.html': 'text' },
      banner: 'globalThis.before = true;',
      footer: '// the end',
    } as const;
    const directory = bundleOf({ entry, bundling });
    expect(await call(directory, {})).toEqual(['<p>', '1.2.3', true]);
    expect(readFileSync(join(directory, 'index.mjs'), 'utf8')).toMatch(/\/\/ the end\n?$/);
  });

  it('leave modules out that a layer has', () => {
    const directory = bundleOf({ entry: entryOf(HASHING), bundling: { externalModules: ['old-fashioned'] } });
    const text = readFileSync(join(directory, 'index.mjs'), 'utf8');
    expect(text).toMatch(/from\s*"old-fashioned"/);
    expect(text).not.toContain('createHash');
  });

  it('keep the code as it is written', () => {
    const lines = (minify: boolean) =>
      readFileSync(
        join(bundleOf({ entry: entryOf(HASHING), bundling: { minify } }), 'index.mjs'),
        'utf8',
      ).split('\n').length;
    expect(lines(false)).toBeGreaterThan(lines(true) + 10);
  });

  it('add a map of the source, and let Node.js read it', () => {
    const props = { entry: entryOf(HASHING), bundling: { sourceMap: true } };
    expect(readdirSync(bundleOf(props)).toSorted()).toEqual(['index.mjs', 'index.mjs.map']);
    const quick = new Stack(quickApp(), 'Quick');
    new BundledFunction(quick, 'Orders', props);
    expect(readStack(quick).at('Orders/Function').properties['Environment']).toEqual({
      Variables: { NODE_OPTIONS: '--enable-source-maps' },
    });
  });
});

describe('a function that is made with its entry alone', () => {
  it('has 256 MB, ten seconds, its path as description, and a log that is kept for three months', () => {
    const quick = new Stack(quickApp(), 'Quick');
    new GuardedFunction(quick, 'Orders', { entry: entryOf(HASHING) });
    const read = readStack(quick);
    expect(read.at('Orders/Guarded').properties).toMatchObject({
      MemorySize: 256,
      Timeout: 10,
      Description: 'Quick/Orders',
    });
    expect(read.at('Orders/Guarded').properties).not.toHaveProperty('Environment');
    expect(read.at('Orders/Logs')).toMatchObject({
      deletionPolicy: 'RetainExceptOnCreate',
      properties: { RetentionInDays: 90 },
    });
  });
});

describe('a function with the options of every function of CDK', () => {
  const made = (more: (stack: Stack) => Partial<GuardedFunctionProps>) => {
    const quick = new Stack(quickApp(), 'Quick');
    const backend = new GuardedFunction(quick, 'Orders', { entry: entryOf(HASHING), ...more(quick) });
    return { quick, backend };
  };

  it('passes them on', () => {
    const { quick } = made(() => ({
      architecture: Architecture.X86_64,
      ephemeralStorageSize: Size.gibibytes(1),
      reservedConcurrentExecutions: 3,
      runtime: Runtime.NODEJS_22_X,
      tracing: Tracing.ACTIVE,
      environment: { TABLE: 'orders' },
      loggingFormat: LoggingFormat.TEXT,
    }));
    expect(readStack(quick).at('Orders/Guarded').properties).toMatchObject({
      Architectures: ['x86_64'],
      EphemeralStorage: { Size: 1024 },
      ReservedConcurrentExecutions: 3,
      Runtime: 'nodejs22.x',
      TracingConfig: { Mode: 'Active' },
      Environment: { Variables: { TABLE: 'orders' } },
      LoggingConfig: { LogFormat: 'Text', LogGroup: '${Orders/Logs}' },
    });
  });

  it('logs to the group and acts in the role that it is given, and makes none of its own', () => {
    const { quick } = made((scope) => ({
      logGroup: new LogGroup(scope, 'Shared'),
      role: new Role(scope, 'Given', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }),
    }));
    const read = readStack(quick);
    expect(read.at('Orders/Guarded').properties).toMatchObject({
      LoggingConfig: { LogGroup: '${Shared}' },
      Role: '${Given.Arn}',
    });
    expect(read.ofType('AWS::Logs::LogGroup').map(({ path }) => path)).toEqual(['Shared']);
    expect(read.ofType('AWS::IAM::Role').map(({ path }) => path)).toEqual(['Given']);
  });

  it('has in a VPC what it needs of network interfaces', () => {
    const { quick } = made((scope) => ({
      vpc: Vpc.fromVpcAttributes(scope, 'Vpc', {
        vpcId: 'vpc-1',
        availabilityZones: ['a'],
        privateSubnetIds: ['subnet-1'],
      }),
      securityGroups: [SecurityGroup.fromSecurityGroupId(scope, 'Group', 'sg-1')],
    }));
    const role = JSON.stringify(readStack(quick).at('Orders/Role').properties);
    expect(role).toContain('AWSLambdaVPCAccessExecutionRole');
  });

  it('can be granted rights like any function', () => {
    const { quick, backend } = made(() => ({}));
    Topic.fromTopicArn(quick, 'Topic', 'arn:aws:sns:eu-west-1:111122223333:orders').grantPublish(backend);
    const policies = JSON.stringify(readStack(quick).at('Orders/Role/DefaultPolicy').properties);
    expect(policies).toContain('sns:Publish');
  });

  it('cannot have a log group of its own and another', () => {
    expect(() =>
      made((scope) => ({
        logGroup: new LogGroup(scope, 'Shared'),
        logRetention: RetentionDays.ONE_DAY,
      })),
    ).toThrow('Quick/Orders: logRetention and removalPolicy are for its own log group');
  });

  it.each<[string, object]>([
    ['the property bundling has no property minfy: is minify meant?', { bundling: { minfy: true } }],
    ['has no property memorysize: is memorySize meant?', { memorysize: 512 }],
    ['the property runtime must be a Node.js runtime', { runtime: Runtime.PYTHON_3_13 }],
    ['has no property handler', { handler: 'index.main' }],
  ])('says what it does not take: %s', (message, props) => {
    expect(() => made(() => ({ ...props }))).toThrow(message);
  });
});

describe('a function that AWS would refuse', () => {
  const made = (props: Partial<GuardedFunctionProps>) =>
    new BundledFunction(new Stack(quickApp(), 'Shop'), 'Orders', { entry: entryOf(HASHING), ...props });

  it.each(['Orders — all of them', 'Orders 🍕', 'x'.repeat(257)])(
    'because IAM does not take the description %j is an error that says what it takes',
    (description) => {
      expect(() => made({ description })).toThrow(
        `Shop/Orders: the property description must be at most 256 characters of Latin-1, and is ${JSON.stringify(description)}`,
      );
    },
  );

  it.each([64, 10_241, 256.5])(
    'because of %d MB of memory is an error that names the limit',
    (memorySize) => {
      expect(() => made({ memorySize })).toThrow(/Shop\/Orders: the property memorySize must be /);
    },
  );
});
