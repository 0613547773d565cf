import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';

// Installs the built package into an empty folder, as a user would, beside another minor of CDK and on the Node.js of this
// machine instead of the project's own, and tries it with the quick start.

const root = resolve(import.meta.dirname, '..');
const BESIDE = ['aws-cdk-lib@2.250.0', 'constructs@10.5.0'];
const USER = `import { App } from 'aws-cdk-lib';
import { findCore, KeyboundStack, type ProtectedHttpApiProps } from 'keybound';
const stack = new KeyboundStack(new App(), 'Keybound', { stage: 'dev', keyPrefix: 'acme' });
export const core: ProtectedHttpApiProps['core'] = findCore(stack, 'dev');
`;

const folder = mkdtempSync(join(tmpdir(), 'keybound-try-'));
try {
  run('npm', ['pack', join(root, 'dist'), '--pack-destination', folder, '--silent']);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const [tarball = ''] = run('ls', [])
    .split('\n')
    .filter((name) => name.endsWith('.tgz'));
  run('npm', ['install', '--no-audit', '--no-fund', '--silent', `./${tarball}`, ...BESIDE, '@types/node@20']);
  cpSync(join(root, 'examples/quick-start'), join(folder, 'quick-start'), { recursive: true });

  const answers = run('node', ['quick-start/try.mjs']);
  if (!answers.includes('with the key:    200 Hello')) throw new Error(`the key opens nothing: ${answers}`);
  if (!answers.includes('without the key: 401 {"message":"Unauthorized"}'))
    throw new Error(`no key is wanted: ${answers}`);
  if (!run('npx', ['keybound', '--help']).includes('Sign in'))
    throw new Error('the command line has no help');

  writeFileSync(join(folder, 'user.ts'), USER);
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript')), 'tsc.js');
  for (const module of ['node16', 'nodenext']) {
    run('node', [compiler, '--noEmit', '--strict', '--skipLibCheck', '--module', module, 'user.ts']);
  }
  process.stdout.write(
    `The package works on ${run('node', ['--version']).trim()} beside ${BESIDE.join(' and ')}.\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs a program of the machine, not of the project. @throws with what it said. */
function run(program: string, args: readonly string[]): string {
  const path = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((entry) => !entry.includes('node_modules'));
  return execFileSync(program, [...args], {
    cwd: folder,
    env: { ...process.env, PATH: path.join(delimiter), NODE_OPTIONS: '' },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}
