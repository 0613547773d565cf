import { mkdirSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { systemClock } from '../lambdas/platform/clock.ts';
import { createStore } from '../lambdas/platform/dynamodb/create-store.ts';
import { openApiDocument } from '../lambdas/platform/http/open-api.ts';
import { describedApis } from './management-apis.ts';

/** Writes the OpenAPI documents of the management APIs where readers look for them. */
const folder = new URL('../docs/openapi/', import.meta.url);
mkdirSync(folder, { recursive: true });

// A table that is never asked: only what the routes declare counts here.
const management = { store: createStore('none', systemClock), clock: systemClock, keyPrefix: 'kb' };
for (const { name, api, routes } of describedApis(management)) {
  const file = new URL(`${name}.json`, folder);
  const text = JSON.stringify(openApiDocument(api, routes));
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'json' }));
}
