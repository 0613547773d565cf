import { aborted, describeError, startFor, type DevOptions } from './runner/dev-session.ts';
import { welcome } from './runner/welcome.ts';

export type { DevOptions } from './runner/dev-session.ts';

/**
 * Runs an app until the signal, and says where it is served and what to type next.
 * @returns the exit code: 1 when it could not be started, or ended by itself
 */
export async function runDev(given: DevOptions): Promise<number> {
  const options = { ...given, ...databaseOfEnvironment() };
  const { watch, note, signal } = options;
  note(
    options.sources === undefined
      ? 'Starting: synthesizing the app takes a while …'
      : 'Starting: the first start synthesizes the app and takes a while …',
  );
  try {
    const { context = {} } = options;
    if (watch && typeof context !== 'function') {
      const { watchApp } = await import('./runner/watch-app.ts');
      return await watchApp({ ...options, context });
    }
    const runner = await startFor(options, {});
    options.print(welcome(runner, options.dataDirectory));
    const reason = await Promise.race([runner.died, aborted(signal)]);
    await runner.close();
    if (reason === undefined) return 0;
    note(reason);
  } catch (error) {
    if (signal.aborted) return 0;
    note(describeError(error, options));
  }
  return 1;
}

/**
 * Ends with the first signal that asks for an end; a second one does not wait.
 * @returns the signal for `runDev`
 */
export function untilInterrupted(): AbortSignal {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return controller.signal;
}

/** Any DynamoDB-compatible server, instead of the embedded engine. */
function databaseOfEnvironment(): Pick<DevOptions, 'dynamoDbEndpoint'> {
  const dynamoDbEndpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  return dynamoDbEndpoint === undefined || dynamoDbEndpoint === '' ? {} : { dynamoDbEndpoint };
}
