import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { FunctionDefinition } from '../../../local/functions/function-definition.ts';
import {
  createFunctionHost,
  type FunctionHost,
  type FunctionLine,
} from '../../../local/functions/function-host.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

export const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:000000000000:function:probe';

export interface ProbeOptions {
  readonly files: Readonly<Record<string, string>>;
  readonly definition?: Partial<FunctionDefinition>;
  readonly maxInstances?: number;
}

export interface Probe {
  readonly host: FunctionHost;
  readonly lines: FunctionLine[];
  readonly invoke: (
    payload?: unknown,
    timeoutMilliseconds?: number,
  ) => ReturnType<FunctionHost['invokeEvent']>;
}

/** A host with one function made of these files; closed when the test has ended. */
export function probe({ files, definition, maxInstances = 4 }: ProbeOptions): Probe {
  const directory = temporaryDirectory();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  const lines: FunctionLine[] = [];
  const host = createFunctionHost({
    environment: { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' },
    maxInstances,
    writeLine: (line) => lines.push(line),
  });
  host.add({
    functionName: 'probe',
    functionArn: FUNCTION_ARN,
    code: { directory },
    handler: 'index.handler',
    environment: {},
    memoryMegabytes: 256,
    timeoutSeconds: 10,
    logFormat: 'Text',
    logLevel: 'INFO',
    logGroupName: '/aws/lambda/probe',
    ...definition,
  });
  onTestFinished(() => host.close());
  return {
    host,
    lines,
    invoke: (payload = {}, timeout = 60_000) => host.invoke(FUNCTION_ARN, payload, timeout),
  };
}
