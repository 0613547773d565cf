import type { CloudWatchLogsEvent } from 'aws-lambda';
import { systemClock } from '../../platform/clock.ts';
import { createStore } from '../../platform/dynamodb/create-store.ts';
import { readEnvironment, text } from '../../platform/env.ts';
import { logToStandardOutput } from '../../platform/log.ts';
import { recordUsage } from './record-usage.ts';

const { TABLE_NAME, AUTHORIZER_LOG_GROUP } = readEnvironment(process.env, {
  TABLE_NAME: text,
  AUTHORIZER_LOG_GROUP: text,
});
const dependencies = {
  store: createStore(TABLE_NAME, systemClock),
  log: logToStandardOutput,
  authorizerLogGroup: AUTHORIZER_LOG_GROUP,
};

/** Invoked with lines of the access log of protected APIs, and with the authorizer's about refused calls. */
export const handler = (event: CloudWatchLogsEvent) => recordUsage(dependencies, event);
