/**
 * Why a call is refused: a closed list. Each reason knows the status that the API's consumer should see, the
 * code and message that WSO2 API Manager gives for it, and a sentence that tells the consumer what to change.
 *
 * `status` is the exact answer. An authorizer of an HTTP API can only produce 401 and 403, so that 404, 429 and 503
 * reach the consumer as 403 unless the backend's guard answers for it.
 */
export interface Refusal {
  readonly status: 401 | 403 | 404 | 429 | 503;
  readonly code: string;
  readonly message: string;
  readonly description: string;
  /** After how long it makes sense to try again, where that is known beforehand. */
  readonly retryAfterSeconds?: number;
}

const invalidCredentials = { status: 401, code: '900901', message: 'Invalid Credentials' } as const;
const forbidden = { status: 403, code: '900908', message: 'Resource forbidden' } as const;
const throttled = { status: 429, message: 'Message throttled out' } as const;
const unavailable = {
  status: 503,
  code: '503',
  message: 'Service Unavailable',
  retryAfterSeconds: 1,
} as const;

export const REFUSALS = {
  credential_missing: {
    status: 401,
    code: '900902',
    message: 'Missing Credentials',
    description: 'Send the API key in the header or the query parameter of this API.',
  },
  credential_malformed: {
    ...invalidCredentials,
    description: 'The value is not an API key: its form or its checksum is wrong. Copy the whole key.',
  },
  key_unknown: { ...invalidCredentials, description: 'No such API key exists.' },
  key_revoked: { ...invalidCredentials, description: 'The API key has been revoked. Generate a new one.' },
  key_regenerated: {
    ...invalidCredentials,
    description: 'The API key has been regenerated. Use the value that replaced this one.',
  },
  key_suspended: { ...forbidden, description: 'The API key is suspended. Its owner can resume it.' },
  key_expired: { ...invalidCredentials, description: 'The API key has expired. Regenerate it.' },
  api_mismatch: { ...forbidden, description: 'The API key was generated for another API.' },
  environment_mismatch: {
    ...forbidden,
    description: 'A PRODUCTION key opens only the production environment, a SANDBOX key only the sandbox.',
  },
  api_unknown: { ...forbidden, description: 'The API is not registered.' },
  path_forbidden: {
    ...forbidden,
    description:
      'The path has a segment or a character that Keybound does not pass to the backend: dot segments, encoded slashes, backslashes, control characters.',
  },
  api_unpublished: { ...forbidden, description: 'The API has not been published yet.' },
  api_blocked: {
    status: 503,
    code: '700700',
    message: 'API blocked',
    description: 'The API has been blocked by its publisher. Try again later.',
  },
  api_retired: { status: 404, code: '404', message: 'Not Found', description: 'The API has been retired.' },
  application_missing: {
    ...forbidden,
    description: 'Associate the API key with an application that subscribes to this API.',
  },
  subscription_missing: {
    ...forbidden,
    description: 'The application of this API key has no subscription to this API.',
  },
  subscription_blocked: { ...forbidden, description: 'The subscription has been blocked.' },
  subscription_production_blocked: {
    ...forbidden,
    description: 'The subscription has been blocked for production. Sandbox keys keep working.',
  },
  subscription_on_hold: { ...forbidden, description: 'The subscription awaits approval.' },
  subscription_rejected: { ...forbidden, description: 'The subscription has been rejected.' },
  address_unknown: {
    ...forbidden,
    description: 'The API key is restricted to IP addresses, and the address of this client is unknown.',
  },
  address_forbidden: {
    ...forbidden,
    description: 'The API key cannot be used from this IP address.',
  },
  referrer_missing: {
    ...forbidden,
    description: 'The API key is restricted to referrers, and the request has no Referer header.',
  },
  referrer_forbidden: {
    ...forbidden,
    description: 'The API key cannot be used from this referrer.',
  },
  mode_unenforceable: {
    ...forbidden,
    description:
      'The API key has a referrer restriction or a limit. This API cannot enforce it, because its gateway caches decisions.',
  },
  application_limit: {
    ...throttled,
    code: '900803',
    description: 'The application has used up the limit of all its subscriptions together.',
  },
  subscription_limit: {
    ...throttled,
    code: '900804',
    description: 'The subscription has used up the limit of its business plan.',
  },
  burst_limit: {
    ...throttled,
    code: '900807',
    description: 'Too many calls at once: burst control stops further calls for a moment.',
  },
  limit_unknown: {
    ...unavailable,
    description: 'The limit cannot be checked at the moment. Try again shortly.',
  },
  key_overloaded: {
    ...unavailable,
    description: 'Too many calls with this API key at once: it cannot be looked up. Try again shortly.',
  },
} as const satisfies Record<string, Refusal>;

export type RefusalReason = keyof typeof REFUSALS;

const isRefusalReason = (name: string): name is RefusalReason => Object.hasOwn(REFUSALS, name);

/** All of them. */
export const REFUSAL_REASONS: readonly RefusalReason[] = Object.keys(REFUSALS).filter(isRefusalReason);
