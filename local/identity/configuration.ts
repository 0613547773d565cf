import { DEVICE_CODE_GRANT } from './answer-token-request.ts';
import { SCOPES } from './scopes.ts';

/** The issuer's discovery document (OpenID Connect Discovery 1.0; RFC 8414; RFC 8628, section 4). */
export function configurationOf(issuer: string): object {
  return {
    issuer,
    authorization_endpoint: `${issuer}/oauth2/authorize`,
    device_authorization_endpoint: `${issuer}/oauth2/device_authorization`,
    token_endpoint: `${issuer}/oauth2/token`,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ['code'],
    grant_types_supported: [
      'authorization_code',
      'client_credentials',
      'password',
      'refresh_token',
      DEVICE_CODE_GRANT,
    ],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['none', 'client_secret_basic', 'client_secret_post'],
    id_token_signing_alg_values_supported: ['RS256'],
    subject_types_supported: ['public'],
    scopes_supported: SCOPES,
  };
}
