import { DynamoDBClient, GetItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ensureTable } from '../../../local/dynamodb/ensure-table.ts';
import { startDynamoDbProxy } from '../../../local/iam/dynamodb-proxy.ts';
import { createIamGuard } from '../../../local/iam/iam-guard.ts';
import { PolicyDocument } from '../../../local/iam/policy-document.ts';
import { accessKeyIdOf, createRoleRegistry } from '../../../local/iam/role-registry.ts';
import { KEYS_TABLE, openTestDatabase } from '../dynamodb/database-fixture.ts';

describe('the proxy before the table', () => {
  it('lets functions do what their roles allow, and answers as DynamoDB what they do not', async () => {
    const database = await openTestDatabase();
    await ensureTable(database.call, KEYS_TABLE);
    const roles = createRoleRegistry();
    roles.assign('writer', 'Writer');
    roles.addStatements(
      'Writer',
      PolicyDocument.parse({
        Statement: {
          Effect: 'Allow',
          Action: 'dynamodb:PutItem',
          Resource: KEYS_TABLE.tableArn,
          Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'AUDIT#*' } },
        },
      }),
    );
    const reports: string[] = [];
    const guard = createIamGuard(roles, (line) => reports.push(line));
    const proxy = await startDynamoDbProxy(database.endpoint, guard);
    onTestFinished(() => proxy.close());
    proxy.addTable(KEYS_TABLE);
    const clientOf = (accessKeyId: string) => {
      const client = new DynamoDBClient({
        endpoint: proxy.url,
        region: 'us-east-1',
        credentials: { accessKeyId, secretAccessKey: 'x' },
      });
      onTestFinished(() => client.destroy());
      return client;
    };
    const writer = clientOf(accessKeyIdOf('writer'));
    const put = (pk: string) =>
      writer.send(new PutItemCommand({ TableName: 'keys', Item: { pk: { S: pk } } }));

    await put('AUDIT#1');
    expect(await database.call('Scan', { TableName: 'keys' })).toMatchObject({ Count: 1 });
    await expect(put('KEY#secret')).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: arn:aws:sts::000000000000:assumed-role/Writer/writer is not authorized to perform: dynamodb:PutItem on resource: ${KEYS_TABLE.tableArn} because no identity-based policy allows the dynamodb:PutItem action`,
    });
    const get = new GetItemCommand({ TableName: 'keys', Key: { pk: { S: 'AUDIT#1' } } });
    await expect(writer.send(get)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(writer.send(new ScanCommand({ TableName: 'keys' }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(clientOf('ASIANOBODY').send(get)).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
    });
    expect(await database.call('Scan', { TableName: 'keys' })).toMatchObject({ Count: 1 });
    // Function, action and how the keys begin: enough to mend a role, and no owner or digest.
    expect(guard.denials()).toEqual([
      'writer may not dynamodb:PutItem on KEY#',
      'writer may not dynamodb:GetItem on AUDIT#',
      `writer may not dynamodb:Scan on ${KEYS_TABLE.tableArn}`,
    ]);
    expect(reports).toEqual(guard.denials());
  });
});
