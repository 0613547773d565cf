import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import type { DynamoDBBatchResponse, DynamoDBRecord, DynamoDBStreamEvent, ScheduledEvent } from 'aws-lambda';
import { systemClock } from '../../platform/clock.ts';
import { createStore } from '../../platform/dynamodb/create-store.ts';
import { readEnvironment, text } from '../../platform/env.ts';
import { logToStandardOutput } from '../../platform/log.ts';
import { systemPause } from '../../platform/pause.ts';
import { publishChanges } from './publish-changes.ts';
import { remindOfExpiry } from './remind-of-expiry.ts';
import { resetAtOnce } from './reset-at-once.ts';

const { TABLE_NAME, EVENT_BUS_NAME } = readEnvironment(process.env, {
  TABLE_NAME: text,
  EVENT_BUS_NAME: text,
});
const dependencies = {
  client: new EventBridgeClient({
    maxAttempts: 4,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
  }),
  eventBusName: EVENT_BUS_NAME,
  store: createStore(TABLE_NAME, systemClock),
  log: logToStandardOutput,
};
const resetting = {
  client: new ApiGatewayV2Client({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true },
  }),
  store: dependencies.store,
  clock: systemClock,
  pause: systemPause,
  log: logToStandardOutput,
};

/** Invoked with new entries of the audit trail, and by the schedule of the reminders. */
export const handler = (event: DynamoDBStreamEvent | ScheduledEvent) =>
  'Records' in event ? follow(event.Records) : remindOfExpiry(dependencies);

async function follow(records: readonly DynamoDBRecord[]): Promise<DynamoDBBatchResponse> {
  const [answer] = await Promise.all([
    publishChanges(dependencies, records),
    resetAtOnce(resetting, records),
  ]);
  return answer;
}
