import { z } from 'zod';
import { CommandFailure } from '../failures.ts';
import type { Http } from '../rest/http.ts';
import { isPrivate } from '../settings.ts';

const endpoint = z.string().refine(isPrivate, 'must be an https URL');

const Configuration = z.object({
  issuer: z.string(),
  token_endpoint: endpoint,
  authorization_endpoint: endpoint.optional(),
  device_authorization_endpoint: endpoint.optional(),
  revocation_endpoint: endpoint.optional(),
});
export type Configuration = z.infer<typeof Configuration>;

/** Reads where an issuer has its endpoints (OpenID Connect Discovery 1.0, section 4). */
export async function discover(http: Http, issuer: string): Promise<Configuration> {
  const url = `${issuer}/.well-known/openid-configuration`;
  const { status, json } = await http({ method: 'GET', url });
  const configuration = Configuration.safeParse(json).data;
  if (status !== 200 || configuration === undefined) {
    throw new CommandFailure(
      'failed',
      `${issuer} does not describe itself as an issuer of tokens (${status}).`,
      ['Set --issuer or KEYBOUND_ISSUER: the stack has it as its output Issuer.'],
    );
  }
  // An answer in another's name could send the user, or a secret, to an impostor.
  if (configuration.issuer.replace(/\/+$/, '') !== issuer) {
    throw new CommandFailure(
      'failed',
      `${issuer} answers in the name of another issuer, ${configuration.issuer}.`,
    );
  }
  return configuration;
}
