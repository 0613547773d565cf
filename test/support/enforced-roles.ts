import { AsyncLocalStorage } from 'node:async_hooks';
import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { z } from 'zod';
import { TABLE_RIGHTS, tableStatements, type TableUser } from '../../lib/internal/core/table-rights.ts';
import { dynamoDbAuthorizations } from '../../local/iam/dynamodb-authorizations.ts';
import { createIamGuard } from '../../local/iam/iam-guard.ts';
import { PolicyDocument } from '../../local/iam/policy-document.ts';
import { accessKeyIdOf, createRoleRegistry } from '../../local/iam/role-registry.ts';
import { TABLE_DEFINITION, type TestTable } from './test-table.ts';

/** The test table, on which each function can do what its role allows, and the test itself everything. */
export interface EnforcedTable extends TestTable {
  /** What `act` does with the table, it does in the role of this function. */
  readonly as: <T>(user: TableUser, act: () => Promise<T>) => Promise<T>;
  /** @throws Error that names what functions were not allowed: function, action and how the keys begin. */
  readonly close: () => Promise<void>;
}

const Sent = z.object({ headers: z.record(z.string(), z.string()), body: z.instanceof(Uint8Array) });

/**
 * Asks of each request of the table's clients whether the role allows it. Without a proxy, which the runner has: in tests of
 * thousands of requests it would cost as much as the engine.
 */
export async function enforceRoles(opening: Promise<TestTable>): Promise<EnforcedTable> {
  const table = await opening;
  const roles = createRoleRegistry();
  for (const user of Object.keys(TABLE_RIGHTS).filter((name): name is TableUser => name in TABLE_RIGHTS)) {
    const statements = tableStatements(user, TABLE_DEFINITION.tableArn);
    roles.addStatements(user, PolicyDocument.parse({ Statement: statements }));
    roles.assign(user, user);
  }
  const guard = createIamGuard(roles, () => undefined);
  const tables = new Map([[TABLE_DEFINITION.tableName, TABLE_DEFINITION]]);
  const acting = new AsyncLocalStorage<TableUser>();
  const refuse = (user: TableUser, request: unknown): void => {
    const { headers, body } = Sent.parse(request);
    const operation = headers['x-amz-target']?.split('.').at(-1) ?? '';
    const requests = dynamoDbAuthorizations(
      operation,
      JSON.parse(Buffer.from(body).toString('utf8')),
      tables,
    );
    const denial = guard.refuse(accessKeyIdOf(user), requests);
    if (denial === undefined) return;
    throw new DynamoDBServiceException({
      name: 'AccessDeniedException',
      $fault: 'client',
      message: typeof denial === 'string' ? denial : denial.message,
      $metadata: { httpStatusCode: 400 },
    });
  };
  table.store.client.middlewareStack.add(
    (next) => (args) => {
      const user = acting.getStore();
      if (user !== undefined) refuse(user, args.request);
      return next(args);
    },
    { step: 'deserialize', priority: 'low', name: 'role' },
  );
  return {
    ...table,
    as: (user, act) => acting.run(user, act),
    async close() {
      await table.close();
      if (guard.denials().length > 0) throw new Error(`roles do not allow: ${guard.denials().join('; ')}`);
    },
  };
}
