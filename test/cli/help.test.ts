import { describe, expect, it } from 'vitest';
import { flagNotes } from '../../cli/command.ts';
import { COMMANDS } from '../../cli/commands/all-commands.ts';
import { ownFlags } from '../../cli/parsing/global-flags.ts';
import { helpText } from '../../cli/parsing/help.ts';
import { parseCommandLine } from '../../cli/parsing/parse-command-line.ts';

const groups = [
  ...new Set(COMMANDS.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ', 1)[0] ?? ''] : []))),
];

/** Splits an example as a shell does, as far as examples need it. */
function words(example: string): string[] {
  const command = /keybound ([^|<>]*)/.exec(example)?.[1]?.replace(/\)$/, '') ?? '';
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

describe('help', () => {
  it('names every command once', () => {
    const text = helpText('', COMMANDS);
    for (const { name, about } of COMMANDS)
      expect(text.split('\n')).toContainEqual(expect.stringMatching(`^  ${name} +${about.slice(0, 10)}`));
    expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length);
  });

  it.each(groups)('of %s names each of its commands', (group) => {
    const text = helpText(group, COMMANDS);
    for (const { name } of COMMANDS) expect(text.includes(`  ${name} `)).toBe(name.startsWith(`${group} `));
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    'of %s says what each flag does',
    (name, command) => {
      const text = helpText(name, COMMANDS);
      expect(text).toContain(`Usage:\n  keybound ${name}`);
      for (const [flag, schema] of Object.entries(ownFlags(command))) {
        const about = flagNotes.get(schema)?.about ?? '';
        expect(about).not.toBe('');
        expect(text).toContain(`--${flag}`);
        expect(text).toContain(about);
      }
      for (const argument of Object.keys(command.args))
        expect(text).toContain(`  ${argument.toUpperCase()}  `);
      expect(text.split('\n').filter((line) => line.length > 120)).toEqual([]);
    },
  );

  it.each(COMMANDS.flatMap(({ name, examples }) => examples.map((example) => [example, name] as const)))(
    'gives an example that works: %s',
    (example, name) => {
      const line = parseCommandLine(words(example), COMMANDS);
      if (line.wants !== 'command') throw new Error('it asks for help');
      expect(line.command.name).toBe(name);
      expect(() => line.command.prepare(line.input)).not.toThrow();
    },
  );

  it('has at least one example for each command', () => {
    expect(COMMANDS.filter(({ examples }) => examples.length === 0)).toEqual([]);
  });

  it('tells of --yes where something cannot be undone, and nowhere else', () => {
    const asking = COMMANDS.filter((command) => 'yes' in ownFlags(command)).map(({ name }) => name);
    expect(asking).toEqual(COMMANDS.filter(({ isDestructive }) => isDestructive).map(({ name }) => name));
    expect(asking).toEqual(
      expect.arrayContaining(['keys revoke', 'applications delete', 'keys bulk-revoke']),
    );
  });
});
