import { parseArgs } from 'node:util';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { replayDeadLetters } from './dead-letters/replay-dead-letters.ts';

/** Replays the messages of a dead-letter queue; `docs/operations.md` explains when and how. */
const USAGE = 'usage: npm run replay -- --queue URL [--execute] [--drop-lost]';

const { values } = parseArgs({
  options: {
    queue: { type: 'string' },
    execute: { type: 'boolean', default: false },
    'drop-lost': { type: 'boolean', default: false },
  },
});
if (values.queue === undefined) {
  process.stderr.write(`${USAGE}\n`);
  process.exitCode = 2;
} else {
  const result = await replayDeadLetters(
    {
      sqs: new SQSClient(),
      // A function may run for minutes before it answers, and must not be invoked again meanwhile.
      lambda: new LambdaClient({ maxAttempts: 1 }),
      streams: new DynamoDBStreamsClient(),
      print: (line) => process.stdout.write(`${line}\n`),
    },
    { queueUrl: values.queue, execute: values.execute, dropLost: values['drop-lost'] },
  );
  const { replayed, dropped, left } = result;
  process.stdout.write(`${replayed} replayed, ${dropped} dropped, ${left} left in the queue\n`);
  if (!values.execute && left > 0) process.stdout.write('Nothing was invoked: repeat with --execute.\n');
  if (values.execute && left > 0) process.exitCode = 1;
}
