import { builtinModules } from 'node:module';
import { describe, expect, it } from 'vitest';
import { findCycles } from './find-cycles.ts';
import { byPath, FOLDERS, isWithin, loadedWith, modules, offences, within } from './project-modules.ts';
import { readModules } from './read-modules.ts';

/** Folders that hold a function each; what else is in `lambdas`, they share. */
const functions = [
  ...new Set(
    modules.flatMap(({ path }) => /^(lambdas\/functions\/[^/]+|lambdas\/guard)\//.exec(path)?.[1] ?? []),
  ),
];

/** What the modules of a folder may import besides each other: folders, modules or packages. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  // Only what computes: nothing that reads a file, a clock, a network or the environment.
  'lambdas/core': ['ipaddr.js', 'node:crypto', 'node:net', 'node:zlib'],
  // What processes tell each other: pure like core, and zod for those who read.
  'lambdas/contract': ['lambdas/core', 'node:crypto', 'node:zlib', 'zod'],
  'lambdas/platform': [
    'lambdas/contract',
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
    'lambdas/contract',
    'lambdas/core',
    'lambdas/platform',
    'aws-lambda',
    'node:crypto',
    'node:timers',
    'zod',
  ],
  'lambdas/functions/authorizer': [
    'lambdas/contract',
    'lambdas/core',
    'lambdas/platform',
    '@aws-sdk/client-dynamodb',
    'aws-lambda',
  ],
  'lambdas/functions/portal': [
    'lambdas/contract',
    'lambdas/core',
    'lambdas/platform',
    'lambdas/management',
    'zod',
  ],
  'lambdas/functions/admin': [
    'lambdas/contract',
    'lambdas/core',
    'lambdas/platform',
    'lambdas/management',
    'zod',
  ],
  'lambdas/functions/publisher': [
    'lambdas/contract',
    'lambdas/core',
    'lambdas/platform',
    'lambdas/management',
    'zod',
  ],
  'lambdas/functions/holder': [
    'lambdas/contract',
    'lambdas/core',
    'lambdas/platform',
    'lambdas/management',
    'aws-lambda',
  ],
  'lambdas/functions/changes': [
    'lambdas/contract',
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
  'lambdas/functions/resets': [
    'lambdas/contract',
    'lambdas/core',
    'lambdas/management',
    'lambdas/platform',
    '@aws-sdk/client-apigatewayv2',
    'aws-lambda',
  ],
  'lambdas/functions/usage': [
    'lambdas/contract',
    'lambdas/core',
    'lambdas/platform',
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/lib-dynamodb',
    'aws-lambda',
    'node:crypto',
    'node:timers',
    'node:zlib',
    'zod',
  ],
  'lambdas/functions/registrar': [
    'lambdas/contract',
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
  'lambdas/guard': [
    'lambdas/contract',
    'lambdas/core',
    'lambdas/platform/clock.ts',
    'lambdas/platform/log.ts',
    'aws-lambda',
  ],
  // An app like a user's own: the constructs under the name of the package, and nothing behind them.
  'examples/samples': [
    'keybound',
    'aws-cdk-lib',
    'constructs',
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/lib-dynamodb',
    'aws-lambda',
    'node:crypto',
    'zod',
  ],
  'examples/samples/petstore': ['examples/samples/json-answer.ts', 'aws-lambda'],
  'examples/samples/pizzashack': [
    'examples/samples/json-answer.ts',
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/lib-dynamodb',
    'aws-lambda',
    'node:crypto',
    'zod',
  ],
  lib: [
    'lambdas/contract',
    'lambdas/core',
    'lambdas/platform/dynamodb/keys.ts',
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
  // The one command that runs an app loads the runner, and nothing else of it.
  cli: [
    ...builtinModules.map((name) => `node:${name}`),
    'local/dev.ts',
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
    'local/runner/local-context.ts',
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
    'node:url',
    'node:util',
    'esbuild',
    'prettier',
    'zod',
  ],
};

/** The demo and the runner's developer are clients of the management API: they know its addresses. What greets a person tells how to call an API. */
function isToldByContract(importer: string, target: string): boolean {
  return (
    (isWithin(['local/demo', 'local/runner/developer.ts'], importer) &&
      target === 'lambdas/contract/api-paths.ts') ||
    (importer === 'local/runner/welcome.ts' && target === 'lambdas/contract/stage-variables.ts')
  );
}

describe('import rules', () => {
  it('are checked against modules that were really read', () => {
    expect(modules.length).toBeGreaterThan(100);
    expect(functions.toSorted()).toEqual(
      expect.arrayContaining(
        ['admin', 'authorizer', 'holder', 'portal', 'publisher', 'registrar'].map(
          (name) => `lambdas/functions/${name}`,
        ),
      ),
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
      ({ path }) => /^((?:lambdas\/functions|examples\/samples)\/[^/]+)\/handler\.ts$/.exec(path)?.[1] ?? [],
    );
    expect(folders.filter((folder) => !listed.includes(folder))).toEqual([]);
  });

  it('keep functions from importing each other', () => {
    const others = (path: string) => functions.filter((folder) => !isWithin([folder], path));
    expect(offences(within('lambdas'), ({ target }, { path }) => isWithin(others(path), target))).toEqual([]);
  });

  it('load neither zod, middy nor the document client with the authorizer', () => {
    const loaded = loadedWith('lambdas/functions/authorizer/handler.ts');
    expect(loaded).toContain('lambdas/core/decision/decide-access.ts');
    expect(loaded).toContain('lambdas/platform/dynamodb/read-credential.ts');
    expect(
      [...loaded].filter((target) => /^(?:zod|@middy\/.*|@aws-sdk\/lib-dynamodb)$/.test(target)),
    ).toEqual([]);
  });

  it('load one package of the SDK, and no other dependency but ipaddr.js, with the authorizer', () => {
    const packages = [...loadedWith('lambdas/functions/authorizer/handler.ts')].filter(
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
      'lambdas/contract/guard-context.ts',
      'lambdas/core/general/plain-text.ts',
      'lambdas/core/keys/key-form.ts',
      'lambdas/core/refusals/refusal-style.ts',
      'lambdas/guard/guard.ts',
      'lambdas/guard/refusal-response.ts',
      'lambdas/guard/with-headers.ts',
      'lambdas/platform/clock.ts',
      'lambdas/platform/log.ts',
    ]);
  });

  it('keep lib from knowing functions: it knows what they are told', () => {
    expect(offences(within('lib'), ({ target }) => isWithin(['lambdas/functions'], target))).toEqual([]);
  });

  it('keep the runner from knowing handlers and stacks, and these from knowing the runner', () => {
    const handlersAndStacks = FOLDERS.filter((folder) => folder !== 'local');
    expect(
      offences(
        within('local'),
        ({ target }, { path }) => isWithin(handlersAndStacks, target) && !isToldByContract(path, target),
      ),
    ).toEqual([]);
    const others = handlersAndStacks.filter((folder) => folder !== 'scripts').flatMap(within);
    expect(offences(others, ({ target }) => isWithin(['local'], target))).toEqual([
      'cli/commands/dev.ts -> local/dev.ts',
    ]);
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
