/** A key schema as the DynamoDB API takes it. */
export type KeySchema = readonly { readonly AttributeName: string; readonly KeyType: string }[];

/** A secondary index as the DynamoDB API takes it. */
export interface IndexDefinition {
  readonly IndexName: string;
  readonly KeySchema: KeySchema;
  readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
}

/** A table as the template declares it, every intrinsic resolved. */
export interface TableDefinition {
  readonly tableName: string;
  readonly tableArn: string;
  readonly attributeDefinitions: readonly {
    readonly AttributeName: string;
    readonly AttributeType: string;
  }[];
  readonly keySchema: KeySchema;
  readonly globalSecondaryIndexes: readonly IndexDefinition[];
  readonly localSecondaryIndexes: readonly IndexDefinition[];
  readonly streamViewType?: string;
  readonly ttlAttribute?: string;
}
