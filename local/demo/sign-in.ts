import { z } from 'zod';
import type { HttpClient } from './http-client.ts';

const Tokens = z.object({ access_token: z.string() });

/**
 * Gets an access token for a demo user, whose password is the user's name.
 * @throws Error when the runner does not know the user.
 */
export async function signIn(http: HttpClient, managementUrl: string, user: string): Promise<string> {
  const answer = await http.send({
    method: 'POST',
    url: `${managementUrl}/oauth2/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ grant_type: 'password', username: user, password: user }).toString(),
  });
  if (answer.status !== 200) throw new Error(`${user} could not sign in: ${answer.status} ${answer.text}`);
  return Tokens.parse(answer.json).access_token;
}
