import { assumed } from './assumptions.ts';
import { costOf } from './prices.ts';

/** How calls are authorised; `hits`: the part of them for which what was decided or read before is used again. */
export type Way =
  | { readonly kind: 'strict' }
  | { readonly kind: 'bounded'; readonly hits: number }
  | { readonly kind: 'gateway'; readonly hits: number }
  | { readonly kind: 'usagePlan' };

/** Dollars for a million calls, by what they pay. */
export interface Cost {
  readonly gateway: number;
  readonly authorizer: number;
  readonly reads: number;
  readonly accessLog: number;
}

const CALLS = 1_000_000;

/** The cost of a million allowed calls, without their backend. `lineBytes`: size of a line of access log. */
export function costPerMillion(way: Way, lineBytes: number): Cost {
  const accessLog = costOf('logByte', CALLS * lineBytes);
  if (way.kind === 'usagePlan') {
    return { gateway: costOf('restApiCall', CALLS), authorizer: 0, reads: 0, accessLog };
  }
  const decisions = way.kind === 'gateway' ? CALLS * (1 - way.hits) : CALLS;
  const fromMemory = way.kind === 'bounded' ? CALLS * way.hits : 0;
  const fromTable = decisions - fromMemory;
  const milliseconds = fromMemory * assumed('memoryMilliseconds') + fromTable * assumed('readMilliseconds');
  return {
    gateway: costOf('httpApiCall', CALLS),
    authorizer: costOf('invocation', decisions) + timeOf(milliseconds),
    reads: costOf('readUnit', fromTable * assumed('readUnits')),
    accessLog,
  };
}

/** The cost that limits add to a million calls: the writes of the leases. */
export function costOfLimits(): number {
  return costOf('writeUnit', (CALLS * assumed('limitedLevels')) / assumed('callsPerLease'));
}

/**
 * The cost that counting adds to a million calls, in batches of `lines` about `keys`. A batch is one invocation and one
 * transaction: a marker, the hours of an API, and of each key, its application and its address. When the key was last
 * used is read with the key, and written, too.
 */
export function costOfUsage(lines = assumed('linesPerBatch'), keys = assumed('keysPerBatch')): number {
  const batches = CALLS / lines;
  const writes = 2 * (1 + 1 + 3 * keys) + keys;
  return (
    costOf('invocation', batches) +
    timeOf(batches * assumed('usageMilliseconds')) +
    costOf('writeUnit', batches * writes) +
    costOf('readUnit', batches * 2 * keys)
  );
}

export function totalOf({ gateway, authorizer, reads, accessLog }: Cost): number {
  return gateway + authorizer + reads + accessLog;
}

function timeOf(milliseconds: number): number {
  return costOf('gigabyteSecond', (milliseconds / 1000) * assumed('gigabytes'));
}
