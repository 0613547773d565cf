import { assumed } from './assumptions.ts';
import { costOfUsage } from './cost-per-million.ts';
import { costOf } from './prices.ts';

/** The kinds of calls in a flood. */
export type Junk =
  /** No key, or what is not one: known without a read. */
  | 'junk'
  /** Values of the form of a key that nobody has: one read each. */
  | 'made-up keys'
  /** Junk at an API with detailed refusals, whose backend answers. */
  | 'junk, detailed refusals';

const SECONDS_OF_A_DAY = 24 * 60 * 60;
const MILLION = 1_000_000;

/** Dollars for a million calls without a valid key that API Gateway lets through to the authorizer. */
export function costPerMillionRefused(junk: Junk): number {
  const reads = junk === 'made-up keys';
  const invocations = junk === 'junk, detailed refusals' ? 2 * MILLION : MILLION;
  const milliseconds = reads ? assumed('readMilliseconds') : assumed('memoryMilliseconds');
  return (
    costOf('httpApiCall', MILLION) +
    costOf('invocation', invocations) +
    costOf('gigabyteSecond', ((invocations * milliseconds) / 1_000) * assumed('gigabytes')) +
    costOf('readUnit', reads ? MILLION * assumed('readUnits') : 0) +
    costOf('logByte', MILLION * assumed('refusedLineBytes')) +
    costOfUsage(assumed('linesPerBatch'), 0)
  );
}

/** Dollars for a million calls that the throttle of a stage refuses: a line of access log each. */
export function costPerMillionThrottled(): number {
  return costOf('logByte', MILLION * assumed('refusedLineBytes')) + costOfUsage(assumed('linesPerBatch'), 0);
}

/** Dollars for a day in which `callsPerSecond` come to one route, of which the throttle lets `letThrough` pass. */
export function costOfDay(junk: Junk, callsPerSecond: number, letThrough: number): number {
  const millions = (rate: number) => (rate * SECONDS_OF_A_DAY) / MILLION;
  const passing = Math.min(callsPerSecond, letThrough);
  return (
    millions(passing) * costPerMillionRefused(junk) +
    millions(callsPerSecond - passing) * costPerMillionThrottled()
  );
}
