import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { LISTING_INDEX } from '../lambdas/platform/dynamodb/keys.ts';
import type { BundledFunction } from './bundled-function.ts';
import type { KeyTable } from './key-table.ts';

/** What of a table is allowed; what is absent is not restricted. */
export interface TablePart {
  /** Patterns of partition keys. */
  readonly partitions?: readonly string[];
  readonly attributes?: readonly string[];
}

/** Lets a function do `actions` (without `dynamodb:`) with the items of a table, or of a part of it. */
export function allowItems(
  target: BundledFunction,
  { tableArn }: KeyTable,
  actions: readonly string[],
  part: TablePart = {},
): void {
  allow(target, tableArn, actions, part);
}

/** Lets a function query the listings of a table, or those with these partition keys. */
export function allowListings(
  target: BundledFunction,
  { tableArn }: KeyTable,
  part: Pick<TablePart, 'partitions'> = {},
): void {
  allow(target, `${tableArn}/index/${LISTING_INDEX}`, ['Query'], part);
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html */
function allow(
  { function: target }: BundledFunction,
  resource: string,
  actions: readonly string[],
  { partitions, attributes }: TablePart,
): void {
  const keys = {
    ...(partitions !== undefined && { 'dynamodb:LeadingKeys': partitions }),
    ...(attributes !== undefined && { 'dynamodb:Attributes': attributes }),
  };
  target.addToRolePolicy(
    new PolicyStatement({
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [resource],
      ...(Object.keys(keys).length > 0 && { conditions: { 'ForAllValues:StringLike': keys } }),
    }),
  );
}
