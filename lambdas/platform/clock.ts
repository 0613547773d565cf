/** Milliseconds since the epoch. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

/** Whole seconds since the epoch, as DynamoDB's TTL and token claims count. */
export function toEpochSeconds(epochMilliseconds: number): number {
  return Math.floor(epochMilliseconds / 1000);
}
