import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../cli/settings.ts';
import { createSessionStore } from '../../cli/sign-in/sessions.ts';
import { configDirectory } from './run-cli.ts';

function settings(environment: Record<string, string> = {}, flags: { url?: string; issuer?: string } = {}) {
  return readSettings({ environment, homeDirectory: '/home/me', ...flags });
}

describe('settings', () => {
  it('are those of one machine when nothing is set', () => {
    expect(settings()).toEqual({
      url: 'http://localhost:9443',
      issuer: 'http://localhost:9443',
      configDirectory: '/home/me/.config/keybound',
    });
  });

  it('come from flags before the environment, without a slash at the end', () => {
    const environment = {
      KEYBOUND_URL: 'https://a.example/',
      KEYBOUND_ISSUER: 'https://i.example',
      KEYBOUND_TOKEN: '',
    };
    expect(settings(environment)).toMatchObject({ url: 'https://a.example', issuer: 'https://i.example' });
    expect(settings(environment, { url: 'https://b.example/x/' })).toMatchObject({
      url: 'https://b.example/x',
    });
    expect(settings(environment)).not.toHaveProperty('token');
    expect(settings({ XDG_CONFIG_HOME: '/x' }).configDirectory).toBe('/x/keybound');
  });

  it.each([
    'http://api.example',
    'http://localhost.evil.example',
    'ftp://localhost',
    'nonsense',
    'https://u:p@a.example',
    'https://a.example/?q',
  ])('refuse %s, where tokens could be read or go astray', (url) => {
    expect(() => settings({ KEYBOUND_URL: url })).toThrow('KEYBOUND_URL');
    expect(() => settings({}, { issuer: url })).toThrow('--issuer');
  });
});

describe('sessions', () => {
  const session = {
    issuer: 'https://i.example',
    clientId: 'c',
    tokenEndpoint: 'https://i.example/token',
    accessToken: 'secret',
    expiresAt: 1,
  };

  it('are kept by management URL, for their owner only', () => {
    const directory = join(configDirectory(), 'deep', 'keybound');
    const store = createSessionStore(directory);
    expect(store.read('https://a.example')).toBeUndefined();
    store.write('https://a.example', session);
    store.write('https://b.example', { ...session, accessToken: 'other' });
    expect(store.read('https://a.example')).toEqual(session);
    expect(statSync(store.file).mode & 0o777).toBe(0o600);
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    store.remove('https://a.example');
    expect(store.read('https://a.example')).toBeUndefined();
    expect(store.read('https://b.example')).toBeDefined();
    expect(readFileSync(store.file, 'utf8')).not.toContain('"secret"');
  });

  it('that cannot be understood are no sessions', () => {
    const directory = configDirectory();
    for (const text of ['', '{', '{"sessions":{"https://a.example":{}}}']) {
      writeFileSync(join(directory, 'sessions.json'), text);
      expect(createSessionStore(directory).read('https://a.example')).toBeUndefined();
    }
  });

  it('tighten the mode of a file that others could read', () => {
    const directory = configDirectory();
    writeFileSync(join(directory, 'sessions.json'), '{}', { mode: 0o644 });
    const store = createSessionStore(directory);
    store.write('https://a.example', session);
    expect(statSync(store.file).mode & 0o777).toBe(0o600);
  });

  it('say what to do when they cannot be kept', () => {
    const directory = join(configDirectory(), 'keybound');
    mkdirSync(join(directory, 'sessions.json'), { recursive: true });
    expect(() => createSessionStore(directory).write('https://a.example', session)).toThrow('cannot be');
  });
});
