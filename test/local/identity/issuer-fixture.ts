import { createServer } from 'node:http';
import { once } from 'node:events';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { onTestFinished, vi } from 'vitest';
import { z } from 'zod';
import { createIdentityProvider } from '../../../local/identity/identity-provider.ts';
import { loadSigningKey } from '../../../local/identity/signing-key.ts';

export const ISSUER = 'http://localhost:9443';

/** A key of its own for each test file: to make one takes a while. */
export const SIGNING_KEY = await loadSigningKey(undefined);

/** The body of a successful token response. */
export const tokens = z.object({
  access_token: z.string(),
  id_token: z.string().optional(),
  refresh_token: z.string().optional(),
  token_type: z.literal('Bearer'),
  expires_in: z.literal(3600),
  scope: z.string(),
});

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

/** An issuer on a free port, closed when the test has ended; `clock.now` can be moved. */
export async function startIssuer({
  dataDirectory,
  now = 1_700_000_000_000,
}: { readonly dataDirectory?: string; readonly now?: number } = {}) {
  vi.useFakeTimers({ toFake: ['Date'], now });
  onTestFinished(() => void vi.useRealTimers());
  const clock = {
    get now() {
      return Date.now();
    },
    set now(time) {
      vi.setSystemTime(time);
    },
  };
  const faults: string[] = [];
  const provider = createIdentityProvider({
    issuer: ISSUER,
    clientId: 'keybound-local',
    key: SIGNING_KEY,
    dataDirectory,
    report: (text) => void faults.push(text),
  });
  const server = createServer((request, response) => void provider.handle(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const base = `http://127.0.0.1:${address.port}`;
  const post = (path: string, form: Record<string, string> | string, headers: Record<string, string> = {}) =>
    fetch(`${base}${path}`, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    });
  const token = (form: Record<string, string> | string) => post('/oauth2/token', form);
  return { base, clock, faults, post, token };
}

export type Issuer = Awaited<ReturnType<typeof startIssuer>>;

/** Checks a token as a client would, with the keys that the issuer publishes. */
export async function verify(issuer: Issuer, token: string) {
  const keys = keySet.parse(await (await fetch(`${issuer.base}/.well-known/jwks.json`)).json());
  return jwtVerify(token, createLocalJWKSet(keys), {
    issuer: ISSUER,
    currentDate: new Date(issuer.clock.now),
  });
}
