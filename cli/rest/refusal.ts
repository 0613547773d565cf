import { CommandFailure } from '../failures.ts';
import { oneLine } from '../output/table.ts';
import { ErrorAnswer } from './answers.ts';
import type { HttpAnswer } from './http.ts';

/** What an answer that is no success tells the user: its description, and a line for each bad field. */
export function refusalOf(
  { status, json, text, headers }: HttpAnswer,
  { url, isAnonymous }: { readonly url: string; readonly isAnonymous: boolean },
): CommandFailure {
  if (status === 401 && !isAnonymous) {
    return new CommandFailure(
      'notSignedIn',
      'The server does not accept the access token: it may have expired.',
      ['Run keybound login, or set KEYBOUND_TOKEN to another token.'],
    );
  }
  if (json === undefined && text.trim() !== '') return foreignAnswer(status, headers, url);
  const entity = ErrorAnswer.safeParse(json).data ?? {};
  const sentence = entity.description ?? entity.message ?? 'The server gave no reason.';
  return new CommandFailure('failed', `${oneLine(sentence)} (${status})`, [
    ...(entity.error ?? []).map(({ message }) => oneLine(message)),
    ...hintsFor(status, headers),
  ]);
}

/** An answer that is none of the management API's: of a proxy, a load balancer, or another site. It is not repeated. */
export function foreignAnswer(status: number, headers: Headers, url: string): CommandFailure {
  const type = /^[\w.+-]+\/[\w.+-]+/.exec(headers.get('content-type') ?? '')?.[0] ?? 'something else';
  return new CommandFailure(
    status >= 502 && status <= 504 ? 'network' : 'failed',
    `${new URL(url).origin} answered ${status} with ${type} instead of JSON.`,
    [
      status >= 500
        ? 'A proxy in front of the management API could not reach it. Try again shortly.'
        : 'Is --url (or KEYBOUND_URL) the address of the management API?',
    ],
  );
}

function hintsFor(status: number, headers: Headers): readonly string[] {
  const retryAfter = headers.get('retry-after');
  if (status === 412) return ['Somebody else changed it at the same time. Run the command again.'];
  if (status >= 300 && status < 400) return ['Is --url the address of the management API?'];
  return retryAfter !== null && /^\d+$/.test(retryAfter) ? [`Try again in ${retryAfter} s.`] : [];
}
