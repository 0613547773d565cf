import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { messageOf } from '../local/message-of.ts';

const USAGE = `npm run synth -- [-c NAME=VALUE ...] [--output DIRECTORY]

Synthesizes the CDK app, without an account. -c deployment=prod takes the settings of keybound.config.prod.json; any other
setting on the command line wins over the file. The default is the deployment dev, and the directory cdk.out.
`;

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()).default({}) });

process.exitCode = await main();

async function main(): Promise<number> {
  try {
    const options = read(process.argv.slice(2));
    if (options === 'help') {
      process.stdout.write(USAGE);
      return 0;
    }
    return await synthesize(options.context, options.output);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${USAGE}`);
    return 2;
  }
}

interface Options {
  readonly context: Readonly<Record<string, string>>;
  readonly output: string;
}

function read(args: string[]): Options | 'help' {
  const { values } = parseArgs({
    args,
    options: {
      context: { type: 'string', short: 'c', multiple: true, default: [] },
      output: { type: 'string', default: 'cdk.out' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const context = values.context.map((entry): [string, string] => {
    const at = entry.indexOf('=');
    if (at <= 0) throw new Error(`-c ${entry}: write NAME=VALUE`);
    return [entry.slice(0, at), entry.slice(at + 1)];
  });
  return { context: Object.fromEntries(context), output: resolve(values.output) };
}

async function synthesize(context: Readonly<Record<string, string>>, output: string): Promise<number> {
  const project = resolve(import.meta.dirname, '..');
  const own = CdkJson.parse(JSON.parse(readFileSync(join(project, 'cdk.json'), 'utf8'))).context;
  const child = spawn(process.execPath, [join(project, 'bin/app.ts')], {
    env: { ...process.env, CDK_OUTDIR: output, CDK_CONTEXT_JSON: JSON.stringify({ ...own, ...context }) },
    stdio: ['ignore', 'inherit', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text;
  });
  await once(child, 'close');
  process.stderr.write(child.exitCode === 0 ? errors : `${withoutTrace(errors)}\n`);
  return child.exitCode === 0 ? 0 : 1;
}

/** The message of an app that cannot be synthesized, without the stack trace, which does not help with a wrong setting. */
function withoutTrace(text: string): string {
  const message = /^(?:\w*Error): ([\s\S]*?)(?=\n {4}at )/m.exec(text)?.[1];
  return message ?? text.trim();
}
