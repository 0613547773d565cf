import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { BundledFunction } from './bundled-function.ts';
import { tableStatements, type TableUser } from './table-rights.ts';

/** Lets a function do with the table what its row in `TABLE_RIGHTS` says. */
export function allowTable(target: BundledFunction, { tableArn }: TableV2, user: TableUser): void {
  for (const statement of tableStatements(user, tableArn)) {
    target.function.addToRolePolicy(PolicyStatement.fromJson(statement));
  }
}
