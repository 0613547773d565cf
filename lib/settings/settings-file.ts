import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** The file that says what a deployment is, whoever deploys it and from where. */
export function settingsFileOf(deployment: string): string {
  return `keybound.config.${deployment}.json`;
}

/**
 * @returns what the file of `deployment` in `directory` holds, unchecked.
 * @throws Error when there is none, or it is no JSON object.
 */
export function readSettingsFile(directory: string, deployment: string): Readonly<Record<string, unknown>> {
  const name = settingsFileOf(deployment);
  const path = join(directory, name);
  if (!existsSync(path)) {
    throw new Error(
      `there is no ${name}: it holds the settings of the deployment ${deployment}. Create it, if only with {}; docs/operate/deploy.md#settings lists the settings`,
    );
  }
  return objectIn(name, readText(path, name));
}

function readText(path: string, name: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${name} cannot be read: ${error instanceof Error ? error.message : 'unknown'}`, {
      cause: error,
    });
  }
}

function objectIn(name: string, text: string): Readonly<Record<string, unknown>> {
  const problem = (why: string) => new Error(`${name} must be a JSON object: ${why}`);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw problem(error instanceof Error ? error.message : 'it is no JSON');
  }
  const reading = z.record(z.string(), z.unknown()).safeParse(content);
  if (!reading.success) throw problem('it holds something else');
  return reading.data;
}
