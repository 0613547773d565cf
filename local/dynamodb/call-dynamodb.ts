import { z } from 'zod';
import { parseJson } from '../parse-json.ts';

/** An error that a DynamoDB endpoint answered. */
export class DynamoDbError extends Error {
  readonly code = 'DYNAMODB_ERROR';
  /** The exception's name, such as `ResourceNotFoundException`. */
  readonly type: string;

  constructor(operation: string, type: string, message: string) {
    super(`${operation}: ${type}: ${message}`);
    this.name = 'DynamoDbError';
    this.type = type;
  }
}

/**
 * Calls one operation of DynamoDB or of its streams and returns the decoded answer.
 * @throws DynamoDbError
 */
export type CallDynamoDb = (operation: string, body: object) => Promise<unknown>;

const STREAM_OPERATIONS = new Set(['ListStreams', 'DescribeStream', 'GetShardIterator', 'GetRecords']);

const errorBody = z.object({
  __type: z.string().default('UnknownError'),
  message: z.string().optional(),
  Message: z.string().optional(),
});

/**
 * A client for a local endpoint. It is not the AWS SDK, which would cost a fifth of a second at every start:
 * local engines want a signature to be there and do not check it.
 */
export function createDynamoDbCaller(endpoint: string): CallDynamoDb {
  return async (operation, body) => {
    const version = STREAM_OPERATIONS.has(operation) ? 'DynamoDBStreams_20120810' : 'DynamoDB_20120810';
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': `${version}.${operation}`,
        'x-amz-date': '20260101T000000Z',
        // The access key and region of the functions: DynamoDB Local keeps tables apart by both.
        authorization:
          'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=local',
      },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    const answer = parseJson(text);
    if (response.ok) return answer;
    const parsed = errorBody.safeParse(answer);
    const { __type: type, message, Message } = parsed.data ?? { __type: `HTTP ${response.status}` };
    throw new DynamoDbError(operation, type.split('#').at(-1) ?? type, message ?? Message ?? text);
  };
}
