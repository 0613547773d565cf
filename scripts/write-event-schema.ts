import { mkdirSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { lifecycleEventJsonSchema } from '../lambdas/functions/changes/lifecycle-event.ts';

/** Writes the JSON Schema of the lifecycle events where readers look for it. */
const file = new URL('../docs/events/lifecycle-event.schema.json', import.meta.url);
mkdirSync(new URL('.', file), { recursive: true });
const text = JSON.stringify(lifecycleEventJsonSchema());
writeFileSync(file, await format(text, { ...(await resolveConfig(file)), parser: 'json' }));
