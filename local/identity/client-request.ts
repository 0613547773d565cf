import { identifyClient } from './clients.ts';
import { MACHINE_CLIENT } from './demo-users.ts';
import type { Form } from './form.ts';
import { json, type HttpAnswer } from './http-answer.ts';
import { oauthError } from './read-request.ts';
import { grantScopes } from './scopes.ts';

/**
 * The form of a client as the library wants it: with the client's name, and without credentials of a client that has none.
 * @param authorization the Authorization header.
 * @returns an answer when the client, or what it asks for, is refused.
 */
export function clientForm(
  publicClientId: string,
  form: Form,
  authorization: string | undefined,
): Form | { readonly refusal: HttpAnswer } {
  const client = identifyClient(publicClientId, form, authorization);
  if ('refusal' in client) return { refusal: refuseClient(client.refusal, authorization !== undefined) };
  const { clientId } = client;
  const named = new Map(form).set('client_id', clientId);
  if (clientId !== MACHINE_CLIENT.username) {
    named.delete('client_secret');
    return named;
  }
  const scope = grantScopes(MACHINE_CLIENT, form.get('scope'), { isUser: false });
  return scope === ''
    ? { refusal: oauthError('invalid_scope', 'The client has none of these scopes') }
    : named.set('client_secret', MACHINE_CLIENT.username).set('scope', scope);
}

function refuseClient(error_description: string, hasHeader: boolean): HttpAnswer {
  const body = { error: 'invalid_client', error_description };
  return hasHeader ? json(401, body, { 'www-authenticate': 'Basic realm="keybound"' }) : json(400, body);
}
