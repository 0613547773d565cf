import type { KeyObject } from 'node:crypto';
import type { CompactJWSHeaderParameters } from 'jose';
import { compactVerify, decodeProtectedHeader } from 'jose';
import type { Authorization } from './authorization.ts';
import { NO_AUTHORIZER } from './authorizer-context.ts';
import type { Clock } from '../clock.ts';
import { flattenClaims } from './flatten-claims.ts';
import type { JsonObject } from '../json-value.ts';
import { isArray, isJsonObject } from '../json-value.ts';
import type { ResolveJwtKey } from './jwt-keys.ts';
import type { JwtAuthorizer } from '../model.ts';
import type { RoutedRequest } from '../receive/request-facts.ts';
import { parseSelection } from '../route/selection-expression.ts';
import { selectValue } from '../route/select-value.ts';

export interface JwtDependencies {
  readonly clock: Clock;
  readonly resolveKey: ResolveJwtKey;
}

/** API Gateway takes RSA signatures only. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512'];

/**
 * Checks the token of a request: signature by a key of the issuer, issuer, audience (`client_id` counts where a token
 * has no `aud`, as Cognito's access tokens), expiry, not-before and issue time without any leeway, and that it holds
 * at least one of the route's scopes. 401 for the token, 403 for its scopes, both with a `www-authenticate` header.
 */
export async function authorizeJwt(
  authorizer: JwtAuthorizer,
  routeScopes: readonly string[],
  request: RoutedRequest,
  dependencies: JwtDependencies,
): Promise<Authorization> {
  const token = readToken(authorizer, request);
  if (token === undefined) return refusal(401, 'Bearer');
  const challenge = `Bearer scope="${routeScopes.join(' ')}"`;
  const checked = await checkToken(token, authorizer, dependencies);
  if ('problem' in checked) {
    return refusal(
      401,
      `${challenge} error="invalid_token" error_description="${checked.problem}"`,
      checked.problem,
    );
  }
  const scopes = scopesOf(checked.claims).filter((scope) => routeScopes.includes(scope));
  if (routeScopes.length > 0 && scopes.length === 0) {
    const problem = 'the token does not have any of the required scopes';
    return refusal(403, `${challenge} error="insufficient_scope" error_description="${problem}"`, problem);
  }
  const claims = flattenClaims(checked.claims);
  return {
    outcome: 'allowed',
    context: { kind: 'jwt', claims, scopes: routeScopes.length > 0 ? scopes : null },
  };
}

type CheckedToken = { readonly claims: JsonObject } | { readonly problem: string };

async function checkToken(
  token: string,
  authorizer: JwtAuthorizer,
  { clock, resolveKey }: JwtDependencies,
): Promise<CheckedToken> {
  const header = readHeader(token);
  if (header === undefined) return { problem: 'the token is malformed' };
  if (header.alg === undefined || !ALGORITHMS.includes(header.alg)) {
    return { problem: 'the signing method of the token is invalid' };
  }
  if (header.kid === undefined) return { problem: 'the token has no key id' };
  const key = await findKey(resolveKey, authorizer.issuer, header.kid);
  if (key === 'unreachable') return { problem: 'the issuer cannot be asked for its keys' };
  if (key === undefined) return { problem: 'the key of the token is unknown' };
  const claims = await verifiedClaims(token, key);
  if (claims === undefined) return { problem: 'the signature of the token is invalid' };
  const problem = problemOfClaims(claims, authorizer, clock() / 1000);
  return problem === undefined ? { claims } : { problem };
}

async function findKey(
  resolveKey: ResolveJwtKey,
  issuer: string,
  keyId: string,
): Promise<KeyObject | undefined | 'unreachable'> {
  try {
    return await resolveKey(issuer, keyId);
  } catch {
    return 'unreachable';
  }
}

async function verifiedClaims(token: string, key: KeyObject): Promise<JsonObject | undefined> {
  try {
    const { payload } = await compactVerify(token, key, { algorithms: ALGORITHMS });
    const claims: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
    return isJsonObject(claims) ? claims : undefined;
  } catch {
    return undefined;
  }
}

function problemOfClaims(
  claims: JsonObject,
  authorizer: JwtAuthorizer,
  nowSeconds: number,
): string | undefined {
  const { iss, exp, nbf, iat, aud, client_id: clientId } = claims;
  if (iss !== authorizer.issuer) return 'the token has an invalid issuer';
  const audiences = aud === undefined ? [clientId] : isArray(aud) ? aud : [aud];
  if (!audiences.some((entry) => typeof entry === 'string' && authorizer.audience.includes(entry))) {
    return 'the token does not have a valid audience';
  }
  if (typeof exp !== 'number' || exp <= nowSeconds) return 'the token has expired';
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > nowSeconds)) return 'the token is not valid yet';
  if (iat !== undefined && (typeof iat !== 'number' || iat > nowSeconds)) {
    return 'the token was issued in the future';
  }
  return undefined;
}

function readToken(authorizer: JwtAuthorizer, request: RoutedRequest): string | undefined {
  const selection = parseSelection(authorizer.identitySource);
  if (selection === undefined) return undefined;
  const value = selectValue(selection, {
    request,
    routeKey: request.route.routeKey,
    authorizer: NO_AUTHORIZER,
    pathParameters: request.pathParameters,
  });
  return value?.replace(/^Bearer +/i, '').trim();
}

function readHeader(token: string): Partial<CompactJWSHeaderParameters> | undefined {
  try {
    return decodeProtectedHeader(token);
  } catch {
    return undefined;
  }
}

// `scope` is a space-separated text (RFC 6749), `scp` a text or a list.
function scopesOf(claims: JsonObject): readonly string[] {
  return [claims['scope'], claims['scp']].flatMap((claim) => {
    if (typeof claim === 'string') return claim.split(' ').filter((scope) => scope !== '');
    return isArray(claim) ? claim.filter((scope) => typeof scope === 'string') : [];
  });
}

function refusal(status: 401 | 403, challenge: string, error?: string): Authorization {
  return {
    outcome: 'refused',
    status,
    headers: [['www-authenticate', challenge]],
    ...(error === undefined ? {} : { error }),
  };
}
