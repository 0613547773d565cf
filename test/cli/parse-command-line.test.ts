import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../cli/commands/all-commands.ts';
import { CommandFailure } from '../../cli/failures.ts';
import { parseCommandLine } from '../../cli/parsing/parse-command-line.ts';

function parse(...argv: string[]) {
  return parseCommandLine(argv, COMMANDS);
}

function failure(...argv: string[]): CommandFailure {
  try {
    const line = parse(...argv);
    if (line.wants === 'command') line.command.prepare(line.input);
  } catch (error) {
    if (error instanceof CommandFailure) return error;
  }
  throw new Error('it was accepted');
}

describe('a command line', () => {
  it('names a command, its arguments and its flags in any order', () => {
    const line = parse('--url', 'http://localhost:1', 'keys', 'get', '--json', 'My key', '--api=Pizza');
    expect(line).toMatchObject({
      wants: 'command',
      command: { name: 'keys get' },
      input: { args: ['My key'], flags: { url: 'http://localhost:1', json: true, api: 'Pizza' } },
    });
  });

  it.each([
    [['--json', 'keys', 'list', '--group=a']],
    [['keys', '--group', 'a', 'list', '--json']],
    [['--group=a', 'keys', '--json', 'list']],
  ])('takes the flags of every command wherever they stand: %j', (argv) => {
    expect(parse(...argv)).toMatchObject({
      command: { name: 'keys list' },
      input: { args: [], flags: { group: 'a', json: true } },
    });
  });

  it('takes a value that begins with a dash, and one that is empty, after an equals sign', () => {
    expect(parse('keys', 'update', 'x', '--description=--json', '--name=')).toMatchObject({
      input: { flags: { description: '--json', name: '' } },
    });
    expect(parse('refusals', 'list', '--key=-JGcllBfEGh8V6A=')).toMatchObject({
      input: { flags: { key: '-JGcllBfEGh8V6A=' } },
    });
  });

  it('can repeat a flag that takes a list', () => {
    expect(parse('keys', 'generate', '--ip', '10.0.0.1', '--ip', '::1')).toMatchObject({
      input: { flags: { ip: ['10.0.0.1', '::1'] } },
    });
  });

  it('takes the id of a request as an argument, also one that begins with a dash', () => {
    const id = '-JGcllBfEGh8V6A=';
    expect(parse('refusals', 'explain', id, '--json')).toMatchObject({
      command: { name: 'refusals explain' },
      input: { args: [id], flags: { json: true } },
    });
    expect(failure('refusals', 'explain', '-JGcllBfEGh8V6A').message).toContain('There is no flag');
  });

  it('takes what follows -- as arguments', () => {
    expect(parse('keys', 'get', '--', '--help')).toMatchObject({
      wants: 'command',
      input: { args: ['--help'] },
    });
  });

  it.each([
    [[], '', false],
    [['--help'], '', true],
    [['-h'], '', true],
    [['help'], '', true],
    [['keys'], 'keys', false],
    [['keys', '--help'], 'keys', true],
    [['help', 'keys'], 'keys', true],
    [['help', 'keys', 'revoke'], 'keys revoke', true],
    [['keys', 'revoke', '--nonsense', '--help'], 'keys revoke', true],
    [['login', '--help'], 'login', true],
  ])('asks for help with %j', (argv, topic, isAsked) => {
    const line = parse(...argv);
    expect(line).toMatchObject({ wants: 'help', isAsked });
    const [usage = ''] = line.wants === 'help' ? line.text.split('\n') : [];
    expect(usage.replace(/ (?:COMMAND|\[).*/, '')).toBe(`Usage: keybound ${topic}`.trimEnd());
  });

  it.each([
    [['keis'], 'There is no command keis.', 'Did you mean keys?'],
    [['app'], 'There is no command app.', 'Did you mean applications?'],
    [['keys', 'genrate'], 'There is no command keys genrate.', 'Did you mean keys generate?'],
    [['help', 'keys', 'lst'], 'There is no command keys lst.', 'Did you mean keys list?'],
    [['zzz'], 'There is no command zzz.', 'See keybound --help.'],
    [['keys', 'list', '--aplication', 'x'], 'There is no flag --aplication.', 'Did you mean --application?'],
    [['keys', 'revoke', 'x', '-y'], 'There is no flag -y.', 'See keybound keys revoke --help.'],
  ])('is refused with what was meant: %j', (argv, message, detail) => {
    const { kind, message: said, details } = failure(...argv);
    expect(kind).toBe('usage');
    expect(said).toBe(message);
    expect(details[0]).toBe(detail);
  });

  it.each([
    [['keys', 'list', '--json=yes'], '--json takes no value.'],
    [['keys', 'list', '--api'], '--api needs a value.'],
    [['--group', 'a', 'keys', 'list', '--group', 'b'], '--group can be given once.'],
    [['keys', '--group', 'a', 'list', '--group=b'], '--group can be given once.'],
    [['keys', 'list', '--api', '--json'], '--api needs a value. If --json is it, write --api=--json.'],
    [['keys', 'list', '--api', 'a', '--api', 'b'], '--api can be given once.'],
  ])('is refused when flags are not as they must be: %j', (argv, message) => {
    expect(failure(...argv).message).toBe(message);
  });

  it('is refused with a line for each thing that is wrong', () => {
    const { details } = failure(
      'keys',
      'import',
      '--type',
      'foo',
      '--valid-for',
      '3y',
      '--metadata',
      'x',
      'y',
    );
    expect(details).toEqual([
      'Too many arguments.',
      '--api: is required',
      '--type: must be PRODUCTION or SANDBOX',
      '--valid-for: must be a duration such as 30d, 12h, 90m or 45s, or never',
      '--metadata: must be KEY=VALUE',
    ]);
  });

  it('is refused when a list of names and values has a name twice, of which only one could count', () => {
    const twice = failure('keys', 'generate', '--metadata', 'team=a', '--metadata', 'team=b');
    expect(twice.details).toEqual(['--metadata: must have each KEY once']);
  });

  it('is refused when a number has no unit, with what could be meant', () => {
    expect(failure('keys', 'generate', '--valid-for', '5').details).toEqual([
      '--valid-for: needs a unit: 5d for days, 5h for hours, or never',
    ]);
    expect(failure('keys', 'regenerate', 'x', '--grace', '5').details).toEqual([
      '--grace: needs a unit: 5d for days, 5h for hours',
    ]);
    expect(failure('audit', 'list', '--from', '3').details[0]).toContain(
      '--from: needs a unit: 3d for days ago',
    );
  });

  it('is refused with all words that a flag can have', () => {
    expect(failure('apis', 'lifecycle', 'x', '--action', 'Delete').details).toEqual([
      '--action: must be one of Publish, Block, Re-Publish, Deprecate, Retire',
    ]);
  });

  it('is refused, and not repeated, when it holds the value of a key', () => {
    const value = `kb_prod_${'a'.repeat(43)}_123456`;
    for (const argv of [['keys', 'revoke', value], ['keys', 'import', `--sha256=${value}`], [value]]) {
      const { kind, message, details } = failure(...argv);
      expect(kind).toBe('usage');
      expect([message, ...details].join()).not.toContain('aaaa');
    }
  });
});
