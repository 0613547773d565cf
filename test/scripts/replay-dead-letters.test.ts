import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { auditItemKey, keyReferenceItemKey } from '../../lambdas/platform/dynamodb/keys.ts';
import { startAwsStandIn, type AwsStandIn, type StandInOptions } from './aws-stand-in.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/replay-dead-letters.ts', import.meta.url));
const ACCOUNT = 'arn:aws:lambda:eu-central-1:123456789012:function';
const STREAM = 'arn:aws:dynamodb:eu-central-1:123456789012:table/keys/stream/2026-01-01T00:00:00.000';

/** As Lambda describes an event that a function failed at, three times. */
const failedEvent = (functionName: string, requestPayload?: unknown) =>
  JSON.stringify({
    version: '1.0',
    timestamp: '2026-01-01T00:00:00.000Z',
    requestContext: {
      requestId: 'e4b46cbf-b738-xmpl-8880-a18cdf61200e',
      functionArn: `${ACCOUNT}:${functionName}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    },
    ...(requestPayload !== undefined && { requestPayload }),
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: { errorType: 'Error', errorMessage: 'no' },
  });

/** As Lambda describes records of a stream that a function failed at. */
const failedRecords = (functionName: string, first: number, last: number) =>
  JSON.stringify({
    version: '1.0',
    timestamp: '2026-01-01T00:00:00.000Z',
    requestContext: {
      requestId: '316aa6d0-8154-xmpl-9af7-85d5f4a6bc81',
      functionArn: `${ACCOUNT}:${functionName}`,
      condition: 'RetryAttemptsExhausted',
      approximateInvokeCount: 6,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    DDBStreamBatchInfo: {
      shardId: 'shardId-00000001573689847184-864758bb',
      startSequenceNumber: String(first),
      endSequenceNumber: String(last),
      approximateArrivalOfFirstRecord: '2026-01-01T00:00:00Z',
      approximateArrivalOfLastRecord: '2026-01-01T00:00:00Z',
      batchSize: 1,
      streamArn: STREAM,
    },
  });

const record = (sequenceNumber: number, { pk, sk }: { pk: string; sk: string }, eventName = 'INSERT') => ({
  eventID: `event-${sequenceNumber}`,
  eventName,
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: 'eu-central-1',
  dynamodb: {
    ApproximateCreationDateTime: 1_767_225_600,
    Keys: { pk: { S: pk }, sk: { S: sk } },
    NewImage: { pk: { S: pk }, sk: { S: sk }, bytes: { B: 'AAEC' } },
    SequenceNumber: String(sequenceNumber),
    SizeBytes: 80,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
});
const audit = (sequenceNumber: number) =>
  record(sequenceNumber, auditItemKey('2026-01-01T00:00:00.000Z', 'id'));

let standIn: AwsStandIn | undefined;
afterEach(async () => {
  await standIn?.close();
  standIn = undefined;
});

async function replay(options: StandInOptions, ...flags: readonly string[]) {
  standIn = await startAwsStandIn(options);
  const { url, queueUrl, invocations, waiting } = standIn;
  const { status, output } = await run([SCRIPT, '--queue', queueUrl, ...flags], {
    AWS_ENDPOINT_URL: url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  });
  return { status, output, invocations, waiting: waiting() };
}

function run(
  argv: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ status: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...argv],
      { env: { PATH: '', ...env } },
      (_error, stdout, stderr) => resolve({ status: child.exitCode ?? -1, output: `${stdout}${stderr}` }),
    );
  });
}

const BATCH = { awslogs: { data: 'H4sI' } };

describe('the replay of dead letters', () => {
  it('only tells what it would do until it is told to', async () => {
    const messages = [
      { id: 'a', body: failedEvent('usage', BATCH) },
      { id: 'b', body: failedRecords('changes', 100, 101) },
    ];
    const { status, output, invocations, waiting } = await replay({ messages });
    expect(output).toBe(
      [
        'a would invoke usage with its event',
        'b would invoke changes with records of the stream',
        '0 replayed, 0 dropped, 2 left in the queue',
        'Nothing was invoked: repeat with --execute.',
        '',
      ].join('\n'),
    );
    expect(status).toBe(0);
    expect(invocations).toEqual([]);
    expect(waiting).toEqual([
      { id: 'a', visible: true },
      { id: 'b', visible: true },
    ]);
  });

  it('invokes the function with each event as it was, and then deletes the message', async () => {
    const messages = ['a', 'b', 'c', 'd', 'e'].map((id) => ({
      id,
      body: failedEvent('usage', { awslogs: { data: id } }),
    }));
    const { status, output, invocations, waiting } = await replay({ messages }, '--execute');
    expect(output).toContain('a usage succeeded\n');
    expect(output).toContain('5 replayed, 0 dropped, 0 left in the queue\n');
    expect(status).toBe(0);
    expect(invocations).toEqual(
      messages.map(({ id }) => ({
        functionName: `${ACCOUNT}:usage`,
        event: { awslogs: { data: id } },
      })),
    );
    expect(waiting).toEqual([]);
  });

  it('leaves a message whose function fails again, visible at once, and goes on with the others', async () => {
    const { status, output, waiting } = await replay(
      {
        messages: [
          { id: 'a', body: failedEvent('usage', BATCH) },
          { id: 'b', body: failedEvent('reminders', {}) },
        ],
        answerOf: (name) => ({ failed: name.endsWith('usage') }),
      },
      '--execute',
    );
    expect(output).toContain('a usage failed again; its log says why\n');
    expect(output).toContain('b reminders succeeded\n');
    expect(output).toContain('1 replayed, 0 dropped, 1 left in the queue\n');
    expect(output).not.toContain('secret');
    expect(status).toBe(1);
    expect(waiting).toEqual([{ id: 'a', visible: true }]);
  });

  it('invokes the target of a schedule with the event that EventBridge could not deliver', async () => {
    const event = { source: 'aws.events', detail: {} };
    const { invocations, waiting } = await replay(
      { messages: [{ id: 'a', body: JSON.stringify(event), targetArn: `${ACCOUNT}:changes` }] },
      '--execute',
    );
    expect(invocations).toEqual([{ functionName: `${ACCOUNT}:changes`, event }]);
    expect(waiting).toEqual([]);
  });

  it('reads the records of a stream again, and passes on those of the span that the function follows', async () => {
    const { output, invocations, waiting } = await replay(
      {
        messages: [{ id: 'a', body: failedRecords('changes', 100, 103) }],
        pages: [
          [audit(100), record(101, keyReferenceItemKey('k'))],
          [],
          [record(102, auditItemKey('2026-01-01T00:00:00.000Z', 'id'), 'REMOVE'), audit(103), audit(104)],
        ],
      },
      '--execute',
    );
    expect(output).toContain('a changes succeeded\n');
    expect(invocations).toEqual([
      {
        functionName: `${ACCOUNT}:changes`,
        event: { Records: [audit(100), audit(103)].map((it) => ({ ...it, eventSourceARN: STREAM })) },
      },
    ]);
    expect(waiting).toEqual([]);
  });

  it('keeps a message of which the function could not take all records', async () => {
    const { output, waiting } = await replay(
      {
        messages: [{ id: 'a', body: failedRecords('changes', 100, 100) }],
        pages: [[audit(100)]],
        answerOf: () => ({ answer: { batchItemFailures: [{ itemIdentifier: '100' }] } }),
      },
      '--execute',
    );
    expect(output).toContain('a changes could not take all records; its log says why\n');
    expect(waiting).toEqual([{ id: 'a', visible: true }]);
  });

  it('deletes a message without a call when the function follows none of its records', async () => {
    const { output, invocations, waiting } = await replay(
      {
        messages: [{ id: 'a', body: failedRecords('changes', 100, 100) }],
        pages: [[record(100, keyReferenceItemKey('k'))]],
      },
      '--execute',
    );
    expect(output).toContain('a changes follows none of the records\n');
    expect(invocations).toEqual([]);
    expect(waiting).toEqual([]);
  });

  it('keeps a message whose records the stream has dropped, and drops it when it is told to', async () => {
    const messages = [{ id: 'a', body: failedRecords('changes', 1, 2) }];
    const kept = await replay({ messages }, '--execute');
    expect(kept.output).toContain('a changes cannot get records that the stream has dropped\n');
    expect(kept.status).toBe(1);
    expect(kept.waiting).toEqual([{ id: 'a', visible: true }]);
    await standIn?.close();

    const dropped = await replay({ messages }, '--execute', '--drop-lost');
    expect(dropped.output).toContain('0 replayed, 1 dropped, 0 left in the queue\n');
    expect(dropped.invocations).toEqual([]);
    expect(dropped.waiting).toEqual([]);
  });

  it('keeps records that the end of the shard is missing of', async () => {
    const { output, invocations, waiting } = await replay(
      { messages: [{ id: 'a', body: failedRecords('changes', 100, 102) }], pages: [[audit(100)]] },
      '--execute',
    );
    expect(output).toContain('cannot get records');
    expect(invocations).toEqual([]);
    expect(waiting).toEqual([{ id: 'a', visible: true }]);
  });

  it.each([
    ['its event was too large to be kept', failedEvent('usage')],
    ['it is not JSON', 'hello'],
    ['it is of no known form', '{"requestPayload":{}}'],
  ])('keeps a message that cannot be replayed: %s', async (why, body) => {
    const { output, invocations, waiting } = await replay(
      { messages: [{ id: 'a', body }] },
      '--execute',
      '--drop-lost',
    );
    expect(output).toContain(`a cannot be replayed: ${why}\n`);
    expect(invocations).toEqual([]);
    expect(waiting).toEqual([{ id: 'a', visible: true }]);
  });

  it('says how it is used when the queue is missing', async () => {
    const { status, output } = await run([SCRIPT], {});
    expect(status).toBe(2);
    expect(output).toContain('--queue URL [--execute] [--drop-lost]');
  });

  it.each<[readonly string[], number, string]>([
    [['--help'], 0, 'npm run replay -- --queue URL'],
    [['--queu', 'x'], 2, "Unknown option '--queu'"],
    [['--queue', 'here'], 2, '--queue: here is not the URL of a queue'],
  ])('explains itself instead of showing a stack trace, for %j', async (args, expected, text) => {
    const { status, output } = await run([SCRIPT, ...args], {});
    expect(status).toBe(expected);
    expect(output).toContain(text);
    expect(output).not.toMatch(/\n\s+at /);
  });
});
