import { createPublicKey, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  calculateJwkThumbprint,
  exportJWK,
  generateKeyPair,
  importJWK,
  type CryptoKey,
  type JWK,
} from 'jose';
import { z } from 'zod';

/** The RSA key that signs tokens; JWT authorizers of HTTP APIs accept RSA signatures only. */
export interface SigningKey {
  readonly privateKey: CryptoKey;
  readonly keyId: string;
  readonly publicKey: KeyObject;
  /** The key in `jwks.json`. */
  readonly publicJwk: JWK;
  /** All of the key. It never leaves the process except to its file. */
  readonly privateJwk: RsaPrivateJwk & { readonly kid: string; readonly alg: string; readonly use: string };
}

const rsaPrivateJwk = z.object({
  kty: z.literal('RSA'),
  n: z.string(),
  e: z.string(),
  d: z.string(),
  p: z.string(),
  q: z.string(),
  dp: z.string(),
  dq: z.string(),
  qi: z.string(),
});

type RsaPrivateJwk = z.output<typeof rsaPrivateJwk>;

const ALGORITHM = 'RS256';

/** The key kept in the data directory, made at the first start; a new one at every start without a directory. */
export async function loadSigningKey(dataDirectory: string | undefined): Promise<SigningKey> {
  if (dataDirectory === undefined) return toSigningKey(await newKey());
  const file = join(dataDirectory, 'identity-key.json');
  if (existsSync(file)) return toSigningKey(rsaPrivateJwk.parse(JSON.parse(readFileSync(file, 'utf8'))));
  const jwk = await newKey();
  // Renamed into place, so that a runner killed at this moment leaves no half of a key behind.
  writeFileSync(`${file}.new`, JSON.stringify(jwk), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return toSigningKey(jwk);
}

async function newKey(): Promise<RsaPrivateJwk> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  return rsaPrivateJwk.parse(await exportJWK(privateKey));
}

async function toSigningKey(jwk: RsaPrivateJwk): Promise<SigningKey> {
  const privateKey = await importJWK(jwk, ALGORITHM);
  if (privateKey instanceof Uint8Array) throw new Error('the signing key is not an RSA key');
  const { kty, n, e } = jwk;
  const keyId = await calculateJwkThumbprint({ kty, n, e });
  const publicKey = createPublicKey({ key: { kty, n, e }, format: 'jwk' });
  const marks = { kid: keyId, alg: ALGORITHM, use: 'sig' };
  return {
    privateKey,
    publicKey,
    keyId,
    publicJwk: { kty, n, e, ...marks },
    privateJwk: { ...jwk, ...marks },
  };
}
