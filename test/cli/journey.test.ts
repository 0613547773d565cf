import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runKeybound, type RunningKeybound } from '../support/run-keybound.ts';
import { configDirectory, spawnCli, type SpawnOptions } from './run-cli.ts';

const KEY_VALUE = /^[a-z][a-z0-9]*_(?:prod|sandbox)_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/;
const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/;

let keybound: RunningKeybound;
// An assembly of its own: discovery must name the port that the runner really has.
beforeAll(async () => (keybound = await runKeybound({ app: 'test/support/samples-app/app.ts' })), 120_000);
afterAll(() => keybound.close());

/** Enters the code that the command line shows, as bob in a browser. */
function approveAsBob(): (note: string) => void {
  let isDone = false;
  return (text) => {
    const [, page, userCode] = /Open (\S+) and enter the code (\S+)\n/.exec(text) ?? [];
    if (page === undefined || userCode === undefined || isDone) return;
    isDone = true;
    const form = { user_code: userCode, username: 'bob', password: 'bob', decision: 'approve' };
    void fetch(page, { method: 'POST', body: new URLSearchParams(form) });
  };
}

async function call(path: string, value: string): Promise<number> {
  const url = `${keybound.runner.gatewayUrl}${path}`;
  return (await keybound.http.send({ method: 'GET', url, headers: { apikey: value } })).status;
}

describe('a developer at the command line', () => {
  it('signs in by device code, and takes a key from its first day to its last', async () => {
    const environment = { KEYBOUND_URL: keybound.runner.managementUrl, XDG_CONFIG_HOME: configDirectory() };
    const cli = (args: readonly string[], options: SpawnOptions = {}) =>
      spawnCli(args, { environment, ...options });
    /** Standard output of a command that succeeds. */
    const out = async (...args: string[]): Promise<string> => {
      const result = await cli(args);
      expect({ args, code: result.code, err: result.code === 0 ? '' : result.err }).toEqual({
        args,
        code: 0,
        err: '',
      });
      return result.out;
    };
    const menu = '/pizzashack/1.0.0/menu';

    expect((await cli(['apis', 'list'])).code).toBe(3);
    const login = await cli(['login'], { onNote: approveAsBob() });
    expect(login).toMatchObject({ code: 0, out: `Signed in at ${keybound.runner.managementUrl} as bob.\n` });

    expect(await out('apis', 'list')).toMatch(
      /^NAME +VERSION +CONTEXT .*\n(?:.*\n)*PizzaShackAPI +1\.0\.0 +\/pizzashack/,
    );
    expect(await out('apis', 'get', 'pizzashackapi')).toMatch(/^Production +http:/m);
    expect(JSON.parse(await out('apis', 'definition', 'PizzaShackAPI:1.0.0'))).toHaveProperty('paths');

    await out(
      'applications',
      'create',
      'Pizza finder',
      '--description',
      'Finds pizza',
      '--attribute',
      'team=web',
    );
    expect(await out('applications', 'update', 'Pizza finder', '--policy', '50PerMin')).toMatch(
      /^Description +Finds pizza$/m,
    );
    const subscribed = await out(
      ...[
        'subscriptions',
        'create',
        '--application',
        'pizza finder',
        '--api',
        'PizzaShackAPI',
        '--policy',
        'Gold',
      ],
    );
    const subscriptionId = UUID.exec(/^Id.*/m.exec(subscribed)?.[0] ?? '')?.[0] ?? '';

    const generated = await cli([
      'keys',
      'generate',
      '--api',
      'PizzaShackAPI',
      '--name',
      'Shop',
      '--valid-for',
      '90d',
    ]);
    const value = generated.out.trimEnd();
    expect(value).toMatch(KEY_VALUE);
    expect(generated.err).toContain('The value is shown only this once.');
    expect(generated.err).toMatch(UUID);
    expect(generated.err).not.toContain(value);

    expect(await call(menu, value)).toBe(403);
    expect(await out('keys', 'associate', 'Shop', '--application', 'Pizza finder')).toBe(
      'The key Shop is associated with Pizza finder.\n',
    );
    expect(await call(menu, value)).toBe(200);
    expect(await out('keys', 'list')).toMatch(
      /Shop +PizzaShackAPI +PRODUCTION +ACTIVE +Pizza finder +20\d\d-/,
    );

    const next = (await out('keys', 'regenerate', 'Shop', '--yes')).trimEnd();
    expect(next).toMatch(KEY_VALUE);
    expect(await call(menu, value)).toBe(401);
    expect(await call(menu, next)).toBe(200);

    await out('keys', 'suspend', 'Shop');
    expect(await call(menu, next)).not.toBe(200);
    await out('keys', 'resume', 'Shop');
    expect(await call(menu, next)).toBe(200);

    const restricted = await out(
      'keys',
      'update',
      'Shop',
      '--name',
      'Office',
      '--ip',
      '203.0.113.0/24',
      '--metadata',
      'a=b',
    );
    expect(restricted).toMatch(/^Permitted IP +203\.0\.113\.0\/24$/m);
    expect(restricted).toMatch(/^Metadata +a=b$/m);
    expect(await call(menu, next)).toBe(403);
    await out('keys', 'update', 'Office', '--any-ip');
    expect(await call(menu, next)).toBe(200);

    const graced = (await out('keys', 'regenerate', 'Office', '--grace', '1h')).trimEnd();
    expect(await call(menu, next)).toBe(200);
    expect(await out('keys', 'get', 'Office')).toMatch(/^Previous value +works until/m);
    await out('keys', 'end-grace', 'Office', '--yes');
    expect(await call(menu, next)).toBe(401);
    expect(await call(menu, graced)).toBe(200);

    await out('keys', 'dissociate', 'Office');
    expect(await call(menu, graced)).toBe(403);
    const refused = await cli(['keys', 'revoke', 'Office']);
    expect(refused).toMatchObject({ code: 2, out: '' });
    expect(refused.err).toContain('Pass --yes to confirm.');
    await out('keys', 'revoke', 'Office', '--reason', 'no longer needed', '--yes');
    expect(await call(menu, graced)).toBe(401);

    expect(await out('subscriptions', 'update', subscriptionId, '--policy', 'Silver')).toMatch(
      /^Plan +Silver$/m,
    );
    await out('subscriptions', 'delete', subscriptionId, '--yes');
    await out('applications', 'delete', 'Pizza finder', '--yes');
    const empty = await cli(['applications', 'list']);
    expect(empty.err).toContain('You have no applications.');
    await out('logout');
    expect((await cli(['whoami'])).code).toBe(3);
  }, 600_000);
});
