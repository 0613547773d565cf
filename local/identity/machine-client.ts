import { timingSafeEqual } from 'node:crypto';
import { stableUuid } from '../assembly/physical-names.ts';
import type { DemoUser } from './demo-users.ts';
import type { Form } from './form.ts';

/** The one client of this machine that signs in by itself. Its secret is its name: no secret, it protects nothing. */
export const MACHINE_CLIENT: DemoUser = {
  username: 'keybound-machine',
  subject: stableUuid('demo-client/keybound-machine'),
  groups: ['developer'],
};

/** Who a client says that it is. */
export interface ClientCredentials {
  readonly clientId: string | undefined;
  readonly secret: string | undefined;
}

/**
 * Reads a client's credentials from the Authorization header or from the form (RFC 6749, section 2.3.1).
 * @returns undefined when they are given in both ways, or in a header that cannot be understood.
 */
export function readClientCredentials(
  form: Form,
  authorization: string | undefined,
): ClientCredentials | undefined {
  if (authorization === undefined)
    return { clientId: form.get('client_id'), secret: form.get('client_secret') };
  const encoded = /^Basic +([\w+/]+={0,2})$/i.exec(authorization)?.[1];
  if (encoded === undefined || form.has('client_secret')) return undefined;
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('utf8')) ?? [];
  const clientId = id === undefined ? undefined : decodeFormText(id);
  if (clientId === undefined || (form.get('client_id') ?? clientId) !== clientId) return undefined;
  return { clientId, secret: secret === undefined ? undefined : decodeFormText(secret) };
}

export function isMachineClient({ clientId, secret }: ClientCredentials): boolean {
  const wanted = Buffer.from(MACHINE_CLIENT.username);
  const given = Buffer.from(secret ?? '');
  return (
    clientId === MACHINE_CLIENT.username && given.length === wanted.length && timingSafeEqual(given, wanted)
  );
}

function decodeFormText(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return undefined;
  }
}
