import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runKeybound, type RunningKeybound } from '../support/run-keybound.ts';
import { commandsOf } from './commands-of.ts';

let keybound: RunningKeybound;
beforeAll(async () => {
  keybound = await runKeybound();
  const generate = 'keys generate --api Petstore --name Asked --ip 192.0.2.0/24 --referrer *.example.com/*';
  await out('alice', generate.split(' '));
});
afterAll(() => keybound.close());

const { as, out, json } = commandsOf(() => keybound);
const Issued = z.object({ keyUUID: z.string() });

describe('keys dry-run', () => {
  it('shows every check with what it saw, and the answer', async () => {
    const args = 'keys dry-run Asked --source-ip 192.0.2.7 --referrer https://www.example.com/';
    const { code, out: printed, err } = await as('alice', args.split(' '));
    expect(code).toBe(0);
    expect(printed).toMatch(/^CHECK +OUTCOME +REASON +SAW\nknown key +passed/);
    expect(printed).toMatch(
      /^IP address +passed +- +permittedIP=\[192\.0\.2\.0\/24\] address=192\.0\.2\.7$/m,
    );
    expect(printed).toMatch(/\n\nThe call would be allowed\.\n$/);
    expect(err).not.toContain('keybound:');
  });

  it('says which check decides, what to change, and what the others would have said', async () => {
    const args = 'keys dry-run Asked --api Petstore --environment sandbox --source-ip 203.0.113.1';
    const printed = await as('alice', args.split(' '));
    expect(printed.code).toBe(0);
    expect(printed.out).toMatch(/^environment +refused \(decides\) +environment_mismatch/m);
    expect(printed.out).toMatch(/^IP address +refused +address_forbidden/m);
    expect(printed.out).toContain('The call would be refused: 403, 900908 Resource forbidden.\n');
    expect(printed.out).toContain('\nCall the environment that the key is for');
  });

  it("prints the server's answer with --json, and looks at the time that it is given", async () => {
    const Answer = z.object({ allowed: z.boolean(), call: z.object({ time: z.string() }) });
    const args = [...'keys dry-run Asked --at 2030-01-01 --json'.split(' ')];
    const { out: printed } = await as('alice', args);
    expect(Answer.parse(JSON.parse(printed))).toEqual({
      allowed: false,
      call: { time: '2030-01-01T00:00:00.000Z' },
    });
  });

  it('asks about a key of an application at the API that --api names', async () => {
    await out('alice', ['applications', 'create', 'Asking']);
    await out('alice', 'keys generate --application Asking --name Wide'.split(' '));
    const run = (more: string) => as('alice', `keys dry-run Wide ${more}`.split(' '));
    expect((await run('--application Asking --api Petstore')).out).toContain('would be allowed');
    expect((await run('--application Asking --api PizzaShackAPI')).out).toContain('subscription_missing');
    await out(
      'alice',
      'subscriptions create --application Asking --api PizzaShackAPI --policy Gold'.split(' '),
    );
    expect((await run('--application Asking --api PizzaShackAPI')).out).toContain('would be allowed');
    expect((await run('--application Asking')).code).toBe(2);
    expect((await as('alice', ['keys', 'dry-run', 'Wide'])).code).toBe(2);
    expect((await run('--type sandbox')).code).toBe(2);
  });

  it("finds a key that is revoked, and for administrators anybody's, by its id and that of its API", async () => {
    const { keyUUID } = await json(Issued, 'bob', 'keys generate --api Petstore --name Gone'.split(' '));
    const api = await keybound.apiId('Petstore');
    await out('bob', ['keys', 'revoke', keyUUID, '--yes']);
    for (const user of ['bob', 'admin']) {
      const { out: printed } = await as(user, ['keys', 'dry-run', keyUUID, '--api', api]);
      expect(printed).toMatch(/^revocation +refused \(decides\) +key_revoked/m);
    }
    expect((await as('alice', ['keys', 'dry-run', keyUUID, '--api', api])).code).toBe(1);
  });
});

describe('refusals', () => {
  it('that there are none of are said so', async () => {
    const { code, err } = await as('alice', ['refusals', 'list', '--key', 'Asked']);
    expect({ code, err }).toEqual({
      code: 0,
      err: 'There are no recorded refusals of this key.\n',
    });
    const application = 'refusals list --application Asking --api Petstore --key Wide'.split(' ');
    expect((await as('alice', application)).code).toBe(2);
  });

  it('that are not recorded are not found', async () => {
    const { code, err } = await as('alice', ['refusals', 'explain', 'JKJaXmPLvHcESHA=']);
    expect(code).toBe(1);
    expect(err).toMatch(/^keybound: There is no such refusal/);
  });
});
