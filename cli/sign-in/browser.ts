import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { errorCode } from '../error-code.ts';
import { CommandFailure, usageFailure } from '../failures.ts';
import { oneLine } from '../output/table.ts';
import type { SignIn } from './sign-in.ts';
import { askForTokens, tokensOrFailure } from './token-endpoint.ts';

/** The user has this long to sign in. */
const PATIENCE_MILLISECONDS = 600_000;

/**
 * Signs in with this machine's browser: authorization code with PKCE, sent back to a port of this machine (RFC 8252).
 * @param port where the issuer may send the browser back to: `http://localhost:<port>/`. 0 for any free one.
 */
export function signInByBrowser(port: number): SignIn {
  return async ({ http, configuration, clientId, scope, terminal }) => {
    const { authorization_endpoint: endpoint, token_endpoint: tokenEndpoint } = configuration;
    if (endpoint === undefined) throw usageFailure('This issuer does not sign users in with a browser.');
    const verifier = randomBytes(32).toString('base64url');
    const state = randomBytes(16).toString('base64url');
    await using listener = await listenForCode(port, state);
    const address = new URL(endpoint);
    const query = {
      response_type: 'code',
      client_id: clientId,
      redirect_uri: listener.redirectUri,
      state,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
      ...(scope !== undefined && { scope }),
    };
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
    terminal.note(`Open this address in the browser of this machine:\n${address.href}\nWaiting …`);
    const code = await listener.code;
    const form = { grant_type: 'authorization_code', client_id: clientId, code };
    const redirect = { redirect_uri: listener.redirectUri, code_verifier: verifier };
    return tokensOrFailure(await askForTokens(http, tokenEndpoint, { ...form, ...redirect }));
  };
}

const HERE = 'http://localhost';

async function listenForCode(port: number, state: string) {
  let resolve: (code: string) => void = () => undefined;
  let reject: (reason: Error) => void = () => undefined;
  const promise = new Promise<string>((...settlers) => {
    [resolve, reject] = settlers;
  });
  // Nobody may be waiting yet when it fails.
  promise.catch(() => undefined);
  const server = createServer((request, response) => {
    // Anybody on this machine can send anything here, what is no URL as well.
    const target = request.url ?? '/';
    const sent = URL.canParse(target, HERE) ? new URL(target, HERE).searchParams : undefined;
    const code = sent?.get('code') ?? null;
    const isOurs = sent?.get('state') === state;
    const text = isOurs && code !== null ? 'You are signed in. Close this page.' : 'You are not signed in.';
    response
      .writeHead(isOurs ? 200 : 400, { 'content-type': 'text/plain', connection: 'close' })
      .end(`${text}\n`);
    if (!isOurs) return;
    if (code !== null) {
      resolve(code);
    } else {
      reject(new CommandFailure('failed', `Signing in failed: ${oneLine(sent.get('error') ?? 'no code')}.`));
    }
  });
  server.listen(port, 'localhost');
  await once(server, 'listening').catch((error: unknown) => {
    const code = errorCode(error) ?? 'unknown';
    const reason = code === 'EADDRINUSE' ? 'is in use' : `cannot be used (${code})`;
    throw new CommandFailure('failed', `Port ${port} of this machine ${reason}. Choose another with --port.`);
  });
  const timer = setTimeout(
    () => reject(new CommandFailure('failed', 'Signing in failed: nobody signed in within ten minutes.')),
    PATIENCE_MILLISECONDS,
  );
  const address = server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  return {
    redirectUri: `http://localhost:${actual}/`,
    code: promise,
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      server.close();
      await once(server, 'close');
    },
  };
}
