import type { DemoUser } from './demo-users.ts';

const SCOPES_OF_GROUP: Readonly<Record<string, readonly string[]>> = {
  developer: ['apim:subscribe', 'apim:app_manage', 'apim:sub_manage', 'apim:api_key'],
  publisher: ['apim:api_view', 'apim:api_publish'],
  administrator: ['apim:admin'],
};

/** Every scope that a token can have. */
export const SCOPES: readonly string[] = ['openid', ...Object.values(SCOPES_OF_GROUP).flat()];

/**
 * Of the scopes asked for those that the user may have; all of these when none were asked for. `openid` is for users
 * only: a client that signs in by itself has no identity to tell of.
 */
export function grantScopes(
  user: DemoUser,
  requested: string | undefined,
  { isUser }: { readonly isUser: boolean } = { isUser: true },
): string {
  const groups = user.groups.flatMap((group) => SCOPES_OF_GROUP[group] ?? []);
  const allowed = isUser ? ['openid', ...groups] : groups;
  const asked = (requested ?? '').split(' ').filter((scope) => scope !== '');
  return (asked.length === 0 ? allowed : allowed.filter((scope) => asked.includes(scope))).join(' ');
}
