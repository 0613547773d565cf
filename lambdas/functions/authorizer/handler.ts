import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { systemClock } from '../../platform/clock.ts';
import { readEnvironment, text } from '../../platform/env.ts';
import { logToStandardOutput } from '../../platform/log.ts';
import { authorize } from './authorize.ts';
import { AUTHORIZER_CLIENT, COUNTER_CLIENT } from './client-settings.ts';
import { wireAuthorizer } from './wire-authorizer.ts';

const { TABLE_NAME } = readEnvironment(process.env, { TABLE_NAME: text });
const dependencies = wireAuthorizer({
  client: new DynamoDBClient(AUTHORIZER_CLIENT),
  counterClient: new DynamoDBClient(COUNTER_CLIENT),
  tableName: TABLE_NAME,
  clock: systemClock,
  log: logToStandardOutput,
});

export const handler = (event: APIGatewayRequestAuthorizerEventV2) => authorize(dependencies, event);
