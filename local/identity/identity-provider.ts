import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { answerRequest } from './answer-request.ts';
import { openIssuer, type IssuerOptions } from './issuer.ts';
import { isLoopbackUrl } from './loopback-url.ts';
import { NO_JOURNAL, openTokenJournal } from './token-journal.ts';

const JOURNAL_FILE = 'identity-tokens.jsonl';

/** An OpenID Connect issuer, in the place of a Cognito user pool. */
export interface IdentityProvider {
  /** Whether a path is the issuer's. */
  serves(path: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface IdentityProviderOptions extends Pick<IssuerOptions, 'issuer' | 'clientId' | 'key'> {
  /** Where sessions and refresh tokens are kept. They end with the runner when undefined. */
  readonly dataDirectory?: string | undefined;
  /** Reports a fault of the issuer. Default: nobody hears of it. */
  readonly report?: ((text: string) => void) | undefined;
}

/** Begins to open the issuer, which has a library to load; the first request waits for it. */
export function createIdentityProvider(options: IdentityProviderOptions): IdentityProvider {
  const { dataDirectory, report = () => undefined, ...rest } = options;
  const journal =
    dataDirectory === undefined ? NO_JOURNAL : openTokenJournal(join(dataDirectory, JOURNAL_FILE));
  const opening = openIssuer({ ...rest, journal, report });
  // The first request learns why it cannot be opened.
  opening.catch(() => undefined);
  return {
    serves: (path) => /^\/(oauth2|\.well-known)(\/|$)/.test(path),
    async handle(request, response) {
      allowPagesOfThisMachine(request, response);
      const answer =
        request.method === 'OPTIONS'
          ? { status: 204, headers: {}, body: '' }
          : await answerRequest(await opening, request, response);
      if (answer === undefined) return;
      response.writeHead(answer.status, { ...answer.headers }).end(answer.body);
    },
  };
}

/** A single-page application on this machine signs in from its own origin; nobody else's page may. */
function allowPagesOfThisMachine({ headers: { origin } }: IncomingMessage, response: ServerResponse): void {
  response.setHeader('vary', 'origin');
  // The library lets every origin in, unless a header of this kind is there already.
  response.setHeader('access-control-allow-headers', 'authorization, content-type');
  response.setHeader('access-control-allow-methods', 'GET, POST');
  if (origin !== undefined && isLoopbackUrl(origin)) {
    response.setHeader('access-control-allow-origin', origin);
  }
}
