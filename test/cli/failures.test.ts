import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { defineCommand } from '../../cli/command.ts';
import { runCommandLine } from '../../cli/run-command-line.ts';
import { configDirectory, deadAddress, runCli, spawnCli } from './run-cli.ts';

const NOWHERE = { KEYBOUND_URL: 'http://127.0.0.1:9443', KEYBOUND_TOKEN: 'a-token-that-is-secret' };

/** A sentence that begins with our name, perhaps with more lines below it, and no trace of where in the program. */
function expectSentences(err: string): void {
  expect(err).toMatch(/^keybound: [A-Z/h].*[.:]\n(?: {2}.*\n)*$/);
  expect(err).not.toMatch(/\bat .*\.ts|node:internal|\[object|undefined|Error:/);
  expect(err).not.toContain('a-token-that-is-secret');
}

describe('what fails', () => {
  it('is a sentence that names the address when nothing listens there', async () => {
    const url = await deadAddress();
    const { code, out, err } = await runCli(['apis', 'list', '--url', url], { environment: NOWHERE });
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err).toContain(`${url} cannot be reached: nothing listens there (ECONNREFUSED).`);
    expectSentences(err);
  });

  it('is a sentence that names the file when sessions cannot be read', async () => {
    const home = configDirectory();
    mkdirSync(join(home, 'keybound', 'sessions.json'), { recursive: true });
    const environment = { XDG_CONFIG_HOME: home };
    const { code, err } = await runCli(['whoami'], { environment });
    expect(code).toBe(1);
    expect(err).toContain(`${join(home, 'keybound', 'sessions.json')} cannot be read (EISDIR).`);
    expectSentences(err);
  });

  it('is a sentence that names the file when an export cannot be read, or is no text', async () => {
    const directory = configDirectory();
    const file = join(directory, 'keys.csv');
    writeFileSync(file, Buffer.from([0x4e, 0xff, 0xfe]));
    for (const [path, reason] of [
      [join(directory, 'missing.csv'), 'cannot be read (ENOENT).'],
      [directory, 'cannot be read (EISDIR).'],
      [file, 'is not UTF-8 text.'],
    ] as const) {
      const { code, err } = await runCli(['keys', 'import', '--api', API, '--aws-csv', path], {
        environment: NOWHERE,
      });
      expect(code).toBe(2);
      expect(err).toContain(`${path} ${reason}`);
      expectSentences(err);
    }
  });

  it('is a sentence when standard input is no file', async () => {
    const args = ['keys', 'import', '--api', API, '--value-stdin'];
    const { code, err } = await spawnCli(args, { environment: NOWHERE, input: '' });
    expect(code).toBe(2);
    expectSentences(err);
  });

  it('is never a stack trace, not even for a fault of ours, unless it is asked for', async () => {
    const command = defineCommand({
      name: 'fail',
      about: 'Fail',
      examples: [],
      run: () => Promise.reject(new TypeError('secret-in-an-error')),
    });
    const run = async (environment: Readonly<Record<string, string>>) => {
      let err = '';
      const nothing = () => Promise.resolve('');
      const code = await runCommandLine(['fail'], {
        commands: [command],
        environment,
        homeDirectory: '/nowhere',
        terminal: {
          print: () => undefined,
          note: (line) => (err += `${line}\n`),
          isInteractive: false,
          ask: nothing,
          askSecret: nothing,
          readInput: nothing,
        },
        now: Date.now,
      });
      return { code, err };
    };
    const { code, err } = await run({});
    expect(code).toBe(70);
    expectSentences(err);
    expect(err).not.toContain('secret-in-an-error');
    expect((await run({ KEYBOUND_DEBUG: '0' })).err).toBe(err);
    expect((await run({ KEYBOUND_DEBUG: '1' })).err).toContain('failures.test.ts');
  });

  it.each([
    ['KEYBOUND_URL', 'a-token-in-the-wrong-place'],
    ['KEYBOUND_URL', 'http://a-token-in-the-wrong-place.example'],
    ['KEYBOUND_TOKEN', 'a-token-in-the-wrong-place and more'],
  ])('names the setting %s, and does not repeat what is in it', async (name, value) => {
    const { code, err } = await runCli(['apis', 'list'], { environment: { [name]: value } });
    expect(code).toBe(2);
    expect(err).toContain(name);
    expect(err).not.toContain('a-token');
    expectSentences(err);
  });
});

const API = '0b0f6a52-1111-4222-8333-444455556666';
