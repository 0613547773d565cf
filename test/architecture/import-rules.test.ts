import { builtinModules } from 'node:module';
import { describe, expect, it } from 'vitest';
import { parseModule, readModules, type Import, type SourceModule } from './read-modules.ts';

const FOLDERS = ['apis', 'bin', 'cli', 'lambdas', 'lib', 'local', 'scripts'] as const;
const modules = readModules(FOLDERS);
const byPath = new Map(modules.map((module) => [module.path, module]));

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
    'aws-cdk-lib',
    'cdk-nag',
    'constructs',
    'esbuild',
    'node:fs',
    'node:path',
    'yaml',
    'zod',
  ],
  bin: ['lib', 'aws-cdk-lib'],
  // A program that could be a package of its own: it knows the REST APIs and nothing of the code behind them.
  cli: [...builtinModules.map((name) => `node:${name}`), 'zod'],
  scripts: [
    'lambdas',
    '@aws-sdk/client-dynamodb-streams',
    '@aws-sdk/client-lambda',
    '@aws-sdk/client-sqs',
    'node:fs',
    'node:util',
    'prettier',
    'zod',
  ],
};

function isWithin(folders: readonly string[], target: string): boolean {
  return folders.some((folder) => target === folder || target.startsWith(`${folder}/`));
}

function within(folder: string): readonly SourceModule[] {
  return modules.filter(({ path }) => isWithin([folder], path));
}

/** `importer -> target` of each import that `isForbidden` says is. */
function offences(
  importers: readonly SourceModule[],
  isForbidden: (imported: Import, importer: SourceModule) => boolean,
): readonly string[] {
  return importers.flatMap((importer) =>
    importer.imports
      .filter((imported) => isForbidden(imported, importer))
      .map(({ target }) => `${importer.path} -> ${target}`),
  );
}

/** Everything that is loaded when the module at `path` is: types are erased before. */
function loadedWith(path: string): ReadonlySet<string> {
  const loaded = new Set<string>();
  const load = (target: string): void => {
    if (loaded.has(target)) return;
    loaded.add(target);
    for (const imported of byPath.get(target)?.imports ?? []) if (!imported.erased) load(imported.target);
  };
  load(path);
  return loaded;
}

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

  it('load nothing but seven small modules with the guard, which becomes a part of every backend', () => {
    expect([...loadedWith('lambdas/guard/guard.ts')].toSorted()).toEqual([
      'lambdas/core/guard-context.ts',
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
    const others = handlersAndStacks.flatMap(within);
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

describe('the environment, the clock and the keys', () => {
  it('let only entry points read the environment', () => {
    const readers = modules
      .filter(
        ({ globals, imports }) =>
          globals.has('process.env') ||
          globals.has('process') ||
          imports.some(({ target }) => target === 'node:process'),
      )
      .map(({ path }) => path);
    const entryPoints =
      /^(?:bin\/.*|cli\/main|(?:lambdas|apis)\/[^/]+\/handler|local\/start|local\/assembly\/synthesize|scripts\/replay-dead-letters)\.ts$/;
    expect(readers).toContain('lambdas/authorizer/handler.ts');
    expect(readers.filter((path) => !entryPoints.test(path))).toEqual([]);
  });

  it('give the clock of the lambdas one home', () => {
    const readers = within('lambdas').filter(({ globals }) => globals.has('Date.now') || globals.has('Date'));
    expect(readers.map(({ path }) => path)).toEqual(['lambdas/platform/clock.ts']);
  });

  it('let lambdas take the present as a date for the time stamp of a log line only', () => {
    const readers = within('lambdas').filter(({ globals }) => globals.has('new Date()'));
    expect(readers.map(({ path }) => path).filter((path) => path !== 'lambdas/platform/log.ts')).toEqual([]);
  });

  it('spell the keys of the table in one file', () => {
    const prefix =
      /^(?:API|APP|APPKEY|APPNAME|AUDIT|BATCH|CALLS|COUNTER|CREDENTIAL|IDEMPOTENCY|KEY|LINK|OWNER|POLICY|REFUSAL|SUBSCRIPTION)#/;
    const spelling = modules.filter(({ texts }) => texts.some((text) => prefix.test(text)));
    expect(spelling.map(({ path }) => path)).toEqual(['lambdas/platform/dynamodb/keys.ts']);
  });
});

describe('the reader of modules', () => {
  const module = parseModule(
    'lambdas/core/example.ts',
    `
      import { a } from '../platform/a.ts';
      import type { B } from './b.ts';
      import { type C } from '@scope/package/deep/c';
      import './effect.ts';
      export { d } from './d.ts';
      export type { E } from './e.ts';
      const f = await import('zod');
      const g = require('node:fs');
      type H = import('./h.ts').H;
      // import x from './comment.ts'; process.env.COMMENT
      const text = "import y from './text.ts'";
      const pk = \`OWNER#\${text}\`;
      const { env } = process;
      export const now = () => [Date.now(), new Date(), new Date(0), other.process.env, { process: 1 }];
      export const later = (date: Date) => new Date(date);
    `,
  );

  it('sees every way to import, and tells types from values', () => {
    expect(module.imports).toEqual([
      { target: 'lambdas/platform/a.ts', erased: false },
      { target: 'lambdas/core/b.ts', erased: true },
      { target: '@scope/package', erased: false },
      { target: 'lambdas/core/effect.ts', erased: false },
      { target: 'lambdas/core/d.ts', erased: false },
      { target: 'lambdas/core/e.ts', erased: true },
      { target: 'zod', erased: false },
      { target: 'node:fs', erased: false },
      { target: 'lambdas/core/h.ts', erased: true },
    ]);
  });

  it('sees uses of globals and beginnings of texts, and nothing in comments', () => {
    expect([...module.globals].toSorted()).toEqual(['Date.now', 'new Date()', 'process']);
    expect(module.texts).toContain('OWNER#');
    expect(module.texts.join()).not.toContain('COMMENT');
    expect(parseModule('a.ts', 'f(process.env["A"]); g(Date)').globals).toEqual(
      new Set(['process.env', 'Date']),
    );
  });

  it('finds a cycle of any length, and none where modules only share what they import', () => {
    const at = (path: string, ...targets: string[]): SourceModule => ({
      path,
      imports: targets.map((target) => ({ target, erased: false })),
      texts: [],
      globals: new Set(),
    });
    expect(findCycles([at('a', 'b', 'c'), at('b', 'c'), at('c', 'zod')])).toEqual([]);
    expect(findCycles([at('a', 'b'), at('b', 'c'), at('c', 'b')])).toEqual(['b -> c -> b']);
  });
});

/** Imports of types do not count: they are erased, and nothing is loaded for them. */
function findCycles(graph: readonly SourceModule[]): readonly string[] {
  const targets = new Map(
    graph.map(({ path, imports }) => [
      path,
      imports.filter(({ erased }) => !erased).map(({ target }) => target),
    ]),
  );
  const cycles: string[] = [];
  const finished = new Set<string>();
  const follow = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path].join(' -> '));
    if (start >= 0 || finished.has(path)) return;
    for (const target of targets.get(path) ?? []) follow(target, [...trail, path]);
    finished.add(path);
  };
  for (const { path } of graph) follow(path, []);
  return cycles;
}
