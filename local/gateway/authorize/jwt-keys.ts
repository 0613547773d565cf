import { createPublicKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';

/**
 * Finds the public key that an issuer signs with. Undefined when the issuer publishes no RSA key with this id;
 * rejects when the issuer cannot be asked.
 */
export type ResolveJwtKey = (issuer: string, keyId: string) => Promise<KeyObject | undefined>;

/** Quotas of API Gateway for both endpoints of an issuer. */
const ENDPOINT_TIMEOUT_MILLISECONDS = 1500;
const MAX_KEY_SET_BYTES = 150_000;

/** API Gateway may keep a key for two hours. */
const KEY_LIFETIME_MILLISECONDS = 2 * 60 * 60 * 1000;

/** An unknown key id asks the issuer again, but not more often than this. */
const REFRESH_INTERVAL_MILLISECONDS = 1000;

const discoverySchema = z.looseObject({ jwks_uri: z.string() });
const keySetSchema = z.looseObject({
  keys: z.array(
    z.looseObject({
      kid: z.string().optional(),
      kty: z.string(),
      n: z.string().optional(),
      e: z.string().optional(),
    }),
  ),
});

interface KeySet {
  readonly fetchedAt: number;
  readonly keys: ReadonlyMap<string, KeyObject>;
}

/**
 * A resolver that reads `{issuer}/.well-known/openid-configuration` and the key set it names, and keeps the keys.
 * One fetch an issuer at a time.
 */
export function createJwtKeyResolver(clock: Clock, fetchText = fetchLimited): ResolveJwtKey {
  const known = new Map<string, Promise<KeySet>>();

  const load = (issuer: string): Promise<KeySet> => {
    const fetchedAt = clock();
    const loading = loadKeys(issuer, fetchText).then((keys) => ({ fetchedAt, keys }));
    known.set(issuer, loading);
    loading.catch(() => {
      if (known.get(issuer) === loading) known.delete(issuer);
    });
    return loading;
  };

  return async (issuer, keyId) => {
    const current = await (known.get(issuer) ?? load(issuer));
    const age = clock() - current.fetchedAt;
    const key = current.keys.get(keyId);
    const stale =
      age >= KEY_LIFETIME_MILLISECONDS || (key === undefined && age >= REFRESH_INTERVAL_MILLISECONDS);
    return stale ? (await load(issuer)).keys.get(keyId) : key;
  };
}

async function loadKeys(
  issuer: string,
  fetchText: (url: string) => Promise<string>,
): Promise<ReadonlyMap<string, KeyObject>> {
  const configurationUrl = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const discovery = discoverySchema.parse(JSON.parse(await fetchText(configurationUrl)));
  const keySet = keySetSchema.parse(JSON.parse(await fetchText(discovery.jwks_uri)));
  const keys = new Map<string, KeyObject>();
  for (const { kid, kty, n, e } of keySet.keys) {
    if (kid === undefined || kty !== 'RSA' || n === undefined || e === undefined) continue;
    keys.set(kid, createPublicKey({ key: { kty, n, e }, format: 'jwk' }));
  }
  return keys;
}

async function fetchLimited(url: string): Promise<string> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ENDPOINT_TIMEOUT_MILLISECONDS) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  const text = await response.text();
  if (text.length > MAX_KEY_SET_BYTES) {
    throw new Error(`${url} answered more than ${MAX_KEY_SET_BYTES} bytes`);
  }
  return text;
}
