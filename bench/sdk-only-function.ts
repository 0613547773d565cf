import { DynamoDBClient } from '@aws-sdk/client-dynamodb';

/** The least that a function on DynamoDB loads: what the authorizer's bundle is compared with. */
export const client = new DynamoDBClient({});
