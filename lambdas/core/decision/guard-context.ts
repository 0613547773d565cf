/**
 * Who answers for a refused call, and how.
 * - `plain`: API Gateway, with its own fixed bodies, and 401 or 403 only.
 * - `detailed`: the guard around the backend, with the body of WSO2 API Manager: flat, its code a text.
 * - `detailed-fault`: the guard, with the body of WSO2 Microgateway: within `fault`, its code a number.
 */
export type RefusalStyle = 'plain' | DetailedStyle;

export const DETAILED_STYLES = ['detailed', 'detailed-fault'] as const;
export type DetailedStyle = (typeof DETAILED_STYLES)[number];

/** What the stage variable says; any other text is `plain`, with which API Gateway itself stops a refused call. */
export function readRefusalStyle(text: string | undefined): RefusalStyle {
  return DETAILED_STYLES.find((style) => style === text) ?? 'plain';
}

/** Values of the header fields `RateLimit` and `RateLimit-Policy`; absent where nothing limits. */
export interface RateLimitFields {
  readonly rateLimit?: string;
  readonly rateLimitPolicy?: string;
}

/** What the authorizer tells the guard of an allowed call, beside the `Grant`. */
export interface AllowedContext extends RateLimitFields {
  readonly decision: 'allow';
}

/**
 * What the authorizer tells the guard of a refused call, for API Gateway lets it pass. All that the guard answers is
 * here: it is bundled with a backend, and may be older than the authorizer. Every value is a text.
 */
export interface RefusedContext extends RateLimitFields {
  readonly decision: 'refuse';
  readonly style: DetailedStyle;
  readonly reason: string;
  readonly status: string;
  readonly code: string;
  readonly message: string;
  readonly description: string;
  /** Value of `WWW-Authenticate`, with status 401. */
  readonly challenge?: string;
  /** When the next window begins, in seconds since the epoch; with a reached limit. */
  readonly nextAccess?: string;
}

/** The fields of both, by name. */
export const GUARD_FIELDS = [
  'decision',
  'rateLimit',
  'rateLimitPolicy',
  'style',
  'reason',
  'status',
  'code',
  'message',
  'description',
  'challenge',
  'nextAccess',
] as const satisfies readonly (keyof AllowedContext | keyof RefusedContext)[];
