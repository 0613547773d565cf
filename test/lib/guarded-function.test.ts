import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { App, AssetStaging, Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { BundledFunction } from '../../lib/internal/core/bundled-function.ts';
import { GuardedFunction } from '../../lib/constructs/guarded-function.ts';
import { bundledProps } from './bundled-props.ts';
import { outputDirectory } from './quick-app.ts';

const directory = outputDirectory();
/** With bundles. */
const app = () => new App({ outdir: outputDirectory(), builtinCloudFormationValidation: false });

function entryOf(name: string, source: string): string {
  const file = join(directory, name);
  writeFileSync(file, source);
  return file;
}

/** The file that a function would run. */
function bundleOf({ function: fn }: BundledFunction): string {
  const staging = fn.node.findChild('Code').node.findChild('Stage');
  if (!(staging instanceof AssetStaging)) throw new Error('the function has no bundle');
  expect(readdirSync(staging.absoluteStagedPath)).toEqual(['index.mjs']);
  return join(staging.absoluteStagedPath, 'index.mjs');
}

const Module = z.record(
  z.string(),
  z.function({ input: z.tuple([z.unknown(), z.unknown()]), output: z.unknown() }),
);

async function load(file: string) {
  const module: unknown = await import(pathToFileURL(file).href);
  return Module.parse({ ...Object(module) });
}

const withContext = (lambda: unknown) => ({ requestContext: { authorizer: { lambda } } });
const REFUSED = {
  decision: 'refuse',
  style: 'detailed',
  reason: 'key_unknown',
  status: '401',
  code: '900901',
  message: 'Invalid Credentials',
  description: 'No such API key exists.',
};

describe('a guarded function', () => {
  let exported: Awaited<ReturnType<typeof load>>;
  const refusing = vi.spyOn(process.stdout, 'write').mockReturnValue(true);

  beforeAll(async () => {
    const entry = entryOf(
      'orders.ts',
      `export const handler = (event: { readonly asked: string }) => ({ statusCode: 200, body: event.asked });
       export const secretDoor = () => 'open';`,
    );
    exported = await load(
      bundleOf(new GuardedFunction(new Stack(app(), 'Guarded'), 'Orders', bundledProps(entry))),
    );
  });
  afterAll(() => refusing.mockRestore());

  it('exports one handler, and nothing else of its entry', () => {
    expect(Object.keys(exported)).toEqual(['handler']);
  });

  it('answers refused calls itself', async () => {
    expect(await exported['handler']?.({ ...withContext(REFUSED), asked: 'pizza' }, {})).toMatchObject({
      statusCode: 401,
      body: '{"code":"900901","message":"Invalid Credentials","description":"No such API key exists."}',
    });
  });

  it.each([undefined, {}, { asked: 'pizza' }, { decision: 'allow', ...withContext({ keyUUID: 'k' }) }])(
    'refuses to serve %j, for which nobody decided',
    async (event) => {
      expect(await exported['handler']?.(event, {})).toMatchObject({ statusCode: 500 });
    },
  );

  it('lets its handler serve allowed calls', async () => {
    const event = { ...withContext({ decision: 'allow' }), asked: 'pizza' };
    expect(await exported['handler']?.(event, {})).toEqual({ statusCode: 200, body: 'pizza' });
  });
});

describe('the bundle of a function', () => {
  it('is its own, though another entry of the same folder, or the same without guard, is bundled as well', () => {
    const first = entryOf('first.ts', `export const handler = () => 'the first';`);
    const second = entryOf('second.ts', `export const handler = () => 'the second';`);
    const stack = new Stack(app(), 'Several');
    const texts = [
      new BundledFunction(stack, 'Bare1', bundledProps(first)),
      new BundledFunction(stack, 'Bare2', bundledProps(second)),
      new GuardedFunction(stack, 'Guarded1', bundledProps(first)),
      new GuardedFunction(stack, 'Guarded2', bundledProps(second)),
    ].map((each) => readFileSync(bundleOf(each), 'utf8'));
    const says = (text: string) => [
      text.includes('the first'),
      text.includes('the second'),
      text.includes('unguarded_call'),
    ];
    expect(texts.map(says)).toEqual([
      [true, false, false],
      [false, true, false],
      [true, false, true],
      [false, true, true],
    ]);
  });

  it('cannot be made of an entry that exports no handler', () => {
    const entry = entryOf('nothing.ts', 'export const main = () => undefined;');
    expect(() => new GuardedFunction(new Stack(app(), 'None'), 'Backend', bundledProps(entry))).toThrow(
      'No matching export in',
    );
  });

  it('is small: the guard adds less than 5 KB', () => {
    const entry = entryOf('small.ts', 'export const handler = () => 1;');
    const file = bundleOf(new GuardedFunction(new Stack(app(), 'Small'), 'Backend', bundledProps(entry)));
    expect(readFileSync(file).length).toBeLessThan(5_000);
  });
});
