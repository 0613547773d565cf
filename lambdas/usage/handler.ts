import type { CloudWatchLogsEvent } from 'aws-lambda';
import { systemClock } from '../platform/clock.ts';
import { createStore } from '../platform/dynamodb/create-store.ts';
import { readEnvironment, text } from '../platform/env.ts';
import { logToStandardOutput } from '../platform/log.ts';
import { recordUsage } from './record-usage.ts';

const { TABLE_NAME } = readEnvironment(process.env, { TABLE_NAME: text });
const dependencies = { store: createStore(TABLE_NAME, systemClock), log: logToStandardOutput };

/** Invoked with lines of the access log of protected APIs, and with the authorizer's about refused calls. */
export const handler = (event: CloudWatchLogsEvent) => recordUsage(dependencies, event);
