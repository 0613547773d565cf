import type { IncomingMessage, ServerResponse } from 'node:http';
import { clientForm } from './client-request.ts';
import { answerDevicePage, showDevicePage } from './device-page.ts';
import type { Form } from './form.ts';
import { forwardedRequest, type ForwardedRequest } from './forward-request.ts';
import { json, LIBRARY_POLICY } from './http-answer.ts';
import type { Issuer } from './issuer.ts';
import { PATHS } from './paths.ts';
import { readForm, readQuery, toBrowser, toClient, type Answer } from './read-request.ts';
import { SCOPES } from './scopes.ts';
import { answerSignInPage, showSignInPage } from './sign-in-page.ts';

/**
 * Checks a request and answers it, or lets the library answer it.
 * @returns undefined when the response has its answer.
 */
export async function answerRequest(
  issuer: Issuer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer> {
  const { pathname, search } = new URL(request.url ?? '/', issuer.issuer);
  const { method = 'GET', headers } = request;
  const { accept, cookie, authorization } = headers;

  const forward = async (more: Partial<ForwardedRequest> = {}): Promise<undefined> => {
    const forwarded = { method, target: `${pathname}${search}`, accept, cookie, ...more };
    response.setHeader('content-security-policy', LIBRARY_POLICY);
    await issuer.delegate(forwardedRequest(issuer.issuer, forwarded), response);
  };
  const forwardClient = (form: Form): Answer | Promise<Answer> => {
    const checked = clientForm(issuer.clientId, form, authorization);
    return 'refusal' in checked ? checked.refusal : forward({ form: checked });
  };
  const visit = { ...issuer, request, response };

  const route = `${method} ${pathname}`;
  switch (route) {
    case `GET ${PATHS.authorize}`:
      return toBrowser(readQuery(search), (form) => {
        const query = new URLSearchParams([...new Map([['scope', SCOPES.join(' ')], ...form])]);
        return forward({ target: `${pathname}?${query.toString()}` });
      });
    case `POST ${PATHS.token}`:
    case `POST ${PATHS.deviceAuthorization}`:
      return toClient(await readForm(request), forwardClient);
    case `POST ${PATHS.revoke}`:
      return toClient(await readForm(request), async (form) => {
        const token = form.get('token') ?? '';
        const id = (await issuer.accessTokens.idOf(token)) ?? token;
        return forwardClient(new Map([...form, ['token', id]]));
      });
    case `GET ${PATHS.userInfo}`:
    case `POST ${PATHS.userInfo}`: {
      const token = /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
      const id = token === undefined ? undefined : ((await issuer.accessTokens.idOf(token)) ?? 'unknown');
      return forward({ authorization: id === undefined ? undefined : `Bearer ${id}` });
    }
    case `GET ${PATHS.device}`:
      return toBrowser(readQuery(search), showDevicePage);
    case `POST ${PATHS.device}`:
      return toBrowser(await readForm(request), (form) => answerDevicePage(issuer.provider, form));
    case `POST ${PATHS.signOut}/confirm`:
      return toBrowser(await readForm(request), (form) => forward({ form }));
    case `GET ${PATHS.signOut}`:
    case `GET ${PATHS.signOut}/success`:
    case `GET ${PATHS.keys}`:
    case 'GET /.well-known/openid-configuration':
    case 'GET /.well-known/oauth-authorization-server':
      return forward();
  }
  if (route.startsWith(`GET ${PATHS.authorize}/`)) return forward();
  if (route.startsWith(`GET ${PATHS.signIn}/`)) return showSignInPage(visit);
  if (route.startsWith(`POST ${PATHS.signIn}/`)) {
    return toBrowser(await readForm(request), (form) => answerSignInPage(visit, form));
  }
  return json(404, { error: 'not_found', error_description: `There is nothing at ${route}` });
}
