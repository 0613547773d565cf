/** A DynamoDB stream that invokes a function: one `AWS::Lambda::EventSourceMapping`. */
export interface EventSourceDefinition {
  /** Stable over restarts; the position in the stream is kept under it. */
  readonly id: string;
  readonly tableName: string;
  readonly streamArn: string;
  readonly functionArn: string;
  readonly batchSize: number;
  readonly maximumBatchingWindowSeconds: number;
  readonly startingPosition: 'LATEST' | 'TRIM_HORIZON';
  readonly reportBatchItemFailures: boolean;
  readonly bisectBatchOnFunctionError: boolean;
  /** -1 for no limit. */
  readonly maximumRetryAttempts: number;
  /** -1 for no limit. */
  readonly maximumRecordAgeSeconds: number;
  /** Event patterns, one of which a record must match; every record when there are none. */
  readonly filterPatterns: readonly unknown[];
  /** ARN of what is told of records that were given up; here it is only named in a line. */
  readonly onFailureDestination?: string;
  readonly enabled: boolean;
}
