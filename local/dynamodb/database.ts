import { messageOf } from '../message-of.ts';
import { createDynamoDbCaller, type CallDynamoDb } from './call-dynamodb.ts';
import { startEmbeddedEngine } from './embedded-engine.ts';
import { findEngineBinary } from './engine-binary.ts';

/** A DynamoDB endpoint that the runner's tables are in. */
export interface Database {
  readonly endpoint: string;
  readonly call: CallDynamoDb;
  /** Resolves with the reason when the endpoint has gone by itself. */
  readonly died: Promise<string>;
  /** Deletes expired items now. Does nothing for an endpoint that is not ours. */
  sweepExpired(): Promise<void>;
  stop(): Promise<void>;
}

export interface DatabaseOptions {
  /** Any DynamoDB-compatible endpoint, instead of the embedded engine. */
  readonly endpoint?: string;
  /** Where the embedded engine keeps its file; in memory when undefined. */
  readonly dataDirectory?: string;
  readonly sweepEveryMilliseconds?: number;
  readonly report: (text: string) => void;
}

/** Nothing that speaks DynamoDB's protocol answers at an address. */
export class EndpointError extends Error {
  readonly code = 'NO_DYNAMODB_ENDPOINT';

  constructor(endpoint: string, cause: unknown) {
    super(
      `No DynamoDB-compatible server answers at ${endpoint} (AWS_ENDPOINT_URL_DYNAMODB): ${reasonOf(cause)}; start it, or unset the variable to use the embedded engine`,
      { cause },
    );
    this.name = 'EndpointError';
  }
}

const SWEEP_EVERY_MILLISECONDS = 60_000;

/**
 * Opens the endpoint given, or starts the embedded engine.
 * @throws NoEngineError when neither is there, EndpointError when nothing answers there, EngineStartError
 */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  if (options.endpoint !== undefined) {
    return {
      endpoint: options.endpoint,
      call: await reachEndpoint(options.endpoint),
      died: new Promise(() => undefined),
      sweepExpired: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    };
  }
  const binary = findEngineBinary();
  const engine = await startEmbeddedEngine({
    binary,
    ...(options.dataDirectory === undefined ? {} : { dataDirectory: options.dataDirectory }),
  });
  let stopped = false;
  const sweep = (): void => {
    engine.sweepExpired().catch((error: unknown) => {
      if (!stopped) options.report(`Expired items could not be deleted: ${String(error)}`);
    });
  };
  const timer = setInterval(sweep, options.sweepEveryMilliseconds ?? SWEEP_EVERY_MILLISECONDS);
  return {
    endpoint: engine.endpoint,
    call: createDynamoDbCaller(engine.endpoint),
    died: engine.died,
    sweepExpired: () => engine.sweepExpired(),
    async stop() {
      stopped = true;
      clearInterval(timer);
      await engine.stop();
    },
  };
}

/**
 * A client for the endpoint, once it has answered.
 * @throws EndpointError
 */
export async function reachEndpoint(endpoint: string): Promise<CallDynamoDb> {
  const call = createDynamoDbCaller(endpoint);
  try {
    await call('ListTables', { Limit: 1 });
    return call;
  } catch (error) {
    throw new EndpointError(endpoint, error);
  }
}

/** `fetch` keeps what the system says in the cause of its error. */
function reasonOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : { cause: undefined };
  return messageOf(cause ?? error);
}
