import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf } from '../message-of.ts';

/** A folder without a CDK app that can be run; the message says what is missing. */
export class NoCdkAppError extends Error {
  readonly code = 'NO_CDK_APP';

  constructor(message: string) {
    super(message);
    this.name = 'NoCdkAppError';
  }
}

/** The settings of a CDK app, as the CDK command line reads them. */
export interface CdkProject {
  /** The command that synthesizes the app: `node app.js`, `python3 app.py`. */
  readonly app?: string;
  /** That of `cdk.json`, and what `cdk.context.json` keeps of earlier look-ups. */
  readonly context: Readonly<Record<string, unknown>>;
}

const Context = z.record(z.string(), z.unknown());
const CdkJson = z.object({ app: z.string().optional(), context: Context.default({}) });

/**
 * Reads `cdk.json` and `cdk.context.json` of a folder; neither must be there.
 * https://docs.aws.amazon.com/cdk/v2/guide/cli.html#cli-config
 * @throws NoCdkAppError when one of them cannot be read
 */
export function readCdkProject(directory: string): CdkProject {
  const { app, context } = readJson(directory, 'cdk.json', CdkJson) ?? { context: {} };
  const kept = readJson(directory, 'cdk.context.json', Context) ?? {};
  return { ...(app !== undefined && { app }), context: { ...kept, ...context } };
}

/** @throws NoCdkAppError that says how to name the app */
export function appOf(directory: string, { app }: CdkProject): string {
  if (app !== undefined) return app;
  throw new NoCdkAppError(
    existsSync(join(directory, 'cdk.json'))
      ? `cdk.json in ${directory} has no "app". Add the command that runs your CDK app, or name it with --app.`
      : `There is no cdk.json in ${directory}. Run this in the folder of your CDK app, or name its command with --app.`,
  );
}

function readJson<T>(directory: string, name: string, schema: z.ZodType<T>): T | undefined {
  const file = join(directory, name);
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    const why = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
    throw new NoCdkAppError(`${file} cannot be read: ${why}`);
  }
}
