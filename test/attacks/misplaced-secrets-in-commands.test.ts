import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { argumentNotes, flagNotes, type Command } from '../../cli/command.ts';
import { COMMANDS } from '../../cli/commands/all-commands.ts';
import { createKeyValue } from '../../lambdas/core/keys/key-value.ts';
import { runKeybound, type RunningKeybound } from '../support/run-keybound.ts';
import { runCli } from '../cli/run-cli.ts';

const OURS = createKeyValue('kb', 'SANDBOX');
const FOREIGN = 'aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6kM9n';
const TRACES = [OURS.slice(14, 40), FOREIGN.slice(8, 32)];

let keybound: RunningKeybound;
beforeAll(async () => (keybound = await runKeybound()), 240_000);
afterAll(() => keybound.close());

/** Everything logged. Events are none of it: in them a name is a name, whatever it looks like. */
function logged(): string {
  return keybound.lines
    .filter(({ source }) => source !== 'event')
    .map(({ line }) => line)
    .join('\n');
}

/** Command lines with the secret as each argument and each flag in turn; what else a command needs is made up. */
function linesWith(command: Command, secret: string): readonly (readonly string[])[] {
  const words = command.name.split(' ');
  const args = Object.entries(command.args).filter(
    ([, schema]) => argumentNotes.get(schema)?.optional !== true,
  );
  const required = Object.entries(command.flags).filter(
    ([, schema]) => flagNotes.get(schema)?.required === true,
  );
  const line = (place: string): readonly string[] => [
    ...words,
    ...args.map(([name]) => (name === place ? secret : 'nothing')),
    ...required.map(([name]) => `--${name}=${name === place ? secret : 'nothing'}`),
    ...(command.isDestructive ? ['--yes'] : []),
  ];
  const optional = Object.keys(command.flags).filter((name) => !required.some(([other]) => other === name));
  return [
    ...[...args, ...required].map(([name]) => line(name)),
    ...optional.flatMap((name) => [
      [...line(''), `--${name}=${secret}`],
      [...line(''), `--${name}`, secret],
    ]),
    [...line(''), secret],
    [...line(''), `--${secret}`],
    [...words, `--url=${secret}`],
  ];
}

describe('a secret in the wrong place of a command line, for every command', () => {
  it('that is a key of Keybound is refused at once, and not repeated', async () => {
    for (const command of COMMANDS) {
      for (const args of linesWith(command, OURS)) {
        const { code, out, err } = await runCli(args, {
          environment: { KEYBOUND_URL: 'http://localhost:1' },
        });
        expect([args, code]).toEqual([args, 2]);
        for (const trace of TRACES) expect(out + err).not.toContain(trace);
      }
    }
  });

  it('that is a key of somebody else is in no message of a command that fails, and in no line of log', async () => {
    const environment = {
      KEYBOUND_URL: keybound.runner.managementUrl,
      KEYBOUND_TOKEN: await keybound.token('alice'),
    };
    let failed = 0;
    // `dev` sends nothing to a server, and shows what the user's own app and shell say.
    for (const command of COMMANDS.filter(({ name }) => name !== 'dev')) {
      for (const args of linesWith(command, FOREIGN)) {
        const { code, err } = await runCli(args, { environment, input: `${FOREIGN}\n` });
        if (code === 0) continue;
        failed += 1;
        expect([args, code === 70]).toEqual([args, false]);
        if (TRACES.some((trace) => err.includes(trace))) expect([args, err]).toBe('not repeated');
      }
    }
    expect(failed).toBeGreaterThan(100);
    await keybound.runner.settle();
    for (const trace of TRACES) expect(logged()).not.toContain(trace);
  }, 240_000);

  it('or of an address is in no line of log, wherever a call has it', async () => {
    const url = keybound.runner.managementUrl;
    const calls = [
      { url: `${url}/api/am/devportal/v3/refusals/${OURS}` },
      { url: `${url}/api/am/devportal/v3/apis?query=${OURS}` },
      { url: `${url}/${OURS}` },
      { url: `${url}/api/am/admin/v4/${OURS}?x=${OURS}` },
      { url: `${url}/api/keybound/v1/self-revoke`, headers: { apikey: OURS } },
      { url: `${url}/api/am/devportal/v3/apis`, headers: { authorization: `Bearer ${OURS}` } },
    ];
    for (const call of calls) {
      const headers = { authorization: `Bearer ${await keybound.token('alice')}`, ...call.headers };
      for (const method of ['GET', 'POST']) {
        const answer = await keybound.http.send({
          method,
          url: call.url,
          headers: { referer: `https://x/${OURS}`, ...headers },
        });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        for (const trace of TRACES) expect(answer.text).not.toContain(trace);
      }
    }
    await keybound.runner.settle();
    for (const trace of TRACES) expect(logged()).not.toContain(trace);
  });
});
