import { z } from 'zod';
import { formatMoment } from '../output/moments.ts';
import type { Column } from '../output/table.ts';
import { parseJson } from '../parsing/parse-json.ts';

/** What an access token says of its user. */
export interface Claims {
  readonly user: string;
  readonly issuer?: string;
  readonly roles: readonly string[];
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
}

const names = z.array(z.string()).catch([]);
const Payload = z.object({
  sub: z.string().optional(),
  username: z.string().optional(),
  preferred_username: z.string().optional(),
  iss: z.string().optional(),
  exp: z.number().optional(),
  'cognito:groups': names.optional(),
  groups: names.optional(),
  roles: names.optional(),
});

/** Reads a token for display only: the server is who verifies it. */
export function readClaims(token: string): Claims {
  const payload = Payload.safeParse(decodePayload(token)).data ?? {};
  const { sub, username, preferred_username: preferred, iss: issuer, exp } = payload;
  return {
    user: username ?? preferred ?? sub ?? 'somebody whom the token does not name',
    roles: payload['cognito:groups'] ?? payload.groups ?? payload.roles ?? [],
    ...(issuer !== undefined && { issuer }),
    ...(exp !== undefined && { expiresAt: exp * 1000 }),
  };
}

export const CLAIM_COLUMNS: readonly Column<Claims & { readonly url: string; readonly source: string }>[] = [
  { title: 'User', value: ({ user }) => user },
  { title: 'Roles', value: ({ roles }) => (roles.length === 0 ? '-' : roles.join(', ')) },
  { title: 'At', value: ({ url }) => url },
  { title: 'Issuer', value: ({ issuer }) => issuer ?? '-' },
  { title: 'Token of', value: ({ source }) => source },
  { title: 'Expires', value: ({ expiresAt }) => formatMoment(expiresAt) },
];

function decodePayload(token: string): unknown {
  return parseJson(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
}
