/** The current time in epoch milliseconds. Injected everywhere, so that a test decides what time it is. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `12/Mar/2020:19:03:58 +0000`: the time format of access logs, of `requestContext.time` and `$context.requestTime`. */
export function commonLogTime(epochMilliseconds: number): string {
  const date = new Date(epochMilliseconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${two(date.getUTCDate())}/${MONTHS[date.getUTCMonth()] ?? ''}/${date.getUTCFullYear()}`;
  return `${day}:${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}
