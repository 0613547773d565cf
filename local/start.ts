import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { runDev, untilInterrupted, type DevOptions } from './dev.ts';
import { messageOf } from './message-of.ts';
import { localContext } from './runner/local-context.ts';

const HELP = `Runs Keybound and the sample APIs on this machine.

  --gateway-port PORT       the APIs (default 8243)
  --sandbox-port PORT       the APIs' sandbox (default 8244), as on the gateway's port at sandbox.localhost
  --management-port PORT    portal, administration and sign-in (default 9443)
  --data-dir DIR            what is kept between starts (default .keybound)
  --memory                  keep nothing
  --source-ip-header NAME   test aid: take the client address from this header
  --quiet                   show neither the functions' log lines nor events
  --help                    this text
`;

/** A command line that cannot be followed; the message says why. */
class UsageError extends Error {
  readonly code = 'USAGE';
}

const CHECKOUT = resolve(import.meta.dirname, '..');

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const options = readFlags(process.argv.slice(2));
    if (options !== undefined) return await runDev(options);
    process.stdout.write(HELP);
    return 0;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\nSee --help.\n`);
    return 2;
  }
}

function readFlags(args: string[]): DevOptions | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  if (values.memory && values['data-dir'] !== undefined) {
    throw new UsageError('--memory keeps nothing, so it cannot go with --data-dir');
  }
  const dataDirectory = values.memory ? undefined : (values['data-dir'] ?? '.keybound');
  const gatewayPort = portOf('--gateway-port', values['gateway-port']);
  const managementPort = portOf('--management-port', values['management-port']);
  const sandboxPort = portOf('--sandbox-port', values['sandbox-port']);
  const ports = Object.entries({
    '--gateway-port': gatewayPort,
    '--management-port': managementPort,
    '--sandbox-port': sandboxPort,
  });
  for (const [flag, port] of ports) {
    for (const [other, same] of ports) {
      if (flag < other && port === same && port !== 0) {
        throw new UsageError(`${flag} and ${other} must differ`);
      }
    }
  }
  const sourceIpHeader = values['source-ip-header'];
  if (sourceIpHeader !== undefined && !/^[\w!#$%&'*+.^`|~-]+$/.test(sourceIpHeader)) {
    throw new UsageError(`--source-ip-header: ${sourceIpHeader} is not the name of a header`);
  }
  return {
    directory: resolve(CHECKOUT, 'examples/samples'),
    app: 'app.ts',
    context: localContext,
    sources: [CHECKOUT],
    watch: false,
    quiet: values.quiet,
    signal: untilInterrupted(),
    gatewayPort,
    managementPort,
    sandboxPort,
    ...(dataDirectory === undefined ? {} : { dataDirectory }),
    ...(sourceIpHeader === undefined ? {} : { sourceIpHeader }),
    print: (text) => void process.stdout.write(`${text}\n`),
    note: (text) => void process.stderr.write(`${text}\n`),
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
