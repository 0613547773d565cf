import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/commands/all-commands.ts';
import { createKeyValue } from '../../lambdas/core/keys/key-value.ts';
import { configDirectory, LAUNCHER, spawnCli } from './run-cli.ts';

/** Words that the last of a command line's words can become, with what is said of each. */
async function completions(...words: string[]): Promise<ReadonlyMap<string, string>> {
  const { code, out, err } = await spawnCli(['complete', '--', ...words]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  const lines = out.trimEnd().split('\n');
  // What ends it tells the shell not to offer files instead.
  expect(lines.pop()).toBe(':4');
  return new Map(
    lines.map((line) => {
      const [word = '', about = ''] = line.split('\t');
      return [word, about];
    }),
  );
}

describe('completion', () => {
  it('offers the first words of all commands, then those that can follow', async () => {
    const firstWords = new Set(COMMANDS.map(({ name }) => name.split(' ')[0]));
    expect(new Set((await completions('')).keys())).toEqual(firstWords);
    expect([...(await completions('keys', 're')).keys()]).toEqual([
      'regenerate',
      'resume',
      'revoke',
      'resume-any',
      'revoke-any',
    ]);
    expect((await completions('who')).get('whoami')).toContain('Show the signed-in user');
  });

  it('offers the flags of a command with what they do, and those of every command', async () => {
    const flags = await completions('keys', 'revoke', 'My key', '--');
    for (const flag of ['--reason', '--yes', '--url', '--json', '--help']) expect(flags.has(flag)).toBe(true);
    expect(flags.get('--reason')).toBe('reason, for the audit trail');
    expect(flags.has('--valid-for')).toBe(false);
    expect([...(await completions('--url', 'http://localhost', 'keys', 'get', '--ap')).keys()]).toEqual([
      '--api',
    ]);
  });

  it('offers the values of flags and arguments that have few, and none for others', async () => {
    expect([...(await completions('keys', 'generate', '--type', '')).keys()]).toEqual([
      'PRODUCTION',
      'SANDBOX',
    ]);
    expect([...(await completions('completion', '')).keys()]).toEqual(['bash', 'zsh', 'fish']);
    expect([...(await completions('keys', 'list', '--api', '')).keys()]).toEqual([]);
  });

  it('says nothing of the value of a key', async () => {
    const value = createKeyValue('kb', 'SANDBOX');
    const { code, out, err } = await spawnCli(['complete', '--', 'keys', 'get', value]);
    expect({ code, out }).toEqual({ code: 0, out: ':4\n' });
    expect(err).not.toContain(value);
  });

  it.each([
    ['bash', 'complete -F __keybound_complete keybound'],
    ['zsh', '#compdef keybound'],
    ['fish', 'complete -c keybound'],
  ])('has a script for %s', async (shell, line) => {
    const { code, out, err } = await spawnCli(['completion', shell]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain(line);
    expect(out).toContain('keybound complete -- ');
  });

  it('has no script for another shell', async () => {
    const { code, err } = await spawnCli(['completion', 'tcsh']);
    expect(code).toBe(2);
    expect(err).toContain('  SHELL: must be one of bash, zsh, fish\n');
  });

  it('completes a command line in bash', async () => {
    const directory = configDirectory();
    const command = join(directory, 'keybound');
    writeFileSync(command, `#!/bin/sh\nexec "${process.execPath}" "${LAUNCHER}" "$@"\n`);
    chmodSync(command, 0o755);
    const { out: script } = await spawnCli(['completion', 'bash']);
    // The one function of the package bash-completion that the script needs.
    const words = '_get_comp_words_by_ref() { cur=--va; words=(keybound keys generate --va); }';
    const { stdout, stderr } = spawnSync(
      'bash',
      ['-c', `${words}\n${script}\ncompopt() { :; }\n__keybound_complete\nprintf '%s\\n' "\${COMPREPLY[@]}"`],
      { encoding: 'utf8', env: { PATH: `${directory}:${process.env['PATH'] ?? ''}`, HOME: directory } },
    );
    expect({ stdout, stderr }).toEqual({ stdout: '--valid-for\n', stderr: '' });
  });
});
