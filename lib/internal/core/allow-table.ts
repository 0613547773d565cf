import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { BundledFunction } from './bundled-function.ts';
import type { KeyTable } from './key-table.ts';
import { tableStatements, type TableUser } from './table-rights.ts';

/** Lets a function do with the table what its row in `TABLE_RIGHTS` says. */
export function allowTable(target: BundledFunction, { tableArn }: KeyTable, user: TableUser): void {
  for (const statement of tableStatements(user, tableArn)) {
    target.function.addToRolePolicy(PolicyStatement.fromJson(statement));
  }
}
