import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createNarrator, type DemoTarget } from './demo/narrator.ts';
import { walkThrough } from './demo/walk-through.ts';
import { messageOf } from './message-of.ts';
import { localContext, startRunner } from './runner.ts';

const USAGE = `npm run demo -- [--management URL --gateway URL --sandbox URL]

Walks through the life of API keys and prints every request with its answer. Without URLs it starts a runner of
its own, in memory, on free ports. A running one is, with the default ports:
  npm run demo -- --management http://localhost:9443 --gateway http://localhost:8243 --sandbox http://localhost:8244
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const given = readTarget(process.argv.slice(2));
  if (given === 'help' || given === 'wrong') {
    process.stdout.write(USAGE);
    return given === 'help' ? 0 : 2;
  }
  try {
    return given === undefined ? await withOwnRunner() : await narrate(given);
  } catch (error) {
    process.stderr.write(`The demo could not continue: ${messageOf(error)}\n`);
    return 1;
  }
}

async function withOwnRunner(): Promise<number> {
  process.stdout.write('Starting a runner …\n');
  const runner = await startRunner({
    directory: resolve(import.meta.dirname, '../examples/samples'),
    app: 'app.ts',
    context: localContext,
  });
  try {
    return await narrate(runner);
  } finally {
    await runner.close();
  }
}

async function narrate(target: DemoTarget): Promise<number> {
  const narrator = createNarrator(target, (line) => process.stdout.write(`${line}\n`));
  try {
    await walkThrough(narrator, target);
  } finally {
    narrator.close();
  }
  const failures = narrator.failures();
  process.stdout.write(
    failures.length === 0
      ? '\nEverything was as expected.\n'
      : `\nNot as expected:\n${failures.join('\n')}\n`,
  );
  return failures.length === 0 ? 0 : 1;
}

function readTarget(args: string[]): DemoTarget | 'help' | 'wrong' | undefined {
  try {
    const url = { type: 'string' } as const;
    const { values } = parseArgs({
      args,
      options: { management: url, gateway: url, sandbox: url, help: { type: 'boolean' } },
    });
    if (values.help === true) return 'help';
    const { management, gateway, sandbox } = values;
    if (management !== undefined && gateway !== undefined && sandbox !== undefined) {
      return { managementUrl: management, gatewayUrl: gateway, sandboxUrl: sandbox };
    }
    return (management ?? gateway ?? sandbox) === undefined ? undefined : 'wrong';
  } catch {
    return 'wrong';
  }
}
