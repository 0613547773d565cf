import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { build, type BuildOptions } from 'esbuild';
import { z } from 'zod';
import { BUNDLE_SETTINGS } from '../lib/internal/core/bundle.ts';
import { thirdPartyLicenses } from './third-party-licenses.ts';
import { CORE_FUNCTIONS } from '../lib/internal/core/core-function.ts';

// Builds the package in `dist/`: JavaScript for Node.js 20, its types, and the functions of the core as bundles.
// `npm pack ./dist` packs it.

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');
const manifest = z
  .object({
    version: z.string(),
    description: z.string(),
    license: z.string(),
    dependencies: z.record(z.string(), z.string()),
    optionalDependencies: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));

/**
 * The project's dependencies that code in the user's Node.js imports; the functions and the command line are bundled with theirs.
 */
const DEPENDENCIES = ['ipaddr.js', 'jose', 'oidc-provider', 'yaml', 'zod'];
/** What the package has beside code: the README links to all of it. */
const SHIPPED = ['LICENSE', 'README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'docs', 'examples'];
const isSource = (path: string): boolean => !/(?:node_modules|cdk\.out)$/.test(path);
/** The user's own; esbuild only for backends that Keybound bundles. */
const PEERS = { 'aws-cdk-lib': '^2.250.0', constructs: '^10.5.0', esbuild: '>=0.19.0' };

/** Build options for code that runs in the user's Node.js, beside the user's own `aws-cdk-lib`. */
const IN_NODE = {
  bundle: true,
  metafile: true,
  absWorkingDir: root,
  platform: 'node',
  target: 'node20',
  logLevel: 'warning',
  external: [...DEPENDENCIES, ...Object.keys(PEERS)].flatMap((name) => [name, `${name}/*`]),
} as const satisfies BuildOptions;

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist);
writeManifest();
const built = await Promise.all([
  buildConstructs(),
  ...buildRunner(),
  buildCommandLine(),
  ...buildFunctions(),
]);
const bundled = built.flatMap(({ metafile }) => Object.keys(metafile.inputs));
writeFileSync(join(dist, 'THIRD-PARTY-LICENSES'), thirdPartyLicenses(root, bundled));
writeTypes();

function writeManifest(): void {
  const { version, description, license } = manifest;
  const content = {
    name: 'keybound',
    version,
    description,
    license,
    // What has no other ending is CommonJS, which apps of both kinds can load: there is one copy of each class.
    type: 'commonjs',
    bin: { keybound: 'cli/keybound.mjs' },
    engines: { node: '>=20.19' },
    exports: {
      '.': { types: './types/lib/index.d.ts', default: './index.js' },
      './guard': { types: './types/lambdas/guard/guard.d.ts', default: './guard/index.mjs' },
      './local': { types: './types/local/runner.d.ts', default: './local/runner.mjs' },
      './package.json': './package.json',
    },
    dependencies: Object.fromEntries(DEPENDENCIES.map((name) => [name, manifest.dependencies[name]])),
    peerDependencies: PEERS,
    peerDependenciesMeta: { esbuild: { optional: true } },
    optionalDependencies: { '@dynoxide/linux-x64': manifest.optionalDependencies['@dynoxide/linux-x64'] },
  };
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(content, null, 2)}\n`);
  for (const name of SHIPPED) {
    cpSync(join(root, name), join(dist, name), { recursive: true, filter: isSource });
  }
}

/** The constructs, and the app with which the runner adds a core to apps without one: a program of its own. */
function buildConstructs() {
  return build({
    ...IN_NODE,
    format: 'cjs',
    entryPoints: { index: join(root, 'lib/index.ts'), 'local-core': join(root, 'bin/local-core.ts') },
    outdir: dist,
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__url' },
    banner: { js: "const __url = require('node:url').pathToFileURL(__filename).href;" },
  });
}

/** The runner and `keybound dev` share their modules; a worker of a function loads one file alone. */
function buildRunner() {
  const settings = {
    ...IN_NODE,
    format: 'esm',
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
  } as const;
  const outdir = join(dist, 'local');
  return [
    build({
      ...settings,
      outdir,
      splitting: true,
      entryPoints: [join(root, 'local/runner.ts'), join(root, 'local/dev.ts')],
    }),
    build({ ...settings, outdir, entryPoints: [join(root, 'local/functions/worker.ts')] }),
  ];
}

function buildCommandLine() {
  return build({
    ...IN_NODE,
    // One file with all that it imports starts faster than one that loads the files of its dependencies.
    external: [],
    format: 'esm',
    entryPoints: [join(root, 'cli/main.ts')],
    outfile: join(dist, 'cli/keybound.mjs'),
    banner: { js: '#!/usr/bin/env node' },
    plugins: [
      {
        name: 'runner beside the command line',
        setup: (build) => {
          build.onResolve({ filter: /\/local\/dev\.ts$/ }, () => ({
            path: '../local/dev.mjs',
            external: true,
          }));
        },
      },
    ],
  });
}

function buildFunctions() {
  const entries = CORE_FUNCTIONS.map((name) => [
    join(root, 'lambdas/functions', name, 'handler.ts'),
    join(dist, 'functions', name, 'index.mjs'),
  ]);
  const guard = [join(root, 'lambdas/guard/guard.ts'), join(dist, 'guard/index.mjs')];
  return [...entries, guard].map(([entry = '', outfile = '']) =>
    build({ ...BUNDLE_SETTINGS, metafile: true, absWorkingDir: root, entryPoints: [entry], outfile }),
  );
}

function writeTypes(): void {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript')), 'tsc.js');
  execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.package.json')], { stdio: 'inherit' });
  // The compiler leaves the endings of imports in declarations as they are in the source.
  const types = join(dist, 'types');
  for (const file of readdirSync(types, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.d.ts')) continue;
    const path = join(types, file);
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replaceAll(/((?:from |import\()['"]\.{1,2}\/[^'"]+)\.ts(['"])/g, '$1.js$2'));
  }
}
