import { resolve } from 'node:path';
import { deployAssembly, type DeployedAssembly } from './assembly/deploy-assembly.ts';
import { createCustomResources } from './assembly/custom-resources.ts';
import { describedApi } from './cloudformation/described-api.ts';
import { createStackRegistry } from './cloudformation/stack-registry.ts';
import { startDynamoDbProxy } from './iam/dynamodb-proxy.ts';
import { createIamGuard } from './iam/iam-guard.ts';
import { createRoleRegistry } from './iam/role-registry.ts';
import { openDatabase, reachEndpoint, type DatabaseOptions } from './dynamodb/database.ts';
import { ensureTable } from './dynamodb/ensure-table.ts';
import { lockDataDirectory } from './dynamodb/lock-data-directory.ts';
import { openRunnerState } from './dynamodb/runner-state.ts';
import { createClosers, type Closers } from './runner/closers.ts';
import { createFunctionHost } from './functions/function-host.ts';
import { hostsOf, servedApis, urlOfApi, type ServedApi } from './runner/api-addresses.ts';
import { createDeveloper, type GeneratedKey, type NewKey } from './runner/developer.ts';
import { loadStacks } from './runner/load-stacks.ts';
import type { RunnerOptions } from './runner/runner-options.ts';
import { LOCAL_CLIENT_ID, urlsOf } from './runner/local-context.ts';
import { managementApiOf, withLoopbackAddresses } from './runner/serving.ts';
import { listenOnLoopback } from './runner/listen-on-loopback.ts';
import { createLogPipeline } from './runner/log-pipeline.ts';
import { createEventBuses, type PublishedEvent } from './runner/event-buses.ts';
import { startServiceEndpoint } from './runner/service-endpoint.ts';
import { startEventSources } from './runner/start-event-sources.ts';
import { startScheduler } from './functions/scheduler.ts';
import type { InvocationResult } from './gateway/model.ts';
import { createGateway } from './gateway/server.ts';
import { createIdentityProvider } from './identity/identity-provider.ts';
import { loadOidcLibrary } from './identity/library.ts';
import { loadSigningKey } from './identity/signing-key.ts';
import { createFrontDoor } from './runner/front-door.ts';

export type { ServedApi } from './runner/api-addresses.ts';
export type { GeneratedKey, NewKey } from './runner/developer.ts';
export type { RunnerLine, RunnerOptions } from './runner/runner-options.ts';
export { LOCAL_CLIENT_ID, localContext } from './runner/local-context.ts';

/** A runner that is ready. */
export interface Runner {
  /** The APIs of the app, with their addresses. */
  readonly apis: readonly ServedApi[];
  /**
   * The address of an API, for `fetch` as it is.
   * @param name title of the API's document, if need be with its version: `Orders`, `Orders 1.0.0`
   * @param stage default `production`
   * @throws NoSuchApiError
   * @example await fetch(`${runner.url('Orders')}/orders`, { headers: { apikey: key.value } })
   */
  url(name: string, stage?: string): string;
  /**
   * An access token of a demo user: `alice` and `bob` are developers, `publisher` and `admin` what their names say.
   * @throws RequestRefusedError when nobody is called so
   */
  token(user: string): Promise<string>;
  /**
   * Generates a key as a developer does, over the management API.
   * @throws RequestRefusedError with the answer of a request that failed
   * @example const key = await runner.generateKey({ api: 'Orders', environment: 'sandbox' });
   */
  generateKey(key: NewKey): Promise<GeneratedKey>;
  readonly gatewayPort: number;
  readonly managementPort: number;
  /** Undefined when there is no such port. */
  readonly sandboxPort: number | undefined;
  /** The production domain. */
  readonly gatewayUrl: string;
  readonly sandboxUrl: string;
  readonly managementUrl: string;
  readonly issuer: string;
  readonly dynamoDbEndpoint: string;
  readonly assembly: DeployedAssembly;
  /** Resolves when every stream record and log line so far has reached its function. */
  settle(): Promise<void>;
  /** The newest events that functions have published, oldest first; at most 1,000. */
  events(): readonly PublishedEvent[];
  /**
   * Runs a scheduled rule now, and waits for its functions.
   * @throws Error when there is none of this name, or one of its functions fails.
   */
  fireSchedule(name: string): Promise<void>;
  /** Invokes a function as whoever may invoke it, asynchronously on AWS: only its own time-out ends it. */
  invoke(functionArn: string, payload: unknown): Promise<InvocationResult>;
  /** Calls that roles have not allowed so far, one line each: `Function may not dynamodb:PutItem on AUDIT#`. */
  denials(): readonly string[];
  /** Deletes expired items now, as DynamoDB does at some time. */
  sweepExpired(): Promise<void>;
  /** Resolves with the reason when something that the runner needs has ended by itself. */
  readonly died: Promise<string>;
  /** Ends everything, once the requests under way have been answered. */
  close(): Promise<void>;
}

