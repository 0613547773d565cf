import { parseArgs } from 'node:util';
import { DEMO_USERS } from './identity/demo-users.ts';
import { messageOf } from './message-of.ts';
import { SANDBOX_DOMAIN } from './runner/front-door.ts';
import { PortInUseError } from './runner/listen-on-loopback.ts';
import type { Runner, RunnerLine, RunnerOptions } from './runner.ts';

const HELP = `Runs the CDK app on this machine.

  --gateway-port PORT       the APIs (default 8243)
  --sandbox-port PORT       the APIs' sandbox (default 8244), as on the gateway's port at sandbox.localhost
  --management-port PORT    portal, administration and sign-in (default 9443)
  --data-dir DIR            what is kept between starts (default .keybound)
  --memory                  keep nothing
  --source-ip-header NAME   test aid: take the client address from this header
  --quiet                   show neither the functions' log lines nor events
  --help                    this text
`;

interface StartFlags {
  readonly options: RunnerOptions;
  readonly dataDirectory: string | undefined;
}

/** A command line that cannot be followed; the message says why. */
class UsageError extends Error {
  readonly code = 'USAGE';
}

await main();

async function main(): Promise<void> {
  let flags: StartFlags | undefined;
  try {
    flags = readFlags(process.argv.slice(2));
    if (flags === undefined) {
      process.stdout.write(HELP);
      return;
    }
    process.stderr.write('Starting: the first start synthesizes the app and takes a while …\n');
    // Not before somebody has been told: it loads for a second or more.
    const { startRunner } = await import('./runner.ts');
    const runner = await startRunner(flags.options);
    process.stdout.write(welcome(runner, flags.dataDirectory));
    stopOnSignal(runner);
    void runner.died.then(async (reason) => {
      process.stderr.write(`${reason}\n`);
      await runner.close();
      process.exit(1);
    });
  } catch (error) {
    process.stderr.write(`${describeError(error, flags)}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

function readFlags(args: string[]): StartFlags | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  if (values.memory && values['data-dir'] !== undefined)
    throw new UsageError('--memory keeps nothing, so it cannot go with --data-dir');
  const dataDirectory = values.memory ? undefined : (values['data-dir'] ?? '.keybound');
  const gatewayPort = portOf('--gateway-port', values['gateway-port']);
  const managementPort = portOf('--management-port', values['management-port']);
  const sandboxPort = portOf('--sandbox-port', values['sandbox-port']);
  const ports = Object.entries({
    '--gateway-port': gatewayPort,
    '--management-port': managementPort,
    '--sandbox-port': sandboxPort,
  });
  for (const [flag, port] of ports)
    for (const [other, same] of ports)
      if (flag < other && port === same && port !== 0)
        throw new UsageError(`${flag} and ${other} must differ`);
  const sourceIpHeader = values['source-ip-header'];
  if (sourceIpHeader !== undefined && !/^[\w!#$%&'*+.^`|~-]+$/.test(sourceIpHeader))
    throw new UsageError(`--source-ip-header: ${sourceIpHeader} is not the name of a header`);
  const dynamoDbEndpoint = process.env['AWS_ENDPOINT_URL_DYNAMODB'];
  return {
    dataDirectory,
    options: {
      gatewayPort,
      managementPort,
      sandboxPort,
      ...(dataDirectory === undefined ? {} : { dataDirectory }),
      ...(sourceIpHeader === undefined ? {} : { sourceIpHeader }),
      ...(dynamoDbEndpoint === undefined || dynamoDbEndpoint === '' ? {} : { dynamoDbEndpoint }),
      writeLine: (line) => showLine(line, values.quiet),
    },
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        'gateway-port': { type: 'string', default: '8243' },
        'management-port': { type: 'string', default: '9443' },
        'sandbox-port': { type: 'string', default: '8244' },
        'data-dir': { type: 'string' },
        memory: { type: 'boolean', default: false },
        'source-ip-header': { type: 'string' },
        quiet: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

function portOf(flag: string, text: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`${flag}: ${text} is not a port (0 to 65535)`);
}

function showLine({ source, name, line }: RunnerLine, quiet: boolean): void {
  if (source === 'runner') process.stderr.write(`${line}\n`);
  else if ((source === 'function' || source === 'event') && !quiet)
    process.stdout.write(`${name}  ${line}\n`);
}

function stopOnSignal(runner: Runner): void {
  let stopping = false;
  const stop = (): void => {
    if (stopping) process.exit(130);
    stopping = true;
    runner.close().then(
      () => process.exit(0),
      (error: unknown) => {
        process.stderr.write(`${describeError(error)}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function welcome(
  { assembly, managementUrl, gatewayPort, sandboxPort }: Runner,
  dataDirectory: string | undefined,
): string {
  const names = new Map(assembly.apis.map(({ apiId, name }) => [apiId, name]));
  const mappings = assembly.mappings.map(
    ({ domainName, mappingKey, apiId, stage }) =>
      `  ${names.get(apiId) ?? apiId} (${stage}): http://${
        domainName === SANDBOX_DOMAIN && sandboxPort !== undefined
          ? `localhost:${sandboxPort}`
          : `${domainName}:${gatewayPort}`
      }/${mappingKey}`,
  );
  const users = DEMO_USERS.map(({ username, groups }) => `${username} (${groups.join(', ')})`).join(', ');
  return `Ready. Everything is served on this machine only.

${mappings.join('\n')}
  management: ${managementUrl}
  sign-in: ${managementUrl}/oauth2/token
  users: ${users}; the password is the user name
  data: ${dataDirectory ?? 'in memory, nothing is kept'}

A token to begin with:
  curl -s ${managementUrl}/oauth2/token -d grant_type=password -d username=alice -d password=alice
`;
}

function describeError(error: unknown, flags?: StartFlags): string {
  if (error instanceof PortInUseError) {
    const { managementPort, sandboxPort } = flags?.options ?? {};
    const flag =
      error.port === managementPort
        ? '--management-port'
        : error.port === sandboxPort
          ? '--sandbox-port'
          : '--gateway-port';
    return `${error.message}; choose another one with ${flag}`;
  }
  if (error instanceof UsageError) return `${error.message}\nSee --help.`;
  if (error instanceof Error) return 'code' in error ? error.message : (error.stack ?? error.message);
  return String(error);
}
