import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { CfnGlobalTable } from 'aws-cdk-lib/aws-dynamodb';
import type { TestProject } from 'vitest/node';
import { z } from 'zod';
import { keyTable } from '../../lib/internal/core/key-table.ts';
import type { TableDefinition } from '../../local/dynamodb/table-definition.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The table as the stack declares it. */
    readonly tableDefinition: TableDefinition;
  }
}

const TABLE_NAME = 'keybound-test';

const keySchema = z.array(z.object({ attributeName: z.string(), keyType: z.string() }));
const Declared = z.object({
  attributeDefinitions: z.array(z.object({ attributeName: z.string(), attributeType: z.string() })),
  keySchema,
  globalSecondaryIndexes: z.array(
    z.object({
      indexName: z.string(),
      keySchema,
      projection: z.object({ projectionType: z.string() }),
    }),
  ),
});

/** Reads the table's declaration before the first test: to load the CDK in every test file would cost minutes. */
export function setup(project: TestProject): void {
  const outdir = mkdtempSync(join(tmpdir(), 'keybound-table-'));
  project.provide('tableDefinition', tableDefinition(new App({ outdir })));
  rmSync(outdir, { recursive: true });
}

/** Resolved alone: to synthesize a whole app takes seconds. */
function tableDefinition(app: App): TableDefinition {
  const stack = new Stack(app, 'Test');
  const table = keyTable(stack, 'Table', { deletionProtection: false, removalPolicy: RemovalPolicy.DESTROY });
  const resource = table.node.defaultChild;
  if (!(resource instanceof CfnGlobalTable)) throw new Error('the table is no AWS::DynamoDB::GlobalTable');
  const { attributeDefinitions, globalSecondaryIndexes } = resource;
  const declared = Declared.parse(
    stack.resolve({
      attributeDefinitions,
      keySchema: resource.keySchema,
      globalSecondaryIndexes,
    }),
  );
  return {
    tableName: TABLE_NAME,
    tableArn: `arn:aws:dynamodb:us-east-1:000000000000:table/${TABLE_NAME}`,
    attributeDefinitions: declared.attributeDefinitions.map(({ attributeName, attributeType }) => ({
      AttributeName: attributeName,
      AttributeType: attributeType,
    })),
    keySchema: keyElements(declared.keySchema),
    globalSecondaryIndexes: declared.globalSecondaryIndexes.map((index) => ({
      IndexName: index.indexName,
      KeySchema: keyElements(index.keySchema),
      Projection: { ProjectionType: index.projection.projectionType },
    })),
    localSecondaryIndexes: [],
  };
}

function keyElements(
  elements: z.infer<typeof keySchema>,
): { readonly AttributeName: string; readonly KeyType: string }[] {
  return elements.map(({ attributeName, keyType }) => ({ AttributeName: attributeName, KeyType: keyType }));
}
