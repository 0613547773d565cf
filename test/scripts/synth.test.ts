import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { quickApp } from '../lib/quick-app.ts';
import { readContext } from '../../lib/settings/keybound-context.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { temporaryDirectory } from '../local/temporary-directory.ts';

vi.setConfig({ testTimeout: 300_000 });
const SYNTH = join(import.meta.dirname, '../../scripts/synth.ts');

/** Runs `npm run synth` in a directory whose files are the settings. */
async function synth(args: readonly string[], files: Readonly<Record<string, string>> = {}) {
  const directory = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return { ...(await runToEnd(SYNTH, args, { cwd: directory })), directory };
}

describe('npm run synth', () => {
  it('takes the deployment and its file, and what else the command line says', async () => {
    const { exitCode, directory, said } = await synth(
      ['-c', 'deployment=prod-eu', '-c', 'keyPrefix=acme', '--output', 'out'],
      { 'keybound.config.prod-eu.json': '{"portalOrigins":["https://portal.example.com"],"keyPrefix":"kb"}' },
    );
    expect(said).not.toContain('Error');
    expect(exitCode).toBe(0);
    const template = readFileSync(join(directory, 'out/Keybound-prod-eu.template.json'), 'utf8');
    expect(template).toContain('https://portal.example.com');
    expect(template).toMatch(/"KEY_VALUE_PREFIX": "acme"/);
  });

  it('says that a deployment has no file, without a stack trace', async () => {
    const { exitCode, said } = await synth(['-c', 'deployment=prod']);
    expect(exitCode).toBe(1);
    expect(said).toMatch(/^there is no keybound\.config\.prod\.json: /);
    expect(said).not.toMatch(/\n\s+at /);
  });

  it.each([
    [['-c', 'stage'], '-c stage: write NAME=VALUE'],
    [['--stage', 'prod'], "Unknown option '--stage'"],
    [['prod'], "Unexpected argument 'prod'"],
  ])('refuses %j with 2 and its usage', async (args, reason) => {
    const { exitCode, said } = await synth(args);
    expect(exitCode).toBe(2);
    expect(said).toContain(reason);
    expect(said).toContain('npm run synth -- ');
    expect(said).not.toMatch(/\n\s+at /);
  });
});

describe('the file of a deployment', () => {
  const read = (content: string, context: Readonly<Record<string, string>> = {}) => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'keybound.config.prod.json'), content);
    return () => readContext(quickApp({ deployment: 'prod', ...context }).node, directory);
  };

  it('is what the deployment is, and the command line wins', () => {
    expect(read('{"region":"eu-west-1","logRetentionDays":14,"tracing":true}')()).toMatchObject({
      deployment: 'prod',
      env: { region: 'eu-west-1' },
      logRetention: 14,
      tracing: true,
      throwAway: false,
    });
    expect(read('{"tracing":true}', { tracing: 'false' })()).toMatchObject({ tracing: false });
  });

  it.each([
    ['', 'keybound.config.prod.json must be a JSON object: '],
    ['[]', 'keybound.config.prod.json must be a JSON object: it holds something else'],
    ['{"issuerr":"https://a"}', 'the settings of keybound.config.prod.json are invalid: '],
    ['{"stage":"prod"}', 'Unrecognized key: "stage"'],
    ['{"allowChange":["issuer"]}', 'Unrecognized key: "allowChange"'],
    ['{"logRetentionDays":10}', 'logRetentionDays must be one of 1, 3, 5,'],
    ['{"samples":true}', 'Unrecognized key: "samples"'],
  ])('is refused when it holds %j', (content, reason) => {
    expect(read(content)).toThrow(reason);
  });

  it('is not wanted for the local runner', () => {
    const { node } = quickApp({ deployment: 'local' });
    expect(readContext(node, temporaryDirectory())).toMatchObject({ deployment: 'local' });
  });
});
