import type { IncomingMessage, ServerResponse } from 'node:http';
import { answerDeviceRequest } from './answer-device-request.ts';
import { answerTokenRequest } from './answer-token-request.ts';
import { createAuthorizationCodes } from './authorization-codes.ts';
import {
  isLoopbackUrl,
  readAuthorizationRequest,
  redirectWith,
  type AuthorizationRequest,
} from './authorization-request.ts';
import { configurationOf } from './configuration.ts';
import { authenticate } from './demo-users.ts';
import { createDeviceAuthorizations } from './device-authorizations.ts';
import { answerDevicePage, showDevicePage } from './device-page.ts';
import { parseForm, type Form } from './form.ts';
import { html, json, redirect, type HttpAnswer } from './http-answer.ts';
import { createTokenIssuer } from './issue-tokens.ts';
import { loginPage, refusalPage } from './login-page.ts';
import { readBody } from './read-body.ts';
import { grantScopes } from './scopes.ts';
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

export function createIdentityProvider({
  issuer,
  clientId,
  key,
  now,
}: IdentityProviderOptions): IdentityProvider {
  const codes = createAuthorizationCodes(now);
  const devices = createDeviceAuthorizations(now);
  const tokenEndpoint = { clientId, codes, devices, issuer: createTokenIssuer({ issuer, key, now }) };

  const authorize = (method: string, form: Form): HttpAnswer => {
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

  const token = async (form: Form, authorization: string | undefined): Promise<HttpAnswer> => {
    const answer = await answerTokenRequest(tokenEndpoint, form, authorization);
    if (!('error' in answer)) return json(200, answer);
    return answer.error === 'invalid_client' && authorization !== undefined
      ? json(401, answer, { 'www-authenticate': 'Basic realm="keybound"' })
      : json(400, answer);
  };

  const answer = async (request: IncomingMessage): Promise<HttpAnswer> => {
    const { pathname, search } = new URL(request.url ?? '/', issuer);
    const method = request.method ?? 'GET';
    const route = `${method} ${pathname}`;
    switch (route) {
      case 'GET /.well-known/openid-configuration':
        return json(200, configurationOf(issuer));
      case 'GET /.well-known/jwks.json':
        return json(200, { keys: [key.publicJwk] });
      case 'GET /oauth2/authorize':
        return toPage(readQuery(search), (form) => authorize(method, form));
      case 'POST /oauth2/authorize':
        return toPage(await readForm(request), (form) => authorize(method, form));
      case 'GET /oauth2/device':
        return toPage(readQuery(search), showDevicePage);
      case 'POST /oauth2/device':
        return toPage(await readForm(request), (form) => answerDevicePage(form, devices));
      case 'POST /oauth2/device_authorization':
        return toClient(await readForm(request), (form) =>
          answerDeviceRequest({ issuer, clientId, devices }, form),
        );
      case 'POST /oauth2/token':
        return toClient(await readForm(request), (form) => token(form, request.headers.authorization));
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

/** @returns what is wrong, as a sentence without full stop, when it cannot be read. */
function readQuery(search: string): Form | string {
  return parseForm(search) ?? 'A parameter is repeated';
}

async function readForm(request: IncomingMessage): Promise<Form | string> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded')
    return 'The content type must be application/x-www-form-urlencoded';
  const body = await readBody(request);
  if (body === undefined) return 'The body is too large';
  return readQuery(body);
}

function toPage(form: Form | string, answer: (form: Form) => HttpAnswer): HttpAnswer {
  return typeof form === 'string' ? html(400, refusalPage(`${form}.`)) : answer(form);
}

async function toClient(
  form: Form | string,
  answer: (form: Form) => HttpAnswer | Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  return typeof form === 'string'
    ? json(400, { error: 'invalid_request', error_description: form })
    : answer(form);
}

function loginAnswer(status: number, request: AuthorizationRequest, failed: boolean): HttpAnswer {
  return html(status, loginPage(request, failed), new URL(request.redirectUri).origin);
}
