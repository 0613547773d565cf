import { createHash, randomBytes } from 'node:crypto';
import type { Grant } from './issue-tokens.ts';

const LIFETIME_MILLISECONDS = 60_000;

/** What an authorization code stands for. */
export interface CodeGrant {
  readonly grant: Grant;
  readonly redirectUri: string;
  /** base64url of the SHA-256 of the verifier (RFC 7636, S256). */
  readonly codeChallenge: string;
}

/** Codes that have been given out and not used yet. */
export interface AuthorizationCodes {
  create(grant: CodeGrant): string;
  /**
   * Takes a code out, whatever comes of it: it cannot be tried again.
   * @returns its grant, when the code is younger than 60 s and all three belong to it.
   */
  redeem(code: string, redirectUri: string, codeVerifier: string): Grant | undefined;
}

export function createAuthorizationCodes(now: () => number): AuthorizationCodes {
  const codes = new Map<string, CodeGrant & { readonly expiresAt: number }>();
  return {
    create(grant) {
      for (const [code, { expiresAt }] of codes) if (expiresAt <= now()) codes.delete(code);
      const code = randomBytes(32).toString('base64url');
      codes.set(code, { ...grant, expiresAt: now() + LIFETIME_MILLISECONDS });
      return code;
    },
    redeem(code, redirectUri, codeVerifier) {
      const found = codes.get(code);
      codes.delete(code);
      if (found === undefined || found.expiresAt <= now() || found.redirectUri !== redirectUri)
        return undefined;
      const challenge = createHash('sha256').update(codeVerifier).digest('base64url');
      return challenge === found.codeChallenge ? found.grant : undefined;
    },
  };
}
