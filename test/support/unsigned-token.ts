/**
 * The token that API Gateway would have verified to hand over these claims: an access token, unless the claims say
 * otherwise. A list of theirs, `[a b]`, is a list again.
 */
export function unsignedToken(
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = { alg: 'RS256', typ: 'JWT' },
): string {
  const payload = Object.entries({ token_use: 'access', ...claims }).map(([name, value]) => [
    name,
    typeof value === 'string' && /^\[.*\]$/s.test(value) ? value.slice(1, -1).split(' ') : value,
  ]);
  return [header, Object.fromEntries(payload), 'signature']
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
}
