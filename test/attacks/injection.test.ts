import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { COMMANDS } from '../../cli/commands/all-commands.ts';
import { runCommandLine } from '../../cli/run-command-line.ts';
import { startHostileServer, type HostileServer } from '../cli/hostile-server.ts';
import { openManagementHarness, type ManagementHarness } from '../support/management-harness.ts';
import { PORTAL } from '../support/portal-user.ts';
import { readTable } from '../support/table-contents.ts';

/** What sets a terminal's title, clears it, turns the direction of writing, and begins a line of its own. */
const HOSTILE = '9\u001b]0;owned\u0007\u009b2J\u202e\u2066\u007f\r\nkeybound: done\u2028=1+1';
const UNSAFE = /[^\P{Cc}\n]|[\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;

describe('the command line, at a server that says hostile things everywhere', () => {
  let server: HostileServer;
  beforeAll(async () => (server = await startHostileServer(HOSTILE)));
  afterAll(() => server.close());

  /** Runs with somebody at the terminal who agrees to everything; everything that they see is kept. */
  async function seenOf(args: readonly string[]): Promise<string> {
    let seen = '';
    const show = (text: string) => (seen += `${text}\n`);
    await runCommandLine(args, {
      commands: COMMANDS,
      environment: { KEYBOUND_URL: server.url, KEYBOUND_TOKEN: server.token },
      homeDirectory: '/nowhere',
      terminal: {
        print: show,
        note: show,
        isInteractive: true,
        ask: (question) => (show(question), Promise.resolve('y')),
        askSecret: (question) => (show(question), Promise.resolve('x'.repeat(30))),
        readInput: () => Promise.resolve('x'.repeat(30)),
      },
      now: Date.now,
    });
    return seen;
  }

  // Signing in has tests of its own, and `dev` asks no server.
  const examples = COMMANDS.flatMap(({ name, examples: lines }) =>
    name.startsWith('log') || name === 'dev' ? [] : lines.map((line) => wordsOf(line)),
  ).filter((words) => words.length > 0);

  it('shows nothing that a terminal would obey, whatever is asked', async () => {
    let shown = 0;
    for (const args of examples) {
      for (const more of [[], ['--json']]) {
        const seen = await seenOf([...args, ...more]);
        const unsafe = UNSAFE.exec(seen);
        expect([args, unsafe?.[0]]).toEqual([args, undefined]);
        // A line break of the server's would look as if the command line itself had said what follows.
        expect([args, /^keybound: done/m.test(seen)]).toEqual([args, false]);
        if (seen.includes('owned')) shown += 1;
      }
    }
    expect(shown).toBeGreaterThan(75);
  }, 120_000);

  it('prints JSON that means exactly what the server said', async () => {
    const seen = await seenOf(['apis', 'get', server.id, '--json']);
    expect(z.object({ name: z.string() }).parse(JSON.parse(seen)).name).toBe(HOSTILE);
  });
});

/** The words of an example's command line that come after `keybound`, without what a shell does with the rest. */
function wordsOf(line: string): readonly string[] {
  const own = /keybound (.*?)(?:\)$| [<>|].*)?$/.exec(line)?.[1] ?? '';
  return [...own.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain = '']) => quoted ?? plain);
}

describe('the management API', () => {
  let harness: ManagementHarness;
  beforeAll(async () => (harness = await openManagementHarness()));
  afterAll(() => harness.close());

  const create = (body: unknown, more: Readonly<Record<string, string>> = {}) =>
    harness.as('alice')({ method: 'POST', path: `${PORTAL}/applications`, body, headers: more });
  const valid = { name: 'Fine', throttlingPolicy: 'Unlimited' };

  it.each([
    ['name', HOSTILE],
    ['name', 'gnp.\u202exe'],
    ['name', 'a\u2066b'],
    ['name', 'a\u0085b'],
    ['name', 'a\u2028b'],
    ['name', 'a\u{e0041}b'],
    ['description', 'a\u001b[2Jb'],
    ['description', 'a\u202eb'],
    ['attributes', { 'a\u200fb': 'x' }],
    ['attributes', { a: '\u009b31m' }],
  ])('keeps no %s with what a terminal or a page would obey: %j', async (field, value) => {
    const answer = await create({ ...valid, [field]: value });
    expect(answer.status).toBe(400);
    expect(answer.text).toMatch(/^[\x20-\x7e]+$/);
  });

  it('keeps a name that a spreadsheet would run as it is, because only a CSV can be opened by one', async () => {
    for (const name of ['=1+1', '+1', '-1', '@SUM(1)']) {
      expect((await create({ ...valid, name })).status).toBe(201);
    }
  });

  it('takes names for the same that read the same, in whatever case and form of Unicode', async () => {
    expect((await create({ ...valid, name: 'Café Straße' })).status).toBe(201);
    for (const name of ['Cafe\u0301 Straße', 'CAFÉ STRASSE', 'CAFE\u0301 STRAẞE']) {
      const answer = await create({ ...valid, name });
      expect([name, answer.status]).toEqual([name, 409]);
      expect(answer.text).not.toContain('STRA');
    }
  });

  it.each([
    '{"name":"P","throttlingPolicy":"Unlimited","__proto__":{"roles":["administrator"]}}',
    '{"name":"P","throttlingPolicy":"Unlimited","attributes":{"__proto__":"x"}}',
    '{"name":"P","throttlingPolicy":"Unlimited","constructor":{"prototype":{"x":1}}}',
    '{"__proto__":{"name":"P","throttlingPolicy":"Unlimited"}}',
    '{"name":"P","name":"Q","throttlingPolicy":"Unlimited"}',
  ])('lets no body change a prototype, or be read in two ways: %s', async (body) => {
    const before = await readTable(harness.table.store);
    expect((await create(body)).status).toBe(400);
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(await readTable(harness.table.store)).toEqual(before);
  });

  it('takes names of properties that every object has for names like others', async () => {
    const attributes = { constructor: 'a', toString: 'b', hasOwnProperty: 'c' };
    const answer = await create({ ...valid, name: 'Properties', attributes });
    expect(answer.status).toBe(201);
    expect(z.looseObject({ attributes: z.unknown() }).parse(answer.json).attributes).toEqual(attributes);
  });

  it('answers with no header that a caller has chosen', async () => {
    for (const more of [
      { 'idempotency-key': 'a\r\nx-injected: 1' },
      { 'if-match': '"1"\r\nx-injected: 1' },
    ]) {
      const { headers } = await create(valid, more);
      expect(JSON.stringify(headers)).not.toContain('injected');
    }
  });
});
