import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { z } from 'zod';

// Installs the built package into an empty folder, as a user would, beside another minor of CDK and on the Node.js of this
// machine instead of the project's own. Then runs every example that has a script `try`, `keybound dev`, and what the
// types promise. The folder for temporary files is another one, too, and must be empty in the end.

const root = resolve(import.meta.dirname, '..');
const BESIDE = ['aws-cdk-lib@2.250.0', 'constructs@10.5.0'];
/** What the folder has already, and the CDK command line, which nothing here runs. */
const NOT_INSTALLED = new Set(['keybound', 'aws-cdk-lib', 'constructs', 'aws-cdk']);
const USER = `import { App } from 'aws-cdk-lib';
import { findCore, KeyboundStack, type ProtectedHttpApiProps } from 'keybound';
import { startRunner, type Runner } from 'keybound/local';
const stack = new KeyboundStack(new App(), 'Keybound', { deployment: 'dev', keyPrefix: 'acme' });
export const core: ProtectedHttpApiProps['core'] = findCore(stack, 'dev');
export const started: Promise<Runner> = startRunner({ directory: 'app', context: { tenant: 'acme' } });
`;
const IMPORTS = `import { KeyboundStack, ProtectedHttpApi } from 'keybound';
import { guard } from 'keybound/guard';
import { startRunner } from 'keybound/local';
for (const each of [KeyboundStack, ProtectedHttpApi, guard, startRunner])
  if (typeof each !== 'function') throw new Error('a name is missing');
`;
const Manifest = z.object({
  scripts: z.record(z.string(), z.string()).default({}),
  dependencies: z.record(z.string(), z.string()).default({}),
  devDependencies: z.record(z.string(), z.string()).default({}),
});

const folder = mkdtempSync(join(tmpdir(), 'keybound-try-'));
const temporary = mkdtempSync(join(tmpdir(), 'keybound-try-tmp-'));
try {
  run('npm', ['pack', join(root, 'dist'), '--pack-destination', folder, '--silent']);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const [tarball = ''] = globSync('*.tgz', { cwd: folder });
  install([`./${tarball}`, ...BESIDE, '@types/node@20']);

  claim('the command line has help', () => run('npx', ['keybound', '--help']).includes('Sign in'));
  claim('CommonJS finds the constructs', () => {
    run('node', [
      '-e',
      "new (require('keybound').KeyboundStack)(undefined, 'K', { deployment: 'dev', throwAway: true })",
    ]);
    return true;
  });
  claim('ESM finds every entry', () => {
    run('node', ['--input-type=module', '-e', IMPORTS]);
    return true;
  });
  claim('the types are those of the package', () => {
    writeFileSync(join(folder, 'user.ts'), USER);
    const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript')), 'tsc.js');
    for (const module of ['node16', 'nodenext']) {
      run('node', [compiler, '--noEmit', '--strict', '--module', module, 'user.ts']);
    }
    return true;
  });

  const examples = triedExamples();
  for (const { name, packages } of examples) {
    cpSync(join(root, 'examples', name), join(folder, 'examples', name), {
      recursive: true,
      filter: (path) => !path.includes('node_modules'),
    });
    // One after the other, so that an example that needs nothing more is tried without.
    if (packages.length > 0) install(packages);
    claim(`the example ${name} works`, () => {
      run('npm', ['run', '--silent', 'try'], join(folder, 'examples', name));
      return true;
    });
  }
  await serve(join(folder, 'examples/quick-start'));

  const left = globSync('*', { cwd: temporary }).filter(
    (entry) => !/^(?:node-compile-cache|tsx-)/.test(entry),
  );
  if (left.length > 0) throw new Error(`left in the folder for temporary files: ${left.join(', ')}`);
  process.stdout.write(
    `The package works on ${run('node', ['--version']).trim()} beside ${BESIDE.join(' and ')}.\n`,
  );
} finally {
  for (const made of [folder, temporary]) rmSync(made, { recursive: true, force: true });
}

/** The examples with a script `try`, and the packages that each needs besides; fewest packages first. */
function triedExamples(): readonly { readonly name: string; readonly packages: readonly string[] }[] {
  return globSync('examples/*/package.json', { cwd: root })
    .map((file) => ({ name: file.split(/[\\/]/)[1] ?? '', file }))
    .flatMap(({ name, file }) => {
      const { scripts, dependencies, devDependencies } = Manifest.parse(
        JSON.parse(readFileSync(join(root, file), 'utf8')),
      );
      if (scripts['try'] === undefined) return [];
      const packages = Object.entries({ ...dependencies, ...devDependencies })
        .filter(([dependency]) => !NOT_INSTALLED.has(dependency))
        .map(([dependency, version]) => `${dependency}@${version}`);
      return [{ name, packages }];
    })
    .toSorted((a, b) => a.packages.length - b.packages.length || a.name.localeCompare(b.name));
}

/** `keybound dev` serves an app, says where, and ends with Ctrl-C. */
async function serve(directory: string): Promise<void> {
  const free = ['--gateway-port', '--sandbox-port', '--management-port'].flatMap((flag) => [flag, '0']);
  const child = spawn(
    'node',
    [join(folder, 'node_modules/keybound/cli/keybound.mjs'), 'dev', '--memory', ...free],
    {
      cwd: directory,
      env: environment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const closed = once(child, 'close');
  try {
    // Read on until the end: a reader that stops ends the command line.
    const said = await new Promise<string>((done) => {
      let text = '';
      child.stdout.setEncoding('utf8').on('data', (part: string) => {
        text += part;
        if (text.includes('curl ')) done(text);
      });
      void closed.then(() => done(text));
    });
    const [, url = ''] = /curl -s (\S+)/.exec(said) ?? [];
    const { status } = await fetch(url);
    claim('keybound dev serves the quick start', () => status === 401);
    child.kill('SIGINT');
    await closed;
    claim('Ctrl-C ends keybound dev', () => child.exitCode === 0);
  } finally {
    child.kill('SIGKILL');
  }
}

/** @throws Error when it does not hold. */
function claim(what: string, holds: () => boolean): void {
  const started = performance.now();
  if (!holds()) throw new Error(`not so: ${what}`);
  process.stdout.write(`${what} (${Math.round((performance.now() - started) / 1000)} s)\n`);
}

function install(packages: readonly string[]): void {
  run('npm', ['install', '--no-audit', '--no-fund', '--silent', ...packages]);
}

/** Runs a program of the machine, not of the project. @throws with what it said. */
function run(program: string, args: readonly string[], directory = folder): string {
  return execFileSync(program, [...args], {
    cwd: directory,
    env: environment(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

function environment(): NodeJS.ProcessEnv {
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((entry) => !entry.includes('node_modules'));
  return { ...process.env, PATH: path.join(delimiter), NODE_OPTIONS: '', TMPDIR: temporary };
}
