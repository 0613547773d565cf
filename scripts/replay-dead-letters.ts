import { parseArgs } from 'node:util';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { messageOf } from '../local/message-of.ts';
import { replayDeadLetters, type ReplayOptions } from './dead-letters/replay-dead-letters.ts';

/** Replays the messages of a dead-letter queue; `docs/operate/dead-letters.md` explains when and how. */
const USAGE = `npm run replay -- --queue URL [--execute] [--drop-lost]

Tells what a dead-letter queue holds. --execute replays it; --drop-lost deletes what can never be replayed.
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const options = read();
  if (options === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if ('problem' in options) {
    process.stderr.write(`${options.problem}\n\n${USAGE}`);
    return 2;
  }
  try {
    return await replay(options);
  } catch (error) {
    process.stderr.write(`The queue ${options.queueUrl} could not be replayed: ${messageOf(error)}\n`);
    return 1;
  }
}

function read(): ReplayOptions | 'help' | { readonly problem: string } {
  try {
    const { values } = parseArgs({
      options: {
        queue: { type: 'string' },
        execute: { type: 'boolean', default: false },
        'drop-lost': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return 'help';
    const { queue, execute, 'drop-lost': dropLost } = values;
    if (queue === undefined) return { problem: '--queue is missing: an output of the stack names it' };
    if (URL.parse(queue) === null) return { problem: `--queue: ${queue} is not the URL of a queue` };
    return { queueUrl: queue, execute, dropLost };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

async function replay(options: ReplayOptions): Promise<number> {
  const { replayed, dropped, left } = await replayDeadLetters(
    {
      sqs: new SQSClient(),
      // A function may run for minutes before it answers, and must not be invoked again meanwhile.
      lambda: new LambdaClient({ maxAttempts: 1 }),
      streams: new DynamoDBStreamsClient(),
      print: (line) => process.stdout.write(`${line}\n`),
    },
    options,
  );
  process.stdout.write(`${replayed} replayed, ${dropped} dropped, ${left} left in the queue\n`);
  if (!options.execute && left > 0) process.stdout.write('Nothing was invoked: repeat with --execute.\n');
  return options.execute && left > 0 ? 1 : 0;
}
