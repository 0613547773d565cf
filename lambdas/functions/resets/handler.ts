import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import type { DynamoDBStreamEvent, ScheduledEvent } from 'aws-lambda';
import { systemClock } from '../../platform/clock.ts';
import { createStore } from '../../platform/dynamodb/create-store.ts';
import { readEnvironment, text } from '../../platform/env.ts';
import { logToStandardOutput } from '../../platform/log.ts';
import { systemPause } from '../../platform/pause.ts';
import { resetAfterChanges } from './reset-after-changes.ts';
import { resetAtEnds } from './reset-at-ends.ts';

const { TABLE_NAME } = readEnvironment(process.env, { TABLE_NAME: text });
const resetting = {
  // The SDK waits longer each time that it is told TooManyRequests.
  client: new ApiGatewayV2Client({
    maxAttempts: 6,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  }),
  store: createStore(TABLE_NAME, systemClock),
  clock: systemClock,
  pause: systemPause,
  log: logToStandardOutput,
};

/** Invoked with new entries of the audit trail, some seconds late on purpose, and every minute. */
export const handler = (event: DynamoDBStreamEvent | ScheduledEvent) =>
  'Records' in event
    ? resetAfterChanges(resetting, event.Records)
    : resetAtEnds(resetting, Date.parse(event.time));
