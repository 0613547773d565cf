import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runKeybound, type RunningKeybound } from '../support/run-keybound.ts';
import { commandsOf } from './commands-of.ts';
import { deadAddress, runCli } from './run-cli.ts';

let keybound: RunningKeybound;
beforeAll(async () => (keybound = await runKeybound()));
afterAll(() => keybound.close());

const { as, out, json } = commandsOf(() => keybound);

async function callPetstore(value: string): Promise<number> {
  const url = `${keybound.runner.gatewayUrl}/v2/pet/10`;
  return (await keybound.http.send({ method: 'GET', url, headers: { petstore_key: value } })).status;
}

const Issued = z.object({ keyUUID: z.string(), apikey: z.string() });
const List = z.object({ count: z.number(), list: z.array(z.looseObject({})) });

describe('exit codes and errors', () => {
  it('are 1 with the description and a line for each bad field when the server refuses', async () => {
    const {
      code,
      out: printed,
      err,
    } = await as('alice', [
      ...[
        'keys',
        'generate',
        '--api',
        'Petstore',
        '--ip',
        '10.0.0.300',
        '--ip',
        'nonsense',
        '--valid-for',
        '0s',
      ],
    ]);
    expect({ code, printed }).toEqual({ code: 1, printed: '' });
    expect(err).toMatch(/^keybound: The request is not valid\. \(400\)\n/);
    expect(err).toMatch(/^ {2}validityPeriod: /m);
    expect(err.match(/^ {2}additionalProperties\.permittedIP: /gm)).toHaveLength(2);
  });

  it('are 1 with a suggestion for a name that there is not', async () => {
    const { code, err } = await as('alice', ['apis', 'get', 'PizzaShakAPI']);
    expect(code).toBe(1);
    expect(err).toBe('keybound: There is no API PizzaShakAPI.\n  Did you mean PizzaShackAPI?\n');
  });

  it('are 1 for what the role does not allow', async () => {
    const { code, err } = await as('alice', ['keys', 'all']);
    expect(code).toBe(1);
    expect(err).toContain('administrator');
  });

  it('are 2 for a command line that cannot be followed', async () => {
    for (const args of [
      ['keys', 'generate'],
      ['keys', 'generate', '--api', 'a', '--application', 'b'],
      ['keys', 'import', '--api', 'a'],
      ['keys', 'list', '--associable'],
      ['applications', 'update', 'x'],
      ['policies', 'update', 'x'],
      ['keys', 'bulk-revoke', '--yes'],
      ['apis', 'list', '--limit', '0'],
      ['apis', 'lifecycle', 'PizzaShackAPI'],
    ]) {
      expect({ args, code: (await as('alice', args)).code }).toEqual({ args, code: 2 });
    }
  });

  it('are 3 with what to do when the token is not accepted', async () => {
    const environment = { KEYBOUND_URL: keybound.runner.managementUrl, KEYBOUND_TOKEN: 'a-secret-token' };
    const { code, err } = await runCli(['apis', 'list'], { environment });
    expect(code).toBe(3);
    expect(err).toContain('Run keybound login');
    expect(err).not.toContain('a-secret-token');
  });

  it('are 4 when the server cannot be reached', async () => {
    const url = await deadAddress();
    const { code, err } = await runCli(['apis', 'list', '--url', url], {
      environment: { KEYBOUND_TOKEN: 't' },
    });
    expect(code).toBe(4);
    expect(err.split('\n')[0]).toBe(
      `keybound: ${url} cannot be reached: nothing listens there (ECONNREFUSED).`,
    );
  });
});

describe('lists', () => {
  it('can be had page by page, or whole', async () => {
    for (const name of ['One', 'Two', 'Three']) await out('bob', ['applications', 'create', name]);
    const page = await as('bob', ['applications', 'list', '--limit', '2']);
    expect(page.out.trimEnd().split('\n')).toHaveLength(3);
    expect(page.err).toBe('These are 2 of 3. Continue with --offset 2, or use --all.\n');
    expect((await as('bob', ['applications', 'list', '--limit', '2', '--offset', '2'])).err).toBe('');
    expect((await as('bob', ['applications', 'list', '--limit', '1'])).err).toMatch(/^This is 1 of 3\. /);
    const all = await json(List, 'bob', ['applications', 'list', '--limit', '2', '--all']);
    expect(all.count).toBe(3);
    expect(all.list).toHaveLength(3);
  });

  it("are the server's own answer with --json", async () => {
    const answer = await keybound.manage('alice', 'GET', '/api/am/devportal/v3/apis');
    expect(JSON.parse(await out('alice', ['apis', 'list', '--json']))).toEqual(answer.json);
  });
});

