import type { Credential } from '../../core/decision/credential.ts';
import type { Freshness } from '../../core/decision/freshness.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Log } from '../../platform/log.ts';
import { isWithin } from './remember.ts';

/** The outcome of looking up a key value. */
export type Finding =
  | {
      readonly outcome: 'answered';
      /** `undefined`: there is no such value. */
      readonly credential: Credential | undefined;
      /** Whether it was read for an earlier call. */
      readonly remembered: boolean;
    }
  /** DynamoDB throttles the item, and there is no answer that is young enough. */
  | { readonly outcome: 'overloaded' };

export type FindCredential = (digest: string, apiId: string, freshness: Freshness) => Promise<Finding>;

export interface CredentialSource {
  /** Strongly consistent. */
  readonly readCredential: (digest: string, apiId: string) => Promise<Credential | undefined>;
  /** Whether an error of it says that DynamoDB has too much to do. */
  readonly isThrottle: (error: unknown) => boolean;
  readonly clock: Clock;
  readonly log: Log;
}

/** One item answers some 3,000 strong reads a second. Past that its last answer serves for so long. */
const THROTTLED_MAX_AGE_MILLISECONDS = 1_000;
/** Most answers that are kept; past it, forgets all and starts anew. */
const REMEMBERED_CREDENTIALS = 10_000;

/**
 * Looks credentials up as fresh as the API wants them: `bounded` may be answered from the instance's memory, anything
 * else is read. Only what exists is kept.
 * @returns a function that throws what `readCredential` throws, but for throttling.
 */
export function credentialFinder({
  readCredential,
  isThrottle,
  clock,
  log,
}: CredentialSource): FindCredential {
  const known = new Map<string, { readonly credential: Credential; readonly readAt: number }>();
  return async (digest, apiId, freshness) => {
    const name = `${digest} ${apiId}`;
    const before = known.get(name);
    const now = clock();
    const age = before === undefined ? Infinity : now - before.readAt;
    const maxAge = freshness.mode === 'bounded' ? freshness.seconds * 1000 : 0;
    if (before !== undefined && isWithin(maxAge, age)) {
      return { outcome: 'answered', credential: before.credential, remembered: true };
    }
    try {
      const credential = await readCredential(digest, apiId);
      if (credential === undefined) {
        known.delete(name);
      } else {
        if (known.size >= REMEMBERED_CREDENTIALS && before === undefined) known.clear();
        known.set(name, { credential, readAt: now });
      }
      return { outcome: 'answered', credential, remembered: false };
    } catch (error) {
      if (!isThrottle(error)) throw error;
      // By now, not by the time of the call: the tries before the failure took their time, too.
      const isYoung =
        before !== undefined && isWithin(THROTTLED_MAX_AGE_MILLISECONDS, clock() - before.readAt);
      log({ level: 'WARN', type: 'read_throttled', apiId, answered: isYoung });
      return isYoung
        ? { outcome: 'answered', credential: before.credential, remembered: true }
        : { outcome: 'overloaded' };
    }
  };
}