const DEFAULT_MAX_INSTANCES = 4;
const CUSTOM_RESOURCE_GRACE_MILLISECONDS = 5_000;

/**
 * Synthesizes a CDK app and runs what it made: tables, functions, HTTP APIs, streams, custom resources, sign-in. An app
 * without a `KeyboundStack` gets a core of the runner's own. Serves on loopback only, and uses no AWS account.
 * @example
 * const runner = await startRunner({ directory: 'orders' });
 * const key = await runner.generateKey({ api: 'Orders' });
 * const answer = await fetch(`${runner.url('Orders')}/orders`, { headers: { apikey: key.value } });
 * await runner.close();
 * @throws NoCdkAppError, SynthesisError, CannotRunError, PortInUseError, DataDirectoryInUseError, NoEngineError,
 *   EndpointError, and what the engine or the gateway report. Nothing is left running then.
 */
export async function startRunner(options: RunnerOptions = {}): Promise<Runner> {
  const closers = createClosers();
  try {
    return await start(options, closers);
  } catch (error) {
    await closers.closeAll();
    throw error;
  }
}

async function start(options: RunnerOptions, closers: Closers): Promise<Runner> {
  const writeLine = options.writeLine ?? (() => undefined);
  const report = (line: string): void => writeLine({ source: 'runner', name: 'runner', line });
  const dataDirectory = options.dataDirectory === undefined ? undefined : resolve(options.dataDirectory);
  if (dataDirectory !== undefined) closers.add(await lockDataDirectory(dataDirectory));

  if (options.dynamoDbEndpoint !== undefined) await reachEndpoint(options.dynamoDbEndpoint);

  // Ports first: a busy one is found out at once, and the app is synthesized with the real ones.
  const frontDoor = createFrontDoor(report);
  const gatewayListener = await listenOnLoopback(options.gatewayPort ?? 0, frontDoor.gateway);
  closers.add(() => gatewayListener.close());
  const managementListener = await listenOnLoopback(options.managementPort ?? 0, frontDoor.management);
  closers.add(() => managementListener.close());
  const sandboxListener =
    options.sandboxPort === undefined
      ? undefined
      : await listenOnLoopback(options.sandboxPort, frontDoor.sandbox);
  if (sandboxListener !== undefined) closers.add(() => sandboxListener.close());
  const urls = urlsOf(gatewayListener.port, managementListener.port, sandboxListener?.port);
  const issuer = options.issuer ?? urls.managementUrl;

  const opening = <T>(promise: Promise<T>, close: (opened: T) => Promise<void>): Promise<T> =>
    promise.then((opened) => {
      closers.add(() => close(opened));
      return opened;
    });
  // In the path, because not every machine knows the names below `localhost`.
  const apiEndpoint = (apiId: string): string => `${urls.gatewayUrl}/${apiId}`;
  const registry = createStackRegistry();
  const roles = createRoleRegistry();
  const guard = createIamGuard(roles, (line) => report(`IAM: ${line}`));
  // While the app is synthesized there is time for it. Otherwise it loads when the runner is ready.
  if (options.assemblyDirectory === undefined) loadOidcLibrary().catch(() => undefined);
  const [stacks, database, key, services] = await settled([
    loadStacks(options, dataDirectory, { ...urls, issuer }, closers),
    opening(openDatabase(databaseOptions(options, dataDirectory, report)), (opened) => opened.stop()),
    loadSigningKey(dataDirectory),
    opening(
      startServiceEndpoint({
        report,
        stacks: registry,
        describeApi: (apiId) => describedApi(registry, apiEndpoint, apiId),
        guard,
      }),
      (opened) => opened.close(),
    ),
  ]);
  options.signal?.throwIfAborted();
  const tables = await opening(startDynamoDbProxy(database.endpoint, guard), (opened) => opened.close());
  const state = await openRunnerState(database.call);

  const logs = createLogPipeline({ writeLine, now: Date.now });
  const functions = createFunctionHost({
    maxInstances: options.maxInstances ?? DEFAULT_MAX_INSTANCES,
    environment: { AWS_ENDPOINT_URL: services.url, AWS_ENDPOINT_URL_DYNAMODB: tables.url },
    hosts: services.hosts,
    writeLine: logs.writeFunctionLine,
  });
  closers.add(() => functions.close());
  const customResources = createCustomResources({
    state,
    invoke: functions.invokeEvent,
    hasFunction: functions.has,
    responses: services.responses,
    stacks: registry,
    graceMilliseconds: CUSTOM_RESOURCE_GRACE_MILLISECONDS,
    report,
  });
  const assembly = await deployAssembly(stacks, {
    identity: { issuer, clientId: LOCAL_CLIENT_ID },
    apiEndpoint,
    stacks: registry,
    roles,
    provisioner: {
      table: (definition) => {
        tables.addTable(definition);
        return ensureTable(database.call, definition);
      },
      function: (definition) => functions.add(definition),
      customResource: (request) => customResources.ensure(request),
    },
  });
  await customResources.cleanUp();

  const managementApiId = managementApiOf(assembly);
  const gateway = createGateway({
    apis: assembly.apis,
    mappings: withLoopbackAddresses(assembly.mappings),
    invoke: functions.invoke,
    writeAccessLog: logs.writeAccessLog,
    reportFault: (error) => report(`The gateway failed: ${String(error)}`),
    ...(options.sourceIpHeader === undefined ? {} : { sourceIpHeader: options.sourceIpHeader }),
    ...(options.issuer === undefined ? {} : { resolveJwtKey: () => Promise.resolve(key.publicKey) }),
  });
  closers.add(() => gateway.close());
  services.attachGateway(gateway);
  const eventBuses = createEventBuses({
    names: assembly.eventBuses,
    now: Date.now,
    show: (name, line) => writeLine({ source: 'event', name, line }),
  });
  services.attachEventBuses(eventBuses);
  logs.connect(assembly.subscriptions, functions.invokeEvent);
  closers.add(() => logs.close());
  const eventSources = await startEventSources(assembly.eventSources, {
    call: database.call,
    state,
    invoke: functions.invokeEvent,
    report,
  });
  closers.add(() => eventSources.close());
  const scheduler = await startScheduler({
    schedules: assembly.schedules,
    lastRuns: {
      load: (name) => state.load(`schedule/${name}`),
      save: (name, at) => state.save(`schedule/${name}`, at),
    },
    invoke: functions.invokeEvent,
    now: Date.now,
    report,
  });
  closers.add(() => scheduler.close());
  frontDoor.open({
    gateway,
    identity: createIdentityProvider({ issuer, clientId: LOCAL_CLIENT_ID, key, dataDirectory, report }),
    managementApiId,
    hosts: hostsOf(assembly),
  });
  const apis = servedApis(assembly, managementApiId, urls);
  let names = 0;

  return {
    apis,
    url: (name, stage = 'production') => urlOfApi(apis, name, stage),
    ...createDeveloper(urls.managementUrl, () => `Runner ${Date.now()}-${(names += 1)}`),
    gatewayPort: gatewayListener.port,
    managementPort: managementListener.port,
    sandboxPort: sandboxListener?.port,
    ...urls,
    issuer,
    dynamoDbEndpoint: database.endpoint,
    assembly,
    died: database.died,
    async settle() {
      await eventSources.settle();
      await logs.settle();
    },
    events: () => eventBuses.events(),
    fireSchedule: (name) => scheduler.fire(name),
    invoke: functions.invokeEvent,
    denials: guard.denials,
    sweepExpired: () => database.sweepExpired(),
    close: () => closers.closeAll(),
  };
}

/** Waits for all of them to end before it rejects with the first failure, so that what did open can be closed. */
async function settled<T extends readonly unknown[]>(promises: {
  [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}

function databaseOptions(
  { dynamoDbEndpoint }: RunnerOptions,
  dataDirectory: string | undefined,
  report: (text: string) => void,
): DatabaseOptions {
  return {
    report,
    ...(dynamoDbEndpoint === undefined ? {} : { endpoint: dynamoDbEndpoint }),
    ...(dataDirectory === undefined ? {} : { dataDirectory }),
  };
}