describe('keys of an application', () => {
  it('open every API that it subscribes to, and can be revoked by value', async () => {
    await out('alice', ['applications', 'create', 'Bound']);
    await out('alice', [
      ...'subscriptions create --application Bound --api PizzaShackAPI --policy Gold'.split(' '),
    ]);
    const { apikey } = await json(Issued, 'alice', [
      'keys',
      'generate',
      '--application',
      'Bound',
      '--name',
      'Bound key',
    ]);
    const url = `${keybound.runner.gatewayUrl}/pizzashack/1.0.0/menu`;
    const call = async (value: string) =>
      (await keybound.http.send({ method: 'GET', url, headers: { apikey: value } })).status;
    expect(await call(apikey)).toBe(200);
    expect(await out('alice', ['keys', 'list', '--application', 'Bound'])).toMatch(
      /Bound key +\(all subscribed\)/,
    );
    const next = (await out('alice', ['keys', 'regenerate', 'Bound key', '--yes'])).trimEnd();
    expect([await call(apikey), await call(next)]).toEqual([401, 200]);
    expect((await as('alice', ['keys', 'suspend', 'Bound key'])).code).toBe(2);
    await out('alice', ['keys', 'revoke', '--application', 'Bound', '--value-stdin', '--yes'], `${next}\n`);
    expect(await call(next)).toBe(401);
  });

  it('are listed beside those that are, or can be, associated', async () => {
    await out('alice', ['applications', 'create', 'Side']);
    await out('alice', [
      ...'subscriptions create --application Side --api PizzaShackAPI --policy Gold'.split(' '),
    ]);
    await out('alice', [...'keys generate --api PizzaShackAPI --name Beside'.split(' ')]);
    const names = async (flag: string) => out('alice', ['keys', 'list', '--application', 'Side', flag]);
    expect(await names('--associable')).toContain('Beside');
    await out('alice', ['keys', 'associate', 'Beside', '--application', 'Side']);
    expect(await names('--associated')).toContain('Beside');
    expect(await names('--associable')).not.toContain('Beside');
  });
});

describe('whoever holds the value of a key', () => {
  it('can revoke it without signing in', async () => {
    const { apikey } = await json(Issued, 'alice', ['keys', 'generate', '--api', 'Petstore']);
    const environment = { KEYBOUND_URL: keybound.runner.managementUrl };
    const revoke = () =>
      runCli(['keys', 'self-revoke', '--value-stdin', '--yes'], { environment, input: `${apikey}\n` });
    expect(await revoke()).toEqual({ code: 0, out: 'The key is revoked.\n', err: '' });
    expect(await callPetstore(apikey)).toBe(401);
    const again = await revoke();
    expect(again.code).toBe(1);
    expect(again.err).not.toContain(apikey);
  });
});

