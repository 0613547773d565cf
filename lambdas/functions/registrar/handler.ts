import type { Context } from 'aws-lambda';
import { systemClock } from '../../platform/clock.ts';
import { createStore } from '../../platform/dynamodb/create-store.ts';
import { readEnvironment, text } from '../../platform/env.ts';
import { logToStandardOutput } from '../../platform/log.ts';
import { systemPause } from '../../platform/pause.ts';
import { createControlPlanes } from './control-planes.ts';
import { handleResourceEvent } from './handle-resource-event.ts';
import { homeOf } from './stack-id.ts';

const { TABLE_NAME, CORE_STACK_ID } = readEnvironment(process.env, {
  TABLE_NAME: text,
  CORE_STACK_ID: text,
});
const store = createStore(TABLE_NAME, systemClock);
const controlPlanes = createControlPlanes();

/** Left of the function's time for the answer to CloudFormation. */
const TIME_FOR_THE_ANSWER_MILLISECONDS = 20_000;

export const handler = (event: unknown, context: Context) =>
  handleResourceEvent(
    {
      store,
      clock: systemClock,
      log: logToStandardOutput,
      controlPlanes,
      home: homeOf(context.invokedFunctionArn),
      coreStackId: CORE_STACK_ID,
      patience: {
        left: () => context.getRemainingTimeInMillis() - TIME_FOR_THE_ANSWER_MILLISECONDS,
        pause: systemPause,
      },
    },
    event,
  );
