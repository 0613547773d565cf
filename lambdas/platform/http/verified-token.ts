import type { APIGatewayProxyEventV2WithJWTAuthorizer } from 'aws-lambda';
import { z } from 'zod';
import { parseJson } from '../parse-json.ts';

/** A route without its authorizer would not have them, whatever the event's type promises. */
const Verified = z.object({
  authorizer: z.object({ jwt: z.object({ claims: z.record(z.string(), z.unknown()) }) }),
});
const JsonObject = z.record(z.string(), z.unknown());
const BEARER = /^(?:bearer +)?(?<header>[\w-]+)\.(?<payload>[\w-]+)\.[\w-]+$/i;

/** The claims of a token whose signature, issuer, audience and times API Gateway has checked. */
export interface VerifiedToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Record<string, unknown>>;
}

/**
 * Reads the token that API Gateway's JWT authorizer has verified, from the header where it stands: the claims that API
 * Gateway hands over are texts, and of a list it makes one text with spaces, in which one name with spaces and several
 * names look the same.
 * @returns undefined without claims of the authorizer, and when the header's token is not the one that they are of.
 */
export function readVerifiedToken({
  requestContext,
  headers,
}: Pick<APIGatewayProxyEventV2WithJWTAuthorizer, 'requestContext' | 'headers'>): VerifiedToken | undefined {
  const verified = Verified.safeParse(requestContext);
  const parts = BEARER.exec(headers['authorization']?.trim() ?? '')?.groups;
  const header = JsonObject.safeParse(decoded(parts?.['header']));
  const claims = JsonObject.safeParse(decoded(parts?.['payload']));
  if (!verified.success || !header.success || !claims.success) return undefined;
  const { claims: known } = verified.data.authorizer.jwt;
  const isTheSame = ['sub', 'iss'].every((name) => known[name] === claims.data[name]);
  return isTheSame ? { header: header.data, claims: claims.data } : undefined;
}

function decoded(part: string | undefined): unknown {
  return part === undefined ? undefined : parseJson(Buffer.from(part, 'base64url').toString('utf8'));
}

/** Claims that are lists with spaces between the entries by their standard (RFC 8693, section 4.2). */
const SCOPE_CLAIMS: readonly string[] = ['scope', 'scp'];

/** The names in a claim: the entries of a list, or the one that a text is. What could be either is none. */
export function namesIn(claims: VerifiedToken['claims'], claim: string): readonly string[] {
  const value = claims[claim];
  if (Array.isArray(value)) {
    const entries: readonly unknown[] = value;
    return entries.filter((entry): entry is string => typeof entry === 'string' && entry !== '');
  }
  if (typeof value !== 'string' || value === '' || value.startsWith('[')) return [];
  return SCOPE_CLAIMS.includes(claim) ? value.split(' ').filter((entry) => entry !== '') : [value];
}

/** Types that say of a token in its header that it is an access token (RFC 9068, section 2.1). */
const ACCESS_TOKEN_TYPES: readonly unknown[] = ['at+jwt', 'application/at+jwt'];

/**
 * Whether a token is one for calling APIs, not one that tells an application who signed in: those are for everybody who
 * runs the application to see, and name it as their audience, too.
 * @param accessScope what every access token has among its scopes, where the issuer says it in no other way.
 */
export function isAccessToken({ header, claims }: VerifiedToken, accessScope: string | undefined): boolean {
  const scopes = SCOPE_CLAIMS.flatMap((claim) => namesIn(claims, claim));
  if (accessScope !== undefined && !scopes.includes(accessScope)) return false;
  // Amazon Cognito's claim.
  const { token_use: use } = claims;
  if (use !== undefined) return use === 'access';
  return accessScope !== undefined || ACCESS_TOKEN_TYPES.includes(lowerCase(header['typ']));
}

function lowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}
