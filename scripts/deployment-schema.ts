import { z } from 'zod';
import { SettingsFile } from '../lib/deployment-settings.ts';

/** What the file of a deployment can hold, as JSON Schema. */
export function deploymentSchema(): unknown {
  return { title: 'A deployment of Keybound', ...z.toJSONSchema(SettingsFile, { io: 'input' }) };
}
