import type { Clock } from '../clock.ts';
import type { Stage, ThrottleSettings } from '../model.ts';

/** Decides which requests API Gateway lets through. */
export interface Throttle {
  /** Takes a token of the route's bucket. @returns whether there was one. */
  take(apiId: string, stage: Stage, routeKey: string): boolean;
}

interface Bucket {
  tokens: number;
  /** Milliseconds since the epoch. */
  filledAt: number;
}

/**
 * A token bucket for each route of a stage (AWS: "Throttling requests to your HTTP API"): full at first, one token a
 * request. Routes have the settings of their own, else the stage's defaults; each its own bucket (unverified).
 */
export function createThrottle(clock: Clock): Throttle {
  const buckets = new Map<string, Bucket>();
  return {
    take(apiId, stage, routeKey) {
      const settings = settingsOf(stage, routeKey);
      if (settings === undefined) return true;
      const { rateLimit, burstLimit } = settings;
      const name = JSON.stringify([apiId, stage.name, routeKey]);
      const now = clock();
      const bucket = buckets.get(name) ?? { tokens: burstLimit, filledAt: now };
      buckets.set(name, bucket);
      // A clock that was set back fills nothing.
      const elapsedSeconds = Math.max(0, now - bucket.filledAt) / 1_000;
      bucket.tokens = Math.min(burstLimit, bucket.tokens + elapsedSeconds * rateLimit);
      bucket.filledAt = now;
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      return true;
    },
  };
}

function settingsOf({ throttling, routeThrottling }: Stage, routeKey: string): ThrottleSettings | undefined {
  return routeThrottling?.get(routeKey) ?? throttling;
}
