import { builtinModules } from 'node:module';
import { describe, expect, it } from 'vitest';
import { findCycles } from './find-cycles.ts';
import { byPath, FOLDERS, isWithin, loadedWith, modules, offences, within } from './project-modules.ts';
import { readModules, type Import } from './read-modules.ts';

/** Folders of `lambdas` that functions share. Every other one is a function. */
const SHARED = ['core', 'management', 'platform'];
const functions = [
  ...new Set(modules.flatMap(({ path }) => /^lambdas\/([^/]+)\//.exec(path)?.[1] ?? [])),
].filter((folder) => !SHARED.includes(folder));

/** What the modules of a folder may import besides each other: folders, modules or packages. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // Only what computes: nothing that reads a file, a clock, a network or the environment.
  'lambdas/core': ['ipaddr.js', 'node:crypto', 'node:net', 'node:zlib'],
  'lambdas/platform': [
    'lambdas/core',
    '@aws-sdk/client-apigatewayv2',
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/lib-dynamodb',
    '@middy/core',
    '@middy/http-router',
    'aws-lambda',
    'node:crypto',
    'node:timers',
    'zod',
  ],
  'lambdas/management': [
    'lambdas/core',
    'lambdas/platform',
    'aws-lambda',
    'node:crypto',
    'node:timers',
    'zod',
  ],
  'lambdas/authorizer': ['lambdas/core', 'lambdas/platform', '@aws-sdk/client-dynamodb', 'aws-lambda'],
  'lambdas/portal': ['lambdas/core', 'lambdas/platform', 'lambdas/management', 'zod'],
  'lambdas/admin': ['lambdas/core', 'lambdas/platform', 'lambdas/management', 'zod'],
  'lambdas/publisher': ['lambdas/core', 'lambdas/platform', 'lambdas/management', 'zod'],
  'lambdas/holder': ['lambdas/core', 'lambdas/platform', 'lambdas/management', 'aws-lambda'],
  'lambdas/changes': [
    'lambdas/core',
    'lambdas/management',
    'lambdas/platform',
    '@aws-sdk/client-apigatewayv2',
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/client-eventbridge',
    '@aws-sdk/lib-dynamodb',
    'aws-lambda',
    'zod',
  ],
  'lambdas/resets': [
    'lambdas/core',
    'lambdas/management',
    'lambdas/platform',
    '@aws-sdk/client-apigatewayv2',
    'aws-lambda',
  ],
  'lambdas/usage': [
    'lambdas/core',
    'lambdas/management',
    'lambdas/platform',
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/lib-dynamodb',
    'aws-lambda',
    'node:crypto',
    'node:timers',
    'node:zlib',
    'zod',
  ],
  'lambdas/registrar': [
    'lambdas/core',
    'lambdas/platform',
    'lambdas/management',
    '@aws-sdk/client-apigatewayv2',
    '@aws-sdk/client-cloudformation',
    'aws-lambda',
    'node:crypto',
    'zod',
  ],
  // It becomes a part of other teams' functions: no package.
  'lambdas/guard': ['lambdas/core', 'lambdas/platform/clock.ts', 'lambdas/platform/log.ts', 'aws-lambda'],
  'apis/petstore': ['apis/json-answer.ts', 'aws-lambda'],
  'apis/pizzashack': [
    'apis/json-answer.ts',
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/lib-dynamodb',
    'aws-lambda',
    'node:crypto',
    'zod',
  ],
  lib: [
    'lambdas/core',
    'lambdas/platform/dynamodb/keys.ts',
    'lambdas/platform/http/read-caller.ts',
    'lambdas/authorizer/grant.ts',
    'lambdas/portal/portal-route.ts',
    'aws-cdk-lib',
    'cdk-nag',
    'constructs',
    // One search for what was meant, pure.
    'cli/parsing/suggest.ts',
    'esbuild',
    'node:fs',
    'node:module',
    'node:path',
    'node:url',
    'yaml',
    'zod',
  ],
  bin: ['lib', 'aws-cdk-lib'],
  // A program that could be a package of its own: it knows the REST APIs and nothing of the code behind them.
  cli: [
    ...builtinModules.map((name) => `node:${name}`),
    '@bomb.sh/tab',
    'commander',
    'csv-parse',
    'string-width',
    'zod',
  ],
  // What operators and developers run: they may use everything, and nothing uses them.
  scripts: [
    'lambdas',
    'lib',
    'local/message-of.ts',
    'local/runner/local-assembly.ts',
    '@aws-sdk/client-dynamodb-streams',
    '@aws-sdk/client-lambda',
    '@aws-sdk/client-sqs',
    '@hey-api/openapi-ts',
    'node:child_process',
    'node:events',
    'node:fs',
    'node:http',
    'node:https',
    'node:module',
    'node:os',
    'node:path',
    'node:util',
    'esbuild',
    'prettier',
    'zod',
  ],
};

describe('import rules', () => {
  it('are checked against modules that were really read', () => {
    expect(modules.length).toBeGreaterThan(100);
    expect(functions.toSorted()).toEqual(
      expect.arrayContaining(['admin', 'authorizer', 'holder', 'portal', 'publisher', 'registrar']),
    );
    const imported = modules.flatMap(({ imports }) => imports.map(({ target }) => target));
    const missing = imported.filter((target) => isWithin(FOLDERS, target) && !byPath.has(target));
    expect(missing).toEqual([]);
  });

  it.each(Object.entries(MAY_IMPORT))('let %s import only what it names', (folder, allowed) => {
    const importers = within(folder);
    expect(importers.length).toBeGreaterThan(0);
    expect(offences(importers, ({ target }) => !isWithin([folder, ...allowed], target))).toEqual([]);
  });

  it('give every folder of handlers a list of what it may import', () => {
    const listed = Object.keys(MAY_IMPORT);
    const folders = modules.flatMap(
      ({ path }) => /^((?:lambdas|apis)\/[^/]+)\/handler\.ts$/.exec(path)?.[1] ?? [],
    );
    expect(folders.filter((folder) => !listed.includes(folder))).toEqual([]);
  });

  it('keep functions from importing each other', () => {
    const folders = functions.map((name) => `lambdas/${name}`);
    const own = (path: string) => folders.filter((folder) => isWithin([folder], path));
    const others = (path: string) => folders.filter((folder) => !own(path).includes(folder));
    expect(offences(within('lambdas'), ({ target }, { path }) => isWithin(others(path), target))).toEqual([]);
  });

  it('load neither zod, middy nor the document client with the authorizer', () => {
    const loaded = loadedWith('lambdas/authorizer/handler.ts');
    expect(loaded).toContain('lambdas/core/decide-access.ts');
    expect(loaded).toContain('lambdas/platform/dynamodb/read-credential.ts');
    expect(
      [...loaded].filter((target) => /^(?:zod|@middy\/.*|@aws-sdk\/lib-dynamodb)$/.test(target)),
    ).toEqual([]);
  });

  it('load one package of the SDK, and no other dependency but ipaddr.js, with the authorizer', () => {
    const packages = [...loadedWith('lambdas/authorizer/handler.ts')].filter(
      (target) => !target.endsWith('.ts'),
    );
    expect(packages.toSorted()).toEqual([
      '@aws-sdk/client-dynamodb',
      'ipaddr.js',
      'node:crypto',
      'node:net',
      'node:zlib',
    ]);
  });

  it('load nothing but nine small modules with the guard, which becomes a part of every backend', () => {
    expect([...loadedWith('lambdas/guard/guard.ts')].toSorted()).toEqual([
      'lambdas/core/guard-context.ts',
      'lambdas/core/key-form.ts',
      'lambdas/core/plain-text.ts',
      'lambdas/guard/guard.ts',
      'lambdas/guard/read-decision.ts',
      'lambdas/guard/refusal-response.ts',
      'lambdas/guard/with-headers.ts',
      'lambdas/platform/clock.ts',
      'lambdas/platform/log.ts',
    ]);
  });

  it('let lib take no more than the type from the authorizer', () => {
    const values = ({ target, erased }: Import) => isWithin(['lambdas/authorizer'], target) && !erased;
    expect(offences(within('lib'), values)).toEqual([]);
  });

  it('keep the runner from knowing handlers and stacks, and these from knowing the runner', () => {
    const handlersAndStacks = FOLDERS.filter((folder) => folder !== 'local');
    expect(offences(within('local'), ({ target }) => isWithin(handlersAndStacks, target))).toEqual([]);
    const others = handlersAndStacks.filter((folder) => folder !== 'scripts').flatMap(within);
    expect(offences(others, ({ target }) => isWithin(['local'], target))).toEqual([]);
  });

  it('keep test and benchmark code out of everything else', () => {
    expect(offences(modules, ({ target }) => isWithin(['test', 'bench'], target))).toEqual([]);
  });

  it('allow no module to be loaded before one that it needs: there are no cycles', () => {
    expect(findCycles([...modules, ...readModules(['bench', 'test'])])).toEqual([]);
  });

  it('allow no cycle of types either, but in the runner', () => {
    const all = modules
      .filter(({ path }) => !isWithin(['local'], path))
      .map((module) => ({
        ...module,
        imports: module.imports.map(({ target }) => ({ target, erased: false })),
      }));
    expect(findCycles(all)).toEqual([]);
  });
});
