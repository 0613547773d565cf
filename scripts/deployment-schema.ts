import { z } from 'zod';
import { SettingsFile } from '../lib/settings/deployment-settings.ts';

/** The JSON Schema of the file of a deployment. */
export function deploymentSchema(): unknown {
  return { title: 'A deployment of Keybound', ...z.toJSONSchema(SettingsFile, { io: 'input' }) };
}
