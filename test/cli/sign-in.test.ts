import { createServer } from 'node:http';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { createIdentityProvider } from '../../local/identity/identity-provider.ts';
import { loadSigningKey, type SigningKey } from '../../local/identity/signing-key.ts';
import { createSessionStore } from '../../cli/sign-in/sessions.ts';
import { createBrowser } from '../local/identity/browser.ts';
import { configDirectory, spawnCli, type SpawnOptions } from './run-cli.ts';

let key: SigningKey;
beforeAll(async () => {
  key = await loadSigningKey(undefined);
});

/** An issuer on a free port, and a user with no sessions. */
async function newUser(issuerOf = (base: string) => base) {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const base = `http://127.0.0.1:${address.port}`;
  const provider = createIdentityProvider({
    issuer: issuerOf(base),
    clientId: 'keybound-local',
    key,
  });
  server.on('request', (request, response) => void provider.handle(request, response));
  const config = configDirectory();
  const sessions = createSessionStore(join(config, 'keybound'));
  return {
    base,
    sessions,
    run: (args: readonly string[], options: SpawnOptions = {}) =>
      spawnCli(args, {
        ...options,
        environment: { KEYBOUND_URL: base, XDG_CONFIG_HOME: config, ...options.environment },
      }),
  };
}

const PASSWORD = ['login', '--password', '--username', 'alice'];

describe('keybound login', () => {
  it('signs a demo user in by password, and keeps the tokens where only the user can read them', async () => {
    const user = await newUser();
    const { code, out, err } = await user.run(PASSWORD, { input: 'alice\n' });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`Signed in at ${user.base} as alice.\n`);
    expect(statSync(user.sessions.file).mode & 0o777).toBe(0o600);
    const kept = readFileSync(user.sessions.file, 'utf8');
    const { accessToken = '', refreshToken = '' } = user.sessions.read(user.base) ?? {};
    expect(kept).toContain(accessToken);
    for (const token of [accessToken, refreshToken]) {
      expect(token).not.toBe('');
      expect(out).not.toContain(token);
    }
  });

  it('tells whoami who it is, and logout forgets it', async () => {
    const user = await newUser();
    expect((await user.run(['whoami'])).code).toBe(3);
    await user.run(PASSWORD, { input: 'alice' });
    expect((await user.run(['whoami'])).out).toMatch(/^User +alice\nRoles +developer\n/);
    const json: unknown = JSON.parse((await user.run(['whoami', '--json'])).out);
    expect(json).toMatchObject({ user: 'alice', roles: ['developer'], source: 'session', url: user.base });
    const { refreshToken = '' } = user.sessions.read(user.base) ?? {};
    expect((await user.run(['logout'])).out).toBe(`Signed out at ${user.base}.\n`);
    const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: refreshToken });
    const revoked = await fetch(`${user.base}/oauth2/token`, { method: 'POST', body });
    expect(await revoked.json()).toMatchObject({ error: 'invalid_grant' });
    expect((await user.run(['whoami'])).code).toBe(3);
    expect((await user.run(['logout'])).code).toBe(0);
  });

  it('signs a machine in with a secret from the environment', async () => {
    const user = await newUser();
    const environment = {
      KEYBOUND_CLIENT_ID: 'keybound-machine',
      KEYBOUND_CLIENT_SECRET: 'keybound-machine',
    };
    const { code, out } = await user.run(['login', '--client-credentials'], { environment });
    expect(code).toBe(0);
    expect(out).toContain('as keybound-machine.');
    const wrong = { ...environment, KEYBOUND_CLIENT_SECRET: 'a-wrong-secret' };
    const refused = await user.run(['login', '--client-credentials'], { environment: wrong });
    expect(refused.code).toBe(1);
    expect(refused.err).toBe('keybound: Signing in failed: Incorrect client_id or client_secret.\n');
  });

  it('signs in with the browser of the machine, whatever else on it sends to that port', async () => {
    const user = await newUser();
    let opened = false;
    const { code, out } = await user.run(['login', '--browser', '--port', '0'], {
      onNote: (text) => {
        const address = /http:\S+authorize\S+(?=\n)/.exec(text)?.[0];
        if (address === undefined || opened) return;
        opened = true;
        const { port } = new URL(new URL(address).searchParams.get('redirect_uri') ?? '');
        const stranger = connect(Number(port), 'localhost', () =>
          stranger.write('GET // HTTP/1.1\r\nHost: x\r\n\r\n'),
        );
        stranger.once('data', () => {
          void createBrowser(user.base)
            .signIn(address, 'bob')
            .then(({ url }) => fetch(url));
        });
      },
    });
    expect(code).toBe(0);
    expect(out).toContain('as bob.');
  });

  it.each([
    [['--password'], '--password needs --username NAME.', {}],
    [['--username', 'a'], '--username needs --password.', {}],
    [['--port', '1'], '--port needs --browser.', {}],
    [['--password', '--browser'], 'Choose one of --browser, --client-credentials and --password.', {}],
    [
      ['--client-credentials'],
      '--client-credentials needs KEYBOUND_CLIENT_ID and KEYBOUND_CLIENT_SECRET.',
      {},
    ],
    [[], 'Pass --client-id ID, or set KEYBOUND_CLIENT_ID.', { KEYBOUND_ISSUER: 'https://idp.example' }],
    [
      ['--password', '--username', 'alice'],
      '--password works only for demo users of the local runner. Use keybound login.',
      { KEYBOUND_ISSUER: 'https://idp.example' },
    ],
  ])('cannot be run with %j: %s', async (flags, message, environment) => {
    const { code, err } = await spawnCli(['login', ...flags], { environment });
    expect(code).toBe(2);
    expect(err).toContain(`keybound: ${message}\n`);
  });

  it('trusts no issuer that answers in the name of another', async () => {
    const user = await newUser(() => 'http://localhost:1');
    const { code, err } = await user.run(PASSWORD, { input: 'alice' });
    expect(code).toBe(1);
    expect(err).toContain('answers in the name of another issuer, http://localhost:1.');
  });

  it('says why it failed, without the password', async () => {
    const user = await newUser();
    const { code, err } = await user.run(PASSWORD, { input: 'a-wrong-password' });
    expect(code).toBe(1);
    expect(err).toBe('keybound: Signing in failed: Incorrect username or password.\n');
  });
});

