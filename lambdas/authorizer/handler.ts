import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import { compileIpRule } from '../core/ip-restriction.ts';
import { memoise } from '../core/memoise.ts';
import { compileReferrerRule } from '../core/referrer-restriction.ts';
import { systemClock } from '../platform/clock.ts';
import { readApiState, readCredential } from '../platform/dynamodb/read-credential.ts';
import { readEnvironment, text } from '../platform/env.ts';
import { logToStandardOutput } from '../platform/log.ts';
import { authorize } from './authorize.ts';
import { rememberApiState } from './remember-api-state.ts';

const REMEMBERED_RULES = 10_000;

const { TABLE_NAME } = readEnvironment(process.env, { TABLE_NAME: text });
const reads = {
  // Three tries fit the function's five seconds: no answer in time is a refusal, not a hanging client.
  client: new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true },
  }),
  tableName: TABLE_NAME,
  compileIpRule: memoise(compileIpRule, REMEMBERED_RULES),
  compileReferrerRule: memoise(compileReferrerRule, REMEMBERED_RULES),
};
const dependencies = {
  readCredential: (digest: string, apiId: string) => readCredential(reads, digest, apiId),
  readApiState: rememberApiState((apiId) => readApiState(reads, apiId), systemClock),
  clock: systemClock,
  log: logToStandardOutput,
};

export const handler = (event: APIGatewayRequestAuthorizerEventV2) => authorize(dependencies, event);
