import { z } from 'zod';
import { CommandFailure } from '../failures.ts';
import { oneLine } from '../output/table.ts';
import type { Http } from '../rest/http.ts';

const Tokens = z.object({
  access_token: z.string(),
  refresh_token: z.string().optional(),
  /** Seconds. */
  expires_in: z.number().default(3600),
});
export type Tokens = z.infer<typeof Tokens>;

const Refusal = z.object({ error: z.string(), error_description: z.string().optional() });

/** Replaces the error when the answer is not a token endpoint's, but a proxy's, say. */
export const NO_REASON = 'the issuer gave no reason';

/** What a token endpoint says no with (RFC 6749, section 5.2). */
export interface TokenRefusal {
  readonly error: string;
  readonly description: string;
}

/** Sends a form to an OAuth endpoint. */
export async function postForm(
  http: Http,
  url: string,
  form: Readonly<Record<string, string | undefined>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const given = Object.entries(form).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const { json } = await http({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json', ...headers },
    body: new URLSearchParams(given).toString(),
  });
  return json;
}

/** Asks for tokens. */
export async function askForTokens(
  http: Http,
  url: string,
  form: Readonly<Record<string, string | undefined>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Tokens | TokenRefusal> {
  const json = await postForm(http, url, form, headers);
  const tokens = Tokens.safeParse(json);
  return tokens.success ? tokens.data : tokenRefusalOf(json);
}

/** What an OAuth endpoint's answer that is not the one asked for says. */
export function tokenRefusalOf(json: unknown): TokenRefusal {
  const { error, error_description } = Refusal.safeParse(json).data ?? { error: NO_REASON };
  return { error: oneLine(error), description: oneLine(error_description ?? error) };
}

/** @throws CommandFailure `failed` for a refusal. */
export function tokensOrFailure(answer: Tokens | TokenRefusal): Tokens {
  if ('error' in answer) throw new CommandFailure('failed', `Signing in failed: ${answer.description}.`);
  return answer;
}
