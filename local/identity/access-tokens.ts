import { jwtVerify, SignJWT } from 'jose';
import type { AccessToken, ClientCredentials } from 'oidc-provider';
import { findSubject, MACHINE_CLIENT } from './demo-users.ts';
import type { SigningKey } from './signing-key.ts';

/** Seconds that access and id tokens hold. */
export const ACCESS_TOKEN_SECONDS = 3_600;

/**
 * Access tokens with the claims of Amazon Cognito's. The library knows each by its id; it would issue JWTs itself only with
 * an audience, which Cognito's access tokens do not have.
 */
export interface AccessTokens {
  /** The JWT of a token that the library has issued. */
  sign(token: AccessToken | ClientCredentials): Promise<string>;
  /** The library's id of a JWT that was signed here and holds. */
  idOf(jwt: string): Promise<string | undefined>;
}

export interface AccessTokensOptions {
  readonly issuer: string;
  /** The public client, and the audience that APIs accept. */
  readonly clientId: string;
  readonly key: SigningKey;
}

// https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
export function createAccessTokens({ issuer, clientId, key }: AccessTokensOptions): AccessTokens {
  return {
    sign(token) {
      const user = token.kind === 'AccessToken' ? findSubject(token.accountId) : MACHINE_CLIENT;
      if (user === undefined) throw new Error('a token of nobody');
      const issuedAt = Math.floor(Date.now() / 1000);
      return new SignJWT({
        'cognito:groups': user.groups,
        username: user.username,
        client_id: token.clientId,
        token_use: 'access',
        scope: token.scope,
        // The machine's own id is not the audience that APIs accept.
        ...(token.clientId !== clientId && { aud: clientId }),
      })
        .setProtectedHeader({ alg: 'RS256', kid: key.keyId, typ: 'JWT' })
        .setSubject(user.subject)
        .setIssuer(issuer)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + ACCESS_TOKEN_SECONDS)
        .setJti(token.jti)
        .sign(key.privateKey);
    },
    async idOf(jwt) {
      try {
        const options = { issuer, algorithms: ['RS256'] };
        const { payload } = await jwtVerify(jwt, key.publicJwk, options);
        return payload['token_use'] === 'access' ? payload.jti : undefined;
      } catch {
        return undefined;
      }
    },
  };
}
