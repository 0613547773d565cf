import type { IncomingMessage, ServerResponse } from 'node:http';
import { openIssuer, type IssuerOptions } from './issuer.ts';
import { isLoopbackUrl } from './loopback-url.ts';
import { answerRequest } from './answer-request.ts';

/** An OpenID Connect issuer, in the place of a Cognito user pool. */
export interface IdentityProvider {
  /** Whether a path is the issuer's. */
  serves(path: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

/** Starts to load the issuer; the first request waits for it. */
export function createIdentityProvider(options: IssuerOptions): IdentityProvider {
  const opening = openIssuer(options);
  // Whoever asks first learns why it cannot be opened.
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
  if (origin !== undefined && isLoopbackUrl(origin))
    response.setHeader('access-control-allow-origin', origin);
}
