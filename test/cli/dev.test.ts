import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withLongFlags } from '../../cli/commands/dev.ts';
import { temporaryDirectory } from '../local/temporary-directory.ts';
import { runToEnd } from '../support/run-to-end.ts';
import { LAUNCHER } from './run-cli.ts';

/** `keybound dev` in a folder, until it ends by itself. */
const dev = (directory: string, args: readonly string[]) =>
  runToEnd(LAUNCHER, ['dev', ...args], { cwd: directory });

const FREE = ['--gateway-port', '--sandbox-port', '--management-port'].flatMap((flag) => [flag, '0']);

describe('keybound dev', () => {
  it('runs the app of the folder that it is called in, with the context of -c', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'cdk.json'), '{ "app": "node app.ts" }');
    writeFileSync(join(directory, 'app.ts'), 'throw new Error(process.env.CDK_CONTEXT_JSON);');
    const { exitCode, said } = await dev(directory, ['-c', 'tenant=acme', '--memory', ...FREE]);
    expect(exitCode).toBe(1);
    expect(said).toContain('The CDK app could not be synthesized:');
    expect(said).toContain('{"keybound:local":"true","tenant":"acme"}');
  });

  it.each([
    [['--memory', '--data-dir', 'x'], '--memory keeps nothing, so it cannot go with --data-dir'],
    [['--gateway-port', '9443'], '--gateway-port, --sandbox-port and --management-port must differ'],
    [['--gateway-port', '70000'], 'must be a whole number from 0 to 65535'],
    [['-c', 'tenant'], 'must be KEY=VALUE'],
  ])('refuses %j with 2', async (args, reason) => {
    const { exitCode, said } = await dev(temporaryDirectory(), args);
    expect(exitCode).toBe(2);
    expect(said).toContain(reason);
  });

  it('leaves -c of other commands alone', () => {
    expect(withLongFlags(['dev', '-c', 'a=b'])).toEqual(['dev', '--context', 'a=b']);
    expect(withLongFlags(['keys', 'list', '-c'])).toEqual(['keys', 'list', '-c']);
  });
});
