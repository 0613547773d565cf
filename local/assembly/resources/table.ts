import { z } from 'zod';
import type { TableDefinition } from '../../dynamodb/table-definition.ts';
import type { DeployedResource, ResourceContext } from '../deployment.ts';
import { LOCAL_REGION, localArn, physicalName, stableUuid } from '../physical-names.ts';
import { booleanProperty, harmless, parseProperties } from './parse-properties.ts';

const keySchema = z.array(z.strictObject({ AttributeName: z.string(), KeyType: z.string() }));

const indexes = z
  .array(
    z.strictObject({
      IndexName: z.string(),
      KeySchema: keySchema,
      Projection: z.strictObject({
        ProjectionType: z.string(),
        NonKeyAttributes: z.array(z.string()).exactOptional(),
      }),
      ProvisionedThroughput: harmless,
      OnDemandThroughput: harmless,
      ContributorInsightsSpecification: harmless,
      WriteOnDemandThroughputSettings: harmless,
      WriteProvisionedThroughputSettings: harmless,
      WarmThroughput: harmless,
    }),
  )
  .default([]);

const common = {
  TableName: z.string().optional(),
  AttributeDefinitions: z.array(z.strictObject({ AttributeName: z.string(), AttributeType: z.string() })),
  KeySchema: keySchema,
  GlobalSecondaryIndexes: indexes,
  LocalSecondaryIndexes: indexes,
  StreamSpecification: z.strictObject({ StreamViewType: z.string(), ResourcePolicy: harmless }).optional(),
  TimeToLiveSpecification: z
    .strictObject({ AttributeName: z.string().optional(), Enabled: booleanProperty })
    .optional(),
  // Capacity, encryption at rest and backups cannot be seen by who reads and writes the table.
  BillingMode: harmless,
  SSESpecification: harmless,
  WarmThroughput: harmless,
};

const tableProperties = z.strictObject({
  ...common,
  ProvisionedThroughput: harmless,
  OnDemandThroughput: harmless,
  PointInTimeRecoverySpecification: harmless,
  DeletionProtectionEnabled: harmless,
  ContributorInsightsSpecification: harmless,
  ResourcePolicy: harmless,
  TableClass: harmless,
  Tags: harmless,
});

const globalTableProperties = z.strictObject({
  ...common,
  Replicas: z.array(
    z.strictObject({
      Region: z.string(),
      ContributorInsightsSpecification: harmless,
      DeletionProtectionEnabled: harmless,
      GlobalSecondaryIndexes: harmless,
      PointInTimeRecoverySpecification: harmless,
      ReadOnDemandThroughputSettings: harmless,
      ReadProvisionedThroughputSettings: harmless,
      ReplicaStreamSpecification: harmless,
      ResourcePolicy: harmless,
      SSESpecification: harmless,
      TableClass: harmless,
      Tags: harmless,
    }),
  ),
  WriteOnDemandThroughputSettings: harmless,
  WriteProvisionedThroughputSettings: harmless,
});

/** `AWS::DynamoDB::Table` */
export function deployTable(context: ResourceContext): Promise<DeployedResource> {
  return createTable(context, parseProperties(context, tableProperties));
}

/** `AWS::DynamoDB::GlobalTable`, which is what CDK's `TableV2` makes; only with one replica. */
export function deployGlobalTable(context: ResourceContext): Promise<DeployedResource> {
  const properties = parseProperties(context, globalTableProperties);
  const regions = properties.Replicas.map((replica) => replica.Region);
  if (regions.length !== 1 || regions[0] !== LOCAL_REGION) {
    throw context.cannotRun(
      `only one replica, in ${LOCAL_REGION}, can be run; found ${regions.join(', ')}`,
      'Properties.Replicas',
    );
  }
  return createTable(context, properties);
}

async function createTable(
  context: ResourceContext,
  properties: z.output<z.ZodObject<typeof common>>,
): Promise<DeployedResource> {
  const tableName = properties.TableName ?? physicalName(context.stack, context.logicalId, 255);
  const tableArn = localArn('dynamodb', `table/${tableName}`);
  const ttl = properties.TimeToLiveSpecification;
  const streamViewType = properties.StreamSpecification?.StreamViewType;
  const definition: TableDefinition = {
    tableName,
    tableArn,
    attributeDefinitions: properties.AttributeDefinitions,
    keySchema: properties.KeySchema,
    globalSecondaryIndexes: properties.GlobalSecondaryIndexes.map(indexDefinition),
    localSecondaryIndexes: properties.LocalSecondaryIndexes.map(indexDefinition),
    ...(streamViewType === undefined ? {} : { streamViewType }),
    ...(ttl?.Enabled === true && ttl.AttributeName !== undefined ? { ttlAttribute: ttl.AttributeName } : {}),
  };
  await context.provisioner.table(definition);
  return {
    ref: tableName,
    attributes: {
      Arn: tableArn,
      TableId: stableUuid(tableArn),
      ...(streamViewType === undefined ? {} : { StreamArn: streamArnOf(tableArn) }),
    },
  };
}

function indexDefinition({ IndexName, KeySchema, Projection }: z.output<typeof indexes>[number]) {
  return { IndexName, KeySchema, Projection };
}

/** The ARN under which functions see a table's stream; the engine's own label changes, this one does not. */
export function streamArnOf(tableArn: string): string {
  return `${tableArn}/stream/2000-01-01T00:00:00.000`;
}
