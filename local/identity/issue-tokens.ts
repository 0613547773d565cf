import { randomUUID } from 'node:crypto';
import { jwtVerify, SignJWT, type JWTPayload } from 'jose';
import { findUser, type DemoUser } from './demo-users.ts';
import type { SigningKey } from './signing-key.ts';

const ACCESS_TOKEN_SECONDS = 3_600;
const REFRESH_TOKEN_SECONDS = 30 * 24 * 3_600;

/** What a token is issued for. */
export interface Grant {
  readonly user: DemoUser;
  readonly clientId: string;
  /** Space-separated. */
  readonly scope: string;
  readonly nonce?: string;
  /** `aud` of the access token, for a client whose own id is not the audience that APIs accept. */
  readonly audience?: string;
}

/** The body of a successful token response (RFC 6749, section 5.1). */
export interface TokenResponse {
  readonly access_token: string;
  readonly id_token?: string;
  readonly refresh_token?: string;
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly scope: string;
}

export interface TokenIssuer {
  /** Claims are those of Amazon Cognito's tokens: an access token has `client_id` and no `aud`. */
  issue(grant: Grant, options: { readonly withRefreshToken: boolean }): Promise<TokenResponse>;
  /** The grant of a refresh token that is genuine and not expired. */
  readRefreshToken(token: string): Promise<Grant | undefined>;
}

export interface TokenIssuerOptions {
  readonly issuer: string;
  readonly key: SigningKey;
  readonly now: () => number;
}

// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
export function createTokenIssuer({ issuer, key, now }: TokenIssuerOptions): TokenIssuer {
  const sign = (claims: JWTPayload, lifetimeSeconds: number): Promise<string> => {
    const issuedAt = Math.floor(now() / 1000);
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: key.keyId, typ: 'JWT' })
      .setIssuer(issuer)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .setJti(randomUUID())
      .sign(key.privateKey);
  };

  return {
    async issue({ user, clientId, scope, nonce, audience }, { withRefreshToken }) {
      const common = { sub: user.subject, 'cognito:groups': user.groups };
      const access_token = await sign(
        {
          ...common,
          username: user.username,
          client_id: clientId,
          token_use: 'access',
          scope,
          ...(audience === undefined ? {} : { aud: audience }),
        },
        ACCESS_TOKEN_SECONDS,
      );
      const idClaims = {
        ...common,
        aud: clientId,
        'cognito:username': user.username,
        token_use: 'id',
        ...(nonce === undefined ? {} : { nonce }),
      };
      const refreshClaims = { username: user.username, client_id: clientId, token_use: 'refresh', scope };
      return {
        access_token,
        ...(scope.split(' ').includes('openid')
          ? { id_token: await sign(idClaims, ACCESS_TOKEN_SECONDS) }
          : {}),
        ...(withRefreshToken ? { refresh_token: await sign(refreshClaims, REFRESH_TOKEN_SECONDS) } : {}),
        token_type: 'Bearer',
        expires_in: ACCESS_TOKEN_SECONDS,
        scope,
      };
    },
    async readRefreshToken(token) {
      try {
        const { payload } = await jwtVerify(token, key.publicJwk, {
          issuer,
          algorithms: ['RS256'],
          currentDate: new Date(now()),
        });
        const { username, client_id: clientId, scope, token_use: use } = payload;
        const user = typeof username === 'string' ? findUser(username) : undefined;
        if (use !== 'refresh' || user === undefined) return undefined;
        return typeof clientId === 'string' && typeof scope === 'string'
          ? { user, clientId, scope }
          : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
