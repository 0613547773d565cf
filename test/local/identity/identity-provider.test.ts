import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSigningKey } from '../../../local/identity/signing-key.ts';
import { temporaryDirectory } from '../temporary-directory.ts';
import { ISSUER, startIssuer } from './issuer-fixture.ts';

describe('the issuer', () => {
  it('describes itself with its own endpoints', async () => {
    const issuer = await startIssuer();
    const response = await fetch(`${issuer.base}/.well-known/openid-configuration`);
    expect(await response.json()).toMatchObject({
      issuer: ISSUER,
      token_endpoint: `${ISSUER}/oauth2/token`,
      authorization_endpoint: `${ISSUER}/oauth2/authorize`,
      jwks_uri: `${ISSUER}/.well-known/jwks.json`,
    });
  });

  it('shows no private part of its key', async () => {
    const issuer = await startIssuer();
    const text = await (await fetch(`${issuer.base}/.well-known/jwks.json`)).text();
    expect(text).not.toMatch(/"(d|p|q|dp|dq|qi)":/);
  });

  it('lets pages of this machine read its answers, and no others', async () => {
    const issuer = await startIssuer();
    const allowed = async (origin: string) =>
      (await issuer.post('/oauth2/token', {}, { origin })).headers.get('access-control-allow-origin');
    expect(await allowed('http://localhost:5173')).toBe('http://localhost:5173');
    expect(await allowed('https://evil.example')).toBeNull();
  });

  it('keeps its key in the data directory, readable by its owner only', async () => {
    const directory = temporaryDirectory();
    const first = await loadSigningKey(directory);
    expect((await loadSigningKey(directory)).keyId).toBe(first.keyId);
    expect(statSync(join(directory, 'identity-key.json')).mode & 0o777).toBe(0o600);
    expect((await loadSigningKey(undefined)).keyId).not.toBe(first.keyId);
  });
});
