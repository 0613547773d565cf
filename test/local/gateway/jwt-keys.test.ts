import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createJwtKeyResolver } from '../../../local/gateway/authorize/jwt-keys.ts';
import { manualClock } from './fixtures.ts';

const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
const HOUR = 3_600_000;

function harness(keys: () => readonly object[], discovery = '{"jwks_uri":"https://keys.example.com/set"}') {
  const asked: string[] = [];
  const clock = manualClock();
  const resolve = createJwtKeyResolver(clock, (url) => {
    asked.push(url);
    return Promise.resolve(url.endsWith('/set') ? JSON.stringify({ keys: keys() }) : discovery);
  });
  return { asked, clock, resolve };
}

describe('the key resolver', () => {
  it('finds the key set through discovery, and asks once', async () => {
    const { asked, resolve } = harness(() => [{ ...jwk, kid: 'k1' }]);
    expect((await resolve('https://issuer.example.com/', 'k1'))?.asymmetricKeyType).toBe('rsa');
    await resolve('https://issuer.example.com/', 'k1');
    expect(asked).toEqual([
      'https://issuer.example.com/.well-known/openid-configuration',
      'https://keys.example.com/set',
    ]);
  });

  it('asks again for an unknown key id, but not within a second', async () => {
    let keys = [{ ...jwk, kid: 'k1' }];
    const { asked, clock, resolve } = harness(() => keys);
    await resolve('https://i', 'k1');
    keys = [{ ...jwk, kid: 'k2' }];
    expect(await resolve('https://i', 'k2')).toBeUndefined();
    expect(asked).toHaveLength(2);
    clock.advance(1000);
    expect(await resolve('https://i', 'k2')).toBeDefined();
    expect(asked).toHaveLength(4);
  });

  it('forgets keys after two hours', async () => {
    let keys = [{ ...jwk, kid: 'k1' }];
    const { clock, resolve } = harness(() => keys);
    await resolve('https://i', 'k1');
    keys = [];
    clock.advance(2 * HOUR - 1);
    expect(await resolve('https://i', 'k1')).toBeDefined();
    clock.advance(1);
    expect(await resolve('https://i', 'k1')).toBeUndefined();
  });

  it('passes over keys that are not RSA or have no id', async () => {
    const { resolve } = harness(() => [{ kty: 'EC', kid: 'ec' }, { ...jwk }, { ...jwk, kid: 'k1' }]);
    expect(await resolve('https://i', 'ec')).toBeUndefined();
    expect(await resolve('https://i', 'k1')).toBeDefined();
  });

  it('rejects when discovery is malformed, and asks afresh the next time', async () => {
    const { asked, resolve } = harness(() => [], '{}');
    await expect(resolve('https://i', 'k1')).rejects.toThrow();
    await expect(resolve('https://i', 'k1')).rejects.toThrow();
    expect(asked).toHaveLength(2);
  });
});
