import { timingSafeEqual } from 'node:crypto';
import { MACHINE_CLIENT } from './demo-users.ts';
import type { Form } from './form.ts';

/** The grant of a device that shows its user a code (RFC 8628). */
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';

/** The grants of the public client, which signs users in. */
export const USER_GRANTS = ['authorization_code', DEVICE_CODE_GRANT, 'password', 'refresh_token'] as const;

/** The client that a request names, or why its credentials are refused. */
export type IdentifiedClient = { readonly clientId: string } | { readonly refusal: string };

/**
 * Finds out which client asks for tokens (RFC 6749, section 2.3.1). A request that names no client comes from the public
 * client.
 * @param authorization the Authorization header.
 */
export function identifyClient(
  publicClientId: string,
  form: Form,
  authorization: string | undefined,
): IdentifiedClient {
  const given = readCredentials(form, authorization);
  if (given === undefined) return { refusal: 'The client credentials cannot be understood' };
  if (form.get('grant_type') === 'client_credentials') {
    return given.clientId === MACHINE_CLIENT.username && isMachineSecret(given.secret)
      ? { clientId: MACHINE_CLIENT.username }
      : { refusal: 'Incorrect client_id or client_secret' };
  }
  return (given.clientId ?? publicClientId) === publicClientId
    ? { clientId: publicClientId }
    : { refusal: `The client_id is ${publicClientId}` };
}

interface Credentials {
  readonly clientId: string | undefined;
  readonly secret: string | undefined;
}

/** @returns undefined when they are given in both ways, or in a header that cannot be understood. */
function readCredentials(form: Form, authorization: string | undefined): Credentials | undefined {
  if (authorization === undefined) {
    return { clientId: form.get('client_id'), secret: form.get('client_secret') };
  }
  const encoded = /^Basic +([\w+/]+={0,2})$/i.exec(authorization)?.[1];
  if (encoded === undefined || form.has('client_secret')) return undefined;
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  const clientId = id === undefined ? undefined : decodeFormText(id);
  if (clientId === undefined || (form.get('client_id') ?? clientId) !== clientId) return undefined;
  return { clientId, secret: secret === undefined ? undefined : decodeFormText(secret) };
}

function isMachineSecret(secret: string | undefined): boolean {
  const wanted = Buffer.from(MACHINE_CLIENT.username);
  const given = Buffer.from(secret ?? '');
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}

function decodeFormText(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
