import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Clock } from '../clock.ts';
import type { Store } from './store.ts';

/** The table `tableName` of this function's account and region. */
export function createStore(tableName: string, clock: Clock): Store {
  return { client: documentClient(new DynamoDBClient({ maxAttempts: 5 })), tableName, clock };
}

/** How items are written. */
export function documentClient(client: DynamoDBClient): DynamoDBDocumentClient {
  return DynamoDBDocumentClient.from(client, {
    marshallOptions: {
      removeUndefinedValues: true,
      // Metadata can have a field named `constructor`: the client takes such an object for one of another class.
      convertClassInstanceToMap: true,
    },
  });
}
