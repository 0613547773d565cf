import type { DetailedStyle } from '../../../lambdas/core/refusals/refusal-style.ts';
import type { RefusalReason } from '../../../lambdas/core/refusals/refusal.ts';

/** What a consumer is promised for each reason: status, WSO2's code and message, and what to change. By hand. */
export const EXPECTED_REFUSALS: Readonly<
  Record<RefusalReason, readonly [status: number, code: number, message: string, description: string]>
> = {
  credential_missing: [401, 900902, 'Missing Credentials', 'Send the API key in the header `apikey`.'],
  credential_malformed: [
    401,
    900901,
    'Invalid Credentials',
    'The value is not an API key: its form or its checksum is wrong. Copy the whole key.',
  ],
  key_unknown: [401, 900901, 'Invalid Credentials', 'No such API key exists.'],
  key_revoked: [401, 900901, 'Invalid Credentials', 'The API key has been revoked. Generate a new one.'],
  key_regenerated: [
    401,
    900901,
    'Invalid Credentials',
    'The API key has been regenerated. Use the value that replaced this one.',
  ],
  key_suspended: [403, 900908, 'Resource forbidden', 'The API key is suspended. Its owner can resume it.'],
  key_expired: [401, 900901, 'Invalid Credentials', 'The API key has expired. Regenerate it.'],
  api_mismatch: [403, 900908, 'Resource forbidden', 'The API key was generated for another API.'],
  environment_mismatch: [
    403,
    900908,
    'Resource forbidden',
    'A PRODUCTION key opens only the production environment, a SANDBOX key only the sandbox.',
  ],
  api_unknown: [403, 900908, 'Resource forbidden', 'The API is not registered.'],
  path_forbidden: [
    403,
    900908,
    'Resource forbidden',
    'The path has a segment or a character that Keybound does not pass to the backend: dot segments, encoded slashes, backslashes, control characters.',
  ],
  api_unpublished: [403, 900908, 'Resource forbidden', 'The API has not been published yet.'],
  api_blocked: [503, 700700, 'API blocked', 'The API has been blocked by its publisher. Try again later.'],
  api_retired: [404, 404, 'Not Found', 'The API has been retired.'],
  application_missing: [
    403,
    900908,
    'Resource forbidden',
    'Associate the API key with an application that subscribes to this API.',
  ],
  subscription_missing: [
    403,
    900908,
    'Resource forbidden',
    'The application of this API key has no subscription to this API.',
  ],
  subscription_blocked: [403, 900908, 'Resource forbidden', 'The subscription has been blocked.'],
  subscription_production_blocked: [
    403,
    900908,
    'Resource forbidden',
    'The subscription has been blocked for production. Sandbox keys keep working.',
  ],
  subscription_on_hold: [403, 900908, 'Resource forbidden', 'The subscription awaits approval.'],
  subscription_rejected: [403, 900908, 'Resource forbidden', 'The subscription has been rejected.'],
  address_unknown: [
    403,
    900908,
    'Resource forbidden',
    'The API key is restricted to IP addresses, and the address of this client is unknown.',
  ],
  address_forbidden: [403, 900908, 'Resource forbidden', 'The API key cannot be used from this IP address.'],
  referrer_missing: [
    403,
    900908,
    'Resource forbidden',
    'The API key is restricted to referrers, and the request has no Referer header.',
  ],
  referrer_forbidden: [403, 900908, 'Resource forbidden', 'The API key cannot be used from this referrer.'],
  mode_unenforceable: [
    403,
    900908,
    'Resource forbidden',
    'The API key has a referrer restriction or a limit. This API cannot enforce it, because its gateway caches decisions.',
  ],
  application_limit: [
    429,
    900803,
    'Message throttled out',
    'The application has used up the limit of all its subscriptions together.',
  ],
  subscription_limit: [
    429,
    900804,
    'Message throttled out',
    'The subscription has used up the limit of its business plan.',
  ],
  burst_limit: [
    429,
    900807,
    'Message throttled out',
    'Too many calls at once: burst control stops further calls for a moment.',
  ],
  limit_unknown: [
    503,
    503,
    'Service Unavailable',
    'The limit cannot be checked at the moment. Try again shortly.',
  ],
  key_overloaded: [
    503,
    503,
    'Service Unavailable',
    'Too many calls with this API key at once: it cannot be looked up. Try again shortly.',
  ],
};

/** What a description begins with: the text of the product whose body it is, where that has one. By hand. */
export function expectedDescription(style: DetailedStyle, reason: RefusalReason): string {
  const [, code, , advice] = EXPECTED_REFUSALS[reason];
  if (code === 900902) return `Missing Credentials. ${advice}`;
  if (code === 900901) {
    return style === 'detailed'
      ? `Invalid Credentials. Make sure you have provided the correct security credentials. ${advice}`
      : `Invalid Credentials. Make sure you have given the correct access token. ${advice}`;
  }
  return /^(?:address|referrer)_/.test(reason) ? `Access forbidden for the invocations. ${advice}` : advice;
}
