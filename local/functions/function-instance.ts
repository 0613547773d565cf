import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { messageOf } from '../message-of.ts';
import type { FunctionDefinition } from './function-definition.ts';
import type { RedirectedHosts } from './redirect-hosts.ts';
import type { StartGate } from './start-gate.ts';
import type { WorkerEvent, WorkerMessage, WorkerStart } from './worker-protocol.ts';

/** The outcome of one event; `payload` is JSON text. */
export type RunResult =
  | { readonly outcome: 'returned'; readonly payload: string }
  | { readonly outcome: 'threw'; readonly errorType: string; readonly errorMessage: string }
  | { readonly outcome: 'timed-out' };

/** One execution environment of a function: takes one event at a time. */
export interface FunctionInstance {
  /** Runs one event. Never rejects; must not be called again before it has resolved. */
  run(requestId: string, payload: string): Promise<RunResult>;
  /** False after a crash, a time-out or a failed initialisation: no further event can be run. */
  isAlive(): boolean;
  terminate(): Promise<void>;
}

export interface InstanceOptions {
  readonly directory: string;
  /** The whole environment that the function sees, apart from what depends on the instance. */
  readonly environment: Readonly<Record<string, string>>;
  /** The module that `buildWorkerModule` built. */
  readonly workerModule: URL;
  readonly startGate: StartGate;
  readonly hosts: RedirectedHosts;
  readonly writeLine: (logStreamName: string, line: string) => void;
}

// https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html#runtimes-lifecycle-ib
const INIT_TIMEOUT_MILLISECONDS = 10_000;

/** Starts a worker with the function's code; its module is loaded once, while this instance lives. */
export function startInstance(definition: FunctionDefinition, options: InstanceOptions): FunctionInstance {
  const logStreamName = newLogStreamName();
  const { modulePath, exportName } = splitHandler(definition.handler);
  const start: WorkerStart = {
    modulePath: join(options.directory, modulePath),
    exportName,
    handler: definition.handler,
    functionArn: definition.functionArn,
    functionName: definition.functionName,
    memoryMegabytes: definition.memoryMegabytes,
    logGroupName: definition.logGroupName,
    logStreamName,
    logFormat: definition.logFormat,
    logLevel: definition.logLevel,
    hosts: options.hosts,
  };
  const writeLine = (line: string): void => options.writeLine(logStreamName, line);

  let worker: Worker | undefined;
  let alive = true;
  let ready = false;
  let waiting: { event: WorkerEvent; settle: (result: RunResult) => void } | undefined;
  let timer: NodeJS.Timeout | undefined;
  let initFailure: RunResult | undefined;
  let endStart: () => void = () => undefined;
  const startEnded = new Promise<void>((resolve) => {
    endStart = resolve;
  });

  const finish = (result: RunResult): void => {
    clearTimeout(timer);
    const { settle } = waiting ?? {};
    waiting = undefined;
    settle?.(result);
  };
  const die = (result: RunResult): void => {
    alive = false;
    initFailure ??= result;
    finish(result);
    endStart();
    void worker?.terminate();
  };
  const arm = (milliseconds: number): void => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const seconds = (milliseconds / 1000).toFixed(2);
      writeLine(
        `${new Date().toISOString()} ${waiting?.event.requestId ?? ''} Task timed out after ${seconds} seconds`,
      );
      die({ outcome: 'timed-out' });
    }, milliseconds);
  };
  const dispatch = (event: WorkerEvent): void => {
    const milliseconds = definition.timeoutSeconds * 1000;
    arm(milliseconds);
    worker?.postMessage({
      ...event,
      deadlineEpochMilliseconds: Date.now() + milliseconds,
    } satisfies WorkerEvent);
  };
  const onMessage = (message: WorkerMessage): void => {
    switch (message.kind) {
      case 'ready':
        ready = true;
        clearTimeout(timer);
        endStart();
        if (waiting !== undefined) dispatch(waiting.event);
        break;
      case 'line':
        writeLine(message.line);
        break;
      case 'returned':
        finish({ outcome: 'returned', payload: message.payload });
        break;
      case 'threw': {
        const { errorType, errorMessage, fatal } = message;
        const result: RunResult = { outcome: 'threw', errorType, errorMessage };
        if (fatal) die(result);
        else finish(result);
        break;
      }
    }
  };
  const exited = (reason: string): void => {
    const request = waiting === undefined ? '' : `RequestId: ${waiting.event.requestId} `;
    const errorMessage = `${request}Error: Runtime exited with error: ${reason}`;
    die({ outcome: 'threw', errorType: 'Runtime.ExitError', errorMessage });
  };
  const startWorker = (): void => {
    worker = new Worker(options.workerModule, {
      workerData: start,
      env: { ...options.environment, AWS_LAMBDA_LOG_STREAM_NAME: logStreamName },
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    // What native code or Node itself writes; the function's own lines come as messages.
    for (const stream of [worker.stdout, worker.stderr]) {
      createInterface({ input: stream }).on('line', writeLine);
    }
    worker.on('message', onMessage);
    worker.on('error', (error) => exited(messageOf(error)));
    worker.on('exit', (exitCode) => exited(`exit status ${exitCode}`));
    arm(INIT_TIMEOUT_MILLISECONDS);
  };
  options.startGate(async () => {
    if (alive) startWorker();
    await startEnded;
  });

  return {
    run: (requestId, payload) =>
      new Promise((resolve) => {
        if (!alive) {
          resolve(initFailure ?? { outcome: 'timed-out' });
          return;
        }
        const event: WorkerEvent = { requestId, payload, deadlineEpochMilliseconds: 0 };
        waiting = { event, settle: resolve };
        if (ready) dispatch(event);
      }),
    isAlive: () => alive,
    terminate: async () => {
      alive = false;
      clearTimeout(timer);
      endStart();
      await worker?.terminate();
    },
  };
}

/** `src/index.nested.handler` → the module `src/index` and its export `nested.handler`. */
function splitHandler(handler: string): { modulePath: string; exportName: string } {
  const dot = handler.indexOf('.', handler.lastIndexOf('/') + 1);
  return { modulePath: handler.slice(0, dot), exportName: handler.slice(dot + 1) };
}

function newLogStreamName(): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return `${day}/[$LATEST]${randomUUID().replaceAll('-', '')}`;
}
