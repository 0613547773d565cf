import { describe, expect, it } from 'vitest';
import { flagNotes } from '../../cli/command.ts';
import { COMMANDS } from '../../cli/commands/all-commands.ts';
import { ownFlags } from '../../cli/parsing/global-flags.ts';
import { parseCommandLine } from '../../cli/parsing/parse-command-line.ts';

const groups = [
  ...new Set(COMMANDS.flatMap(({ name }) => (name.includes(' ') ? [name.split(' ', 1)[0] ?? ''] : []))),
];

/** Splits an example as a shell does, as far as examples need it. */
function words(example: string): string[] {
  const command = /keybound ([^|<>]*)/.exec(example)?.[1]?.replace(/\)$/, '') ?? '';
  return [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
}

function helpOn(topic: string, width?: number): string {
  const words = topic === '' ? [] : topic.split(' ');
  const line = parseCommandLine([...words, '--help'], COMMANDS, width);
  if (line.wants !== 'help') throw new Error('it is no help');
  return line.text;
}

describe('help', () => {
  it('names every command once', () => {
    const lines = helpOn('').split('\n');
    for (const { name, about } of COMMANDS) {
      expect(lines.filter((line) => line.startsWith(`  ${name} `))).toEqual([
        expect.stringMatching(`^  ${name} +${about.slice(0, 10)}`),
      ]);
    }
    expect(new Set(COMMANDS.map(({ name }) => name)).size).toBe(COMMANDS.length);
  });

  it.each(groups)('of %s names each of its commands', (group) => {
    const text = helpOn(group);
    for (const { name } of COMMANDS) expect(text.includes(`  ${name} `)).toBe(name.startsWith(`${group} `));
  });

  it.each(COMMANDS.map((command) => [command.name, command] as const))(
    'of %s says what each flag does',
    (name, command) => {
      const text = helpOn(name, 1000);
      expect(text).toMatch(new RegExp(`^Usage: keybound ${name}\\b`));
      for (const [flag, schema] of Object.entries(ownFlags(command))) {
        const about = flagNotes.get(schema)?.about ?? '';
        expect(about).not.toBe('');
        expect(text).toContain(`--${flag}`);
        expect(text).toContain(about);
      }
      for (const argument of Object.keys(command.args)) {
        expect(text).toContain(`  ${argument.toUpperCase()}  `);
      }
      for (const flag of ['--url URL', '--group GROUP', '--json', '-h, --help']) {
        expect(text).toContain(`  ${flag} `);
      }
    },
  );

  it.each([...groups, ...COMMANDS.map(({ name }) => name)])(
    'of %s is wrapped to the width of the terminal, except for examples',
    (topic) => {
      const [text = ''] = helpOn(topic, 100).split('\nExamples:');
      expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
      expect(text.replaceAll(/\s+/g, ' ')).toBe(
        helpOn(topic, 1000).split('\nExamples:')[0]?.replaceAll(/\s+/g, ' '),
      );
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