describe('a session', () => {
  it('is renewed before its token expires', async () => {
    const user = await newUser();
    await user.run(PASSWORD, { input: 'alice' });
    const before = user.sessions.read(user.base);
    if (before === undefined) throw new Error('no session');
    user.sessions.write(user.base, { ...before, accessToken: 'old', expiresAt: Date.now() + 20_000 });
    expect((await user.run(['whoami'])).out).toContain('alice');
    const after = user.sessions.read(user.base);
    expect(after?.accessToken).not.toBe('old');
    expect(after?.expiresAt).toBeGreaterThan(Date.now() + 3_000_000);
    expect(after?.refreshToken).toMatch(/^[\w-]{43}$/);
    expect(after?.refreshToken).not.toBe(before.refreshToken);
  });

  it('that cannot be renewed wants a new sign-in', async () => {
    const user = await newUser();
    await user.run(PASSWORD, { input: 'alice' });
    const before = user.sessions.read(user.base);
    if (before === undefined) throw new Error('no session');
    user.sessions.write(user.base, { ...before, refreshToken: 'not-a-token', expiresAt: 0 });
    const { code, err } = await user.run(['whoami']);
    expect(code).toBe(3);
    expect(err).toBe(
      `keybound: Your session at ${user.base} has ended.\n  Run keybound login, or set KEYBOUND_TOKEN.\n`,
    );
  });

  it('gives way to KEYBOUND_TOKEN', async () => {
    const user = await newUser();
    await user.run(PASSWORD, { input: 'alice' });
    const payload = Buffer.from(JSON.stringify({ username: 'carol' })).toString('base64url');
    const { out } = await user.run(['whoami'], { environment: { KEYBOUND_TOKEN: `e30.${payload}.` } });
    expect(out).toMatch(/^User +carol\n/);
  });
});
