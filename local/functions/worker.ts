import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { loadHandler, type Handler } from './load-handler.ts';
import { redirectHosts } from './redirect-hosts.ts';
import { patchConsole, type RuntimeLog } from './worker-console.ts';
import type { WorkerEvent, WorkerMessage, WorkerStart } from './worker-protocol.ts';

// One instance of a function: this file runs in a worker thread of its own, with the function's environment.

if (parentPort === null) throw new Error('worker.ts runs only in a worker thread');
const start: unknown = workerData;
if (!isWorkerStart(start)) throw new Error('the worker was started without its data');
await serve(parentPort, start);

async function serve(port: MessagePort, start: WorkerStart): Promise<void> {
  let requestId = '';
  const send = (message: WorkerMessage): void => port.postMessage(message);
  const log = patchConsole({
    logFormat: start.logFormat,
    logLevel: start.logLevel,
    requestId: () => requestId,
    writeLine: (line) => send({ kind: 'line', line }),
  });
  const fail = (title: string, error: unknown, fatal: boolean, errorType?: string): void => {
    log.error(title, error);
    send({
      kind: 'threw',
      ...describeError(error),
      ...(errorType === undefined ? {} : { errorType }),
      fatal,
    });
  };
  process.on('uncaughtException', (error) => fail('Uncaught Exception', error, true));
  process.on('unhandledRejection', (reason) =>
    fail('Unhandled Promise Rejection', reason, true, 'Runtime.UnhandledPromiseRejection'),
  );
  redirectHosts(start.hosts);
  const handler = await load(start, log, send);
  if (handler === undefined) return;
  port.on('message', (event: WorkerEvent) => {
    requestId = event.requestId;
    void answer(handler, start, event).then(
      (payload) => send({ kind: 'returned', payload }),
      (error: unknown) => fail('Invoke Error', error, false),
    );
  });
  send({ kind: 'ready' });
}

async function load(
  start: WorkerStart,
  log: RuntimeLog,
  send: (message: WorkerMessage) => void,
): Promise<Handler | undefined> {
  try {
    return await loadHandler(start.modulePath, start.exportName, start.handler);
  } catch (error) {
    log.error('Init Error', error);
    send({ kind: 'threw', ...describeError(error), fatal: true });
    return undefined;
  }
}

async function answer(handler: Handler, start: WorkerStart, event: WorkerEvent): Promise<string> {
  const context = {
    callbackWaitsForEmptyEventLoop: false,
    functionName: start.functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: start.functionArn,
    memoryLimitInMB: String(start.memoryMegabytes),
    awsRequestId: event.requestId,
    logGroupName: start.logGroupName,
    logStreamName: start.logStreamName,
    getRemainingTimeInMillis: () => event.deadlineEpochMilliseconds - Date.now(),
  };
  const payload: unknown = JSON.parse(event.payload);
  const result = await handler(payload, context);
  return serialize(result);
}

function serialize(result: unknown): string {
  try {
    // A function or symbol has no JSON text at all; the runtime answers null for it.
    const value = typeof result === 'function' || typeof result === 'symbol' ? null : (result ?? null);
    return JSON.stringify(value);
  } catch {
    throw new Error('Unable to stringify response body');
  }
}

function describeError(error: unknown): { errorType: string; errorMessage: string } {
  if (error instanceof Error) return { errorType: error.name, errorMessage: error.message };
  return { errorType: typeof error, errorMessage: String(error) };
}

function isWorkerStart(value: unknown): value is WorkerStart {
  return typeof value === 'object' && value !== null && 'modulePath' in value;
}
