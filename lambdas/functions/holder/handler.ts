import { systemClock } from '../../platform/clock.ts';
import { createStore } from '../../platform/dynamodb/create-store.ts';
import { readEnvironment, text } from '../../platform/env.ts';
import { serveRoutes } from '../../platform/http/serve-routes.ts';
import { logToStandardOutput } from '../../platform/log.ts';
import { identifyHolder } from './identify-holder.ts';
import { holderRoutes } from './routes.ts';

const { TABLE_NAME, IMPORTED_VALUES } = readEnvironment(process.env, {
  TABLE_NAME: text,
  IMPORTED_VALUES: text,
});
const store = createStore(TABLE_NAME, systemClock);
const holder = { store, clock: systemClock };

export const handler = serveRoutes(holderRoutes(holder), {
  identify: (event) => identifyHolder(holder, event, IMPORTED_VALUES === 'accepted'),
  log: logToStandardOutput,
});
