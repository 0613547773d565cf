import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App, AssetStaging, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { BundledFunction, type BundledFunctionProps } from '../../lib/internal/core/bundled-function.ts';
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
const bundleOf = (props: BundledFunctionProps) => stagedOf(new BundledFunction(stack(), 'Orders', props));

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
    for (const minify of [true, false])
      expect(JSON.stringify(await call(bundleOf({ entry, minify }), event))).toMatch(
        /"\/sha1\/[0-9a-f]{40}"/,
      );
  });
});

describe('the options of a bundle', () => {
  it('leave modules out that a layer has', () => {
    const directory = bundleOf({ entry: entryOf(HASHING), externals: ['old-fashioned'] });
    const text = readFileSync(join(directory, 'index.mjs'), 'utf8');
    expect(text).toMatch(/from\s*"old-fashioned"/);
    expect(text).not.toContain('createHash');
  });

  it('keep the code as it is written', () => {
    const lines = (minify: boolean) =>
      readFileSync(join(bundleOf({ entry: entryOf(HASHING), minify }), 'index.mjs'), 'utf8').split('\n')
        .length;
    expect(lines(false)).toBeGreaterThan(lines(true) + 10);
  });

  it('add a map of the source, and let Node.js read it', () => {
    const props = { entry: entryOf(HASHING), sourceMap: true };
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

describe('a function that AWS would refuse', () => {
  const made = (props: Partial<BundledFunctionProps>) =>
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
