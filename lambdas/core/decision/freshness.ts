export const FRESHNESS_MODES = ['strict', 'bounded', 'gateway'] as const;

/**
 * How old may be what a call is decided by, one choice an API.
 * - `strict`: nothing is remembered of a key; each call is decided by one strongly consistent read.
 * - `bounded`: an authorizer instance may decide by what it read of a key up to `seconds` ago. Restrictions, expiry
 *   and limits are looked at for each call.
 * - `gateway`: API Gateway repeats a decision for the same key and client address up to `ttlSeconds`; its cache is
 *   reset when a change could turn a decision over.
 */
export type Freshness =
  | { readonly mode: 'strict' }
  | { readonly mode: 'bounded'; readonly seconds: number }
  | { readonly mode: 'gateway'; readonly ttlSeconds: number };

/** Longest time, in seconds, for which an instance may rely on what it read of a key. */
export const LONGEST_BOUND_SECONDS = 300;
/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html */
export const LONGEST_RESULT_TTL_SECONDS = 3_600;

/** The longest that the authorizer works on one decision. */
export const AUTHORIZER_TIMEOUT_SECONDS = 5;
/** The longest that an instance of it relies on what it read of an API or a policy. */
export const LONGEST_MEMORY_SECONDS = 5;
/**
 * How long after a change API Gateway may still be handed a decision that was made before it: of an instance that had
 * just read what it remembers, and took all its time; and a second for the way, and for clocks that differ.
 */
export const LATE_DECISION_SECONDS = LONGEST_MEMORY_SECONDS + AUTHORIZER_TIMEOUT_SECONDS + 1;

/** The modes as text, for stage variables and the table: `strict`, `bounded:30`, `gateway:300`. */
export function formatFreshness(freshness: Freshness): string {
  switch (freshness.mode) {
    case 'strict':
      return 'strict';
    case 'bounded':
      return `bounded:${freshness.seconds}`;
    case 'gateway':
      return `gateway:${freshness.ttlSeconds}`;
  }
}

/** Reads the output of `formatFreshness`. Anything else is `strict`: an unreadable text must not make a decision staler. */
export function readFreshness(text: string | undefined): Freshness {
  const [, mode, digits] = /^(bounded|gateway):([1-9]\d{0,3})$/.exec(text ?? '') ?? [];
  const seconds = Number(digits);
  if (mode === 'bounded' && seconds <= LONGEST_BOUND_SECONDS) return { mode, seconds };
  if (mode === 'gateway' && seconds <= LONGEST_RESULT_TTL_SECONDS) return { mode, ttlSeconds: seconds };
  return { mode: 'strict' };
}
