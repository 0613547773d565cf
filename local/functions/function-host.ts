import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InvocationResult, InvokeFunction } from '../gateway/model.ts';
import { LOCAL_REGION } from '../assembly/physical-names.ts';
import { accessKeyIdOf } from '../iam/role-registry.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { createFunctionPool, type FunctionPool, type WhenBusy } from './function-pool.ts';
import type { RedirectedHosts } from './redirect-hosts.ts';
import { createStartGate } from './start-gate.ts';
import { buildWorkerModule } from './worker-module.ts';

/** One line that a function wrote. */
export interface FunctionLine {
  readonly functionName: string;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly line: string;
}

/** An invocation of a function that does not exist. */
export class NoSuchFunctionError extends Error {
  readonly code = 'NO_SUCH_FUNCTION';

  constructor(functionArn: string) {
    super(`There is no function ${functionArn}`);
    this.name = 'NoSuchFunctionError';
  }
}

/** Every function of the runner. */
export interface FunctionHost {
  add(definition: FunctionDefinition): void;
  readonly has: (functionArn: string) => boolean;
  /** @throws NoSuchFunctionError (as a rejection) */
  readonly invoke: InvokeFunction;
  /** Invokes without a caller who waits: only the function's own time-out ends it, and it waits for its turn. */
  readonly invokeEvent: (functionArn: string, payload: unknown) => Promise<InvocationResult>;
  close(): Promise<void>;
}

export interface FunctionHostOptions {
  /** Variables that every function gets, such as `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Hosts that every function reaches elsewhere than under their names. */
  readonly hosts?: RedirectedHosts;
  /** How many events of one function can run at the same time. */
  readonly maxInstances: number;
  readonly writeLine: (line: FunctionLine) => void;
}

// The longest that a function may run on AWS; long enough never to end a call before the function's own.
const MAXIMUM_TIMEOUT_MILLISECONDS = 15 * 60 * 1000;

export function createFunctionHost(options: FunctionHostOptions): FunctionHost {
  const pools = new Map<string, FunctionPool>();
  const workerModule = buildWorkerModule();
  const startGate = createStartGate(availableParallelism());
  let inlineDirectory: string | undefined;

  const directoryOf = ({ code, functionName }: FunctionDefinition): string => {
    if ('directory' in code) return code.directory;
    inlineDirectory ??= mkdtempSync(join(tmpdir(), 'keybound-inline-'));
    const directory = join(inlineDirectory, functionName);
    mkdirSync(directory);
    writeFileSync(join(directory, 'index.js'), code.inlineSource);
    return directory;
  };

  const invokeIn = async (
    functionArn: string,
    payload: unknown,
    timeoutMilliseconds: number,
    whenBusy: WhenBusy,
  ): Promise<InvocationResult> => {
    const pool = pools.get(functionArn);
    if (pool === undefined) throw new NoSuchFunctionError(functionArn);
    return pool.invoke(payload, timeoutMilliseconds, whenBusy);
  };

  return {
    add(definition) {
      const { functionName, logGroupName } = definition;
      const directory = directoryOf(definition);
      pools.set(
        definition.functionArn,
        createFunctionPool(definition, {
          directory,
          workerModule,
          startGate,
          hosts: options.hosts ?? {},
          maxInstances: options.maxInstances,
          environment: functionEnvironment(definition, directory, options.environment),
          writeLine: (logStreamName, line) =>
            options.writeLine({ functionName, logGroupName, logStreamName, line }),
        }),
      );
    },
    has: (functionArn) => pools.has(functionArn),
    invoke: (functionArn, payload, timeoutMilliseconds) =>
      invokeIn(functionArn, payload, timeoutMilliseconds, 'throttle'),
    invokeEvent: (functionArn, payload) =>
      invokeIn(functionArn, payload, MAXIMUM_TIMEOUT_MILLISECONDS, 'wait'),
    async close() {
      await Promise.all(Array.from(pools.values(), (pool) => pool.close()));
      if (inlineDirectory !== undefined) rmSync(inlineDirectory, { recursive: true, force: true });
    },
  };
}

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
function functionEnvironment(
  definition: FunctionDefinition,
  directory: string,
  shared: Readonly<Record<string, string>>,
): Record<string, string> {
  return {
    ...definition.environment,
    _HANDLER: definition.handler,
    AWS_ACCESS_KEY_ID: accessKeyIdOf(definition.functionName),
    AWS_DEFAULT_REGION: LOCAL_REGION,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    // Functions that were bundled for Lambda's Node.js run here on the user's.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(definition.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_NAME: definition.functionName,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: definition.logFormat,
    AWS_LAMBDA_LOG_GROUP_NAME: definition.logGroupName,
    ...(definition.logFormat === 'JSON' ? { AWS_LAMBDA_LOG_LEVEL: definition.logLevel } : {}),
    AWS_REGION: LOCAL_REGION,
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_SESSION_TOKEN: 'local',
    LAMBDA_TASK_ROOT: directory,
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...shared,
  };
}
