import { CommandFailure } from '../failures.ts';
import type { Http } from '../rest/http.ts';
import type { Settings } from '../settings.ts';
import type { Session, SessionStore } from './sessions.ts';
import { askForTokens, NO_REASON, type Tokens } from './token-endpoint.ts';

/** A token is renewed when it has less than this to live. */
const MARGIN_MILLISECONDS = 30_000;

export interface AccessTokenOptions {
  readonly settings: Settings;
  readonly sessions: SessionStore;
  readonly http: Http;
  readonly now: () => number;
}

/**
 * The token of the environment, or that of the session, renewed when it is about to expire.
 * @throws CommandFailure `notSignedIn` when there is none that holds.
 */
export async function accessToken({ settings, sessions, http, now }: AccessTokenOptions): Promise<string> {
  const { url, token } = settings;
  if (token !== undefined) return token;
  const session = sessions.read(url);
  if (session === undefined) throw notSignedIn(`You are not signed in at ${url}.`);
  if (session.expiresAt - MARGIN_MILLISECONDS > now()) return session.accessToken;
  if (session.refreshToken === undefined) throw notSignedIn(`Your session at ${url} has ended.`);
  const form = {
    grant_type: 'refresh_token',
    client_id: session.clientId,
    refresh_token: session.refreshToken,
  };
  const answer = await askForTokens(http, session.tokenEndpoint, form);
  if ('error' in answer) {
    if (answer.error !== NO_REASON) throw notSignedIn(`Your session at ${url} has ended.`);
    const { origin } = new URL(session.tokenEndpoint);
    throw new CommandFailure('network', `${origin} did not answer whether your session can be renewed.`, [
      'Try again shortly, or sign in again with keybound login.',
    ]);
  }
  sessions.write(url, { ...session, ...tokensOf(answer, now()) });
  return answer.access_token;
}

/** What a session keeps of a token response; an issuer that sends no new refresh token lets the old one be used on. */
export function tokensOf(
  tokens: Tokens,
  now: number,
): Pick<Session, 'accessToken' | 'expiresAt' | 'refreshToken'> {
  return {
    accessToken: tokens.access_token,
    expiresAt: now + tokens.expires_in * 1000,
    ...(tokens.refresh_token !== undefined && { refreshToken: tokens.refresh_token }),
  };
}

function notSignedIn(message: string): CommandFailure {
  return new CommandFailure('notSignedIn', message, ['Run keybound login, or set KEYBOUND_TOKEN.']);
}
