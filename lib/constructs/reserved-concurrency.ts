import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { z } from 'zod';
import type { ChecksOf } from '../internal/checks/check-props.ts';
import type { BundledFunction } from '../internal/core/bundled-function.ts';

const executions = z.number().optional();

/**
 * How many executions of a function can run at the same time: so many are kept for it of those of the account, and never
 * more run. What comes beyond is throttled by Lambda: a call whose authorizer is throttled is 500, never allowed.
 * A whole number of 1 or more for each function; without one, the function shares what the account has.
 * @example { authorizer: 200, holder: 2 }
 */
export interface ReservedConcurrency {
  /** Decides about every call of every protected API. About `calls a second × 0.01`, and some more for its starts. */
  readonly authorizer?: number;
  /** Answers developers. */
  readonly portal?: number;
  /** Answers administrators. */
  readonly admin?: number;
  /** Answers publishers. */
  readonly publisher?: number;
  /** Answers holders of a value. Open to everybody. */
  readonly holder?: number;
  /** Registers APIs when their stacks are deployed. */
  readonly registrar?: number;
  /** Counts calls; what is throttled is tried again by CloudWatch Logs, and then lost. */
  readonly usage?: number;
}
export const ReservedConcurrency = z.strictObject({
  authorizer: executions,
  portal: executions,
  admin: executions,
  publisher: executions,
  holder: executions,
  registrar: executions,
  usage: executions,
} satisfies ChecksOf<ReservedConcurrency>);
export type CoreFunction = keyof ReservedConcurrency;

/** AWS's default for an account and region. New accounts can have less. */
export const DEFAULT_ACCOUNT_CONCURRENCY = 1_000;
/** The concurrency that Lambda requires for functions without a reservation. */
const UNRESERVED = 100;

/**
 * Reserves executions for functions of the core.
 * @throws Error for a number that Lambda would refuse, or that would stop a function.
 */
export function reserveConcurrency(
  functions: Readonly<Record<CoreFunction, BundledFunction>>,
  reserved: ReservedConcurrency,
  accountConcurrency: number,
): void {
  const problems = concurrencyProblems(reserved, accountConcurrency);
  if (problems.length > 0) throw new Error(problems.join('; '));
  for (const [name, bundled] of Object.entries(functions)) {
    const count = new Map(Object.entries({ ...reserved })).get(name);
    const resource = bundled.function.node.defaultChild;
    if (count === undefined || !(resource instanceof CfnFunction)) continue;
    resource.reservedConcurrentExecutions = count;
  }
}

function concurrencyProblems(reserved: ReservedConcurrency, accountConcurrency: number): readonly string[] {
  const counts = Object.entries<number | undefined>({ ...reserved }).flatMap(([name, count]) =>
    count === undefined ? [] : [{ name, count }],
  );
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  return [
    ...counts
      .filter(({ count }) => !Number.isSafeInteger(count) || count < 1)
      .map(
        ({ name }) =>
          `reservedConcurrency.${name} must be a whole number of 1 or more: with 0 the function would never run`,
      ),
    ...(total > accountConcurrency - UNRESERVED
      ? [
          `reservedConcurrency takes ${total} of the ${accountConcurrency} executions of the account, and Lambda requires ${UNRESERVED} for other functions: reserve less, or set accountConcurrency to the account's quota`,
        ]
      : []),
  ];
}
