import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerTokenRequest } from './answer-token-request.ts';
import { createAuthorizationCodes } from './authorization-codes.ts';
import {
  isLoopbackUrl,
  readAuthorizationRequest,
  redirectWith,
  type AuthorizationRequest,
} from './authorization-request.ts';
import { authenticate } from './demo-users.ts';
import { parseForm, type Form } from './form.ts';
import { createTokenIssuer } from './issue-tokens.ts';
import { loginPage, refusalPage } from './login-page.ts';
import { readBody } from './read-body.ts';
import { grantScopes, SCOPES } from './scopes.ts';
import type { SigningKey } from './signing-key.ts';

/** A small OpenID Connect issuer, in the place of a Cognito user pool. */
export interface IdentityProvider {
  /** Whether a path is the issuer's. */
  serves(path: string): boolean;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface IdentityProviderOptions {
  /** `http://localhost:9443`; endpoints are below it. */
  readonly issuer: string;
  readonly clientId: string;
  readonly key: SigningKey;
  readonly now: () => number;
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export function createIdentityProvider({
  issuer,
  clientId,
  key,
  now,
}: IdentityProviderOptions): IdentityProvider {
  const codes = createAuthorizationCodes(now);
  const tokenEndpoint = { clientId, codes, issuer: createTokenIssuer({ issuer, key, now }) };

  const authorize = (method: string, form: Form): Answer => {
    const request = readAuthorizationRequest(form, clientId);
    if ('tell' in request)
      return request.tell === 'user' ? html(400, refusalPage(request.reason)) : redirect(request.location);
    if (method === 'GET') return loginAnswer(200, request, false);
    const user = authenticate(form.get('username') ?? '', form.get('password') ?? '');
    if (user === undefined) return loginAnswer(401, request, true);
    const { redirectUri, codeChallenge, state, nonce } = request;
    const scope = grantScopes(user, request.scope);
    if (scope === '') return redirect(redirectWith(redirectUri, { error: 'invalid_scope', state }));
    const grant = { user, clientId, scope, ...(nonce === undefined ? {} : { nonce }) };
    const code = codes.create({ grant, redirectUri, codeChallenge });
    return redirect(redirectWith(redirectUri, { code, state }));
  };

  const token = async (form: Form): Promise<Answer> => {
    const answer = await answerTokenRequest(tokenEndpoint, form);
    return json('error' in answer ? 400 : 200, answer);
  };

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const { pathname, search } = new URL(request.url ?? '/', issuer);
    const method = request.method ?? 'GET';
    const route = `${method} ${pathname}`;
    switch (route) {
      case 'GET /.well-known/openid-configuration':
        return json(200, configuration(issuer));
      case 'GET /.well-known/jwks.json':
        return json(200, { keys: [key.publicJwk] });
      case 'GET /oauth2/authorize': {
        const form = parseForm(search);
        return form === undefined
          ? html(400, refusalPage('A parameter is repeated.'))
          : authorize(method, form);
      }
      case 'POST /oauth2/authorize': {
        const form = await readForm(request);
        return typeof form === 'string' ? html(400, refusalPage(form)) : authorize(method, form);
      }
      case 'POST /oauth2/token': {
        const form = await readForm(request);
        return typeof form === 'string'
          ? json(400, { error: 'invalid_request', error_description: form })
          : token(form);
      }
      default:
        return json(404, { error: 'not_found', error_description: `There is nothing at ${route}` });
    }
  };

  return {
    serves: (path) => /^\/(oauth2|\.well-known)(\/|$)/.test(path),
    async handle(request, response) {
      const origin = request.headers.origin;
      // A single-page application on this machine signs in from its own origin; nobody else's page may.
      const cors =
        origin !== undefined && isLoopbackUrl(origin)
          ? {
              'access-control-allow-origin': origin,
              vary: 'origin',
              'access-control-allow-headers': 'content-type',
            }
          : {};
      const { status, headers, body } =
        request.method === 'OPTIONS' ? { status: 204, headers: {}, body: '' } : await answer(request);
      response.writeHead(status, { ...headers, ...cors });
      response.end(body);
    },
  };
}

async function readForm(request: IncomingMessage): Promise<Form | string> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded')
    return 'The content type must be application/x-www-form-urlencoded';
  const body = await readBody(request);
  if (body === undefined) return 'The body is too large';
  return parseForm(body) ?? 'A parameter is repeated';
}

function loginAnswer(status: number, request: AuthorizationRequest, failed: boolean): Answer {
  return html(status, loginPage(request, failed), ` ${new URL(request.redirectUri).origin}`);
}

function html(status: number, body: string, formTarget = ''): Answer {
  // Browsers apply form-action to the redirect that answers the form, too.
  const policy = `default-src 'none'; style-src 'unsafe-inline'; form-action 'self'${formTarget}; frame-ancestors 'none'; base-uri 'none'`;
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
    body,
  };
}

function json(status: number, body: object): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    body: JSON.stringify(body),
  };
}

function redirect(location: string): Answer {
  return { status: 302, headers: { location, 'cache-control': 'no-store' }, body: '' };
}

function configuration(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth2/authorize`,
    token_endpoint: `${issuer}/oauth2/token`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'password', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none'],
    id_token_signing_alg_values_supported: ['RS256'],
    subject_types_supported: ['public'],
    scopes_supported: SCOPES,
  };
}
