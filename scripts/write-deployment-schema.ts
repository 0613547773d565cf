import { writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { deploymentSchema } from './deployment-schema.ts';

/** Writes the JSON schema of `keybound.config.<deployment>.json` where editors look for it. */
const file = new URL('../docs/operate/deployment.schema.json', import.meta.url);
writeFileSync(
  file,
  await format(JSON.stringify(deploymentSchema()), { ...(await resolveConfig(file)), parser: 'json' }),
);
