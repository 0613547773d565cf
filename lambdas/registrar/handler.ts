import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import { systemClock } from '../platform/clock.ts';
import { createStore } from '../platform/dynamodb/create-store.ts';
import { readEnvironment, text } from '../platform/env.ts';
import { logToStandardOutput } from '../platform/log.ts';
import { handleResourceEvent } from './handle-resource-event.ts';

const { TABLE_NAME } = readEnvironment(process.env, { TABLE_NAME: text });
const dependencies = {
  store: createStore(TABLE_NAME, systemClock),
  clock: systemClock,
  log: logToStandardOutput,
};

export const handler = (event: CloudFormationCustomResourceEvent) => handleResourceEvent(dependencies, event);