describe('administrators', () => {
  it('see the keys of all and revoke any', async () => {
    const { keyUUID, apikey } = await json(Issued, 'bob', [
      ...'keys generate --api Petstore --name Any'.split(' '),
    ]);
    expect(await out('admin', ['keys', 'all', '--all'])).toMatch(/^bob +Any +Petstore/m);
    await out('admin', ['keys', 'revoke-any', keyUUID, '--reason', 'leaked', '--yes']);
    expect(await callPetstore(apikey)).toBe(401);
  });

  it('revoke in bulk after a preview', async () => {
    const { apikey } = await json(Issued, 'bob', [...'keys generate --api Petstore --name Bulk'.split(' ')]);
    const filter = ['keys', 'bulk-revoke', '--owner', 'bob', '--api', 'Petstore'];
    const preview = await as('admin', [...filter, '--dry-run']);
    expect(preview.out).toMatch(/^bob +Bulk /m);
    expect(preview.err).toMatch(/^1 key found(?:, \d+ revoked already)?\.\n$/);
    const unsure = await as('admin', filter);
    expect(unsure.code).toBe(2);
    expect(unsure.err).toContain('Revoke 1 key permanently?');
    expect(await callPetstore(apikey)).toBe(200);
    expect(await out('admin', [...filter, '--yes'])).toMatch(/^Keys revoked: 1\./m);
    expect(await callPetstore(apikey)).toBe(401);
    expect((await as('admin', [...filter, '--yes'])).err).toMatch(/^0 keys found, \d+ revoked already\.$/m);
  });

  it('keep the throttling policies', async () => {
    const made = await out('admin', [
      ...'policies create Platinum --requests 10000 --per 1hour --burst 50'.split(' '),
    ]);
    expect(made).toMatch(/^Requests +10000 per 1 hour$/m);
    expect(made).toMatch(/^Burst +50 per sec$/m);
    const changed = await out('admin', [
      ...'policies update Platinum --requests 20000 --description Much'.split(' '),
    ]);
    expect(changed).toMatch(/^Requests +20000 per 1 hour$/m);
    expect(await out('admin', ['policies', 'get', 'Platinum'])).toMatch(/^Description +Much$/m);
    expect(await out('alice', ['policies', 'list'])).toMatch(
      /^Platinum +20000 per 1 hour +50 per sec +Much$/m,
    );
    expect(await out('alice', ['policies', 'list', '--level', 'application'])).toMatch(
      /^10PerMin +10 per 1 min/m,
    );
    await out('admin', ['policies', 'delete', 'Platinum', '--yes']);
    expect((await as('admin', ['policies', 'get', 'Platinum'])).code).toBe(1);
  });

  it('read the audit trail', async () => {
    await out('alice', ['applications', 'create', 'Audited']);
    const trail = await out('admin', ['audit', 'list', '--from', '1h', '--actor', 'alice', '--limit', '5']);
    expect(trail).toMatch(/^WHEN +WHO +WHAT +RESOURCE +FROM\n20\d\d-.*Z +alice +application\./);
  });
});

describe('publishers', () => {
  it('block, unblock and list subscriptions', async () => {
    await out('alice', ['applications', 'create', 'Blocked']);
    const Subscription = z.object({ subscriptionId: z.string() });
    const { subscriptionId } = await json(Subscription, 'alice', [
      ...'subscriptions create --application Blocked --api PizzaShackAPI --policy Gold'.split(' '),
    ]);
    const status = (text: string) => /^Status +(\S+)$/m.exec(text)?.[1];
    expect(status(await out('publisher', ['subscriptions', 'block', subscriptionId]))).toBe('BLOCKED');
    const half = ['subscriptions', 'block', subscriptionId, '--production-only'];
    expect(status(await out('publisher', half))).toBe('PROD_ONLY_BLOCKED');
    expect(
      await out('publisher', [...'subscriptions list --publisher --api PizzaShackAPI'.split(' ')]),
    ).toMatch(/^Blocked +PizzaShackAPI .*PROD_ONLY_BLOCKED/m);
    await out('alice', ['subscriptions', 'delete', subscriptionId, '--yes']);
    const decisions = (verb: string, ...more: string[]) =>
      out('publisher', ['decisions', verb, '--api', 'PizzaShackAPI', ...more]);
    const found = /^alice +(\S+) +PROD_ONLY_BLOCKED +publisher /m.exec(await decisions('list'));
    const [, owner = ''] = found ?? [];
    await decisions('lift', '--owner', owner);
    expect(await decisions('block', '--owner', owner)).toMatch(/^Status +BLOCKED$/m);
    await decisions('lift', '--owner', owner);
    expect(await decisions('list')).not.toContain(owner);
    const unknown = '00000000-0000-4000-8000-000000000000';
    for (const verb of ['approve', 'reject', 'unblock']) {
      expect((await as('publisher', ['subscriptions', verb, unknown])).code).toBe(1);
    }
  });

  it('move an API through its lifecycle', async () => {
    const move = (action: string) => out('publisher', ['apis', 'lifecycle', 'Petstore', '--action', action]);
    expect(await move('block')).toMatch(/^Petstore:\S+ is BLOCKED\.\n$/);
    expect(await out('publisher', ['apis', 'list', '--publisher'])).toMatch(/^Petstore .*BLOCKED/m);
    expect(await move('Re-Publish')).toMatch(/is PUBLISHED\.\n$/);
    expect((await as('publisher', ['apis', 'lifecycle', 'Petstore', '--action', 'Retire'])).code).toBe(2);
  });
});
