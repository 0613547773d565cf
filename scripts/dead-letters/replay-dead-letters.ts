import type { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { z } from 'zod';
import { readDeadLetter, type DeadLetter } from './read-dead-letter.ts';
import { readStreamRecords } from './read-stream-records.ts';

export interface ReplayDependencies {
  readonly sqs: SQSClient;
  readonly lambda: LambdaClient;
  readonly streams: DynamoDBStreamsClient;
  readonly print: (line: string) => void;
}

export interface ReplayOptions {
  readonly queueUrl: string;
  /** Otherwise nothing is invoked and nothing deleted, only told. */
  readonly execute: boolean;
  /** Deletes messages whose records the stream has dropped: they can never be replayed. */
  readonly dropLost: boolean;
}

/** Counts of the messages that were looked at. */
export interface ReplayResult {
  readonly replayed: number;
  readonly dropped: number;
  readonly left: number;
}

/** Longer than any function runs and any queue takes, so that no message comes twice. */
const HIDDEN_SECONDS = 60 * 60;

type Outcome =
  | { readonly done: true; readonly says: string }
  | { readonly done: false; readonly says: string; readonly lost?: true };

/**
 * Replays every message of a dead-letter queue. A message is deleted after its function has succeeded, and not
 * before; one that fails stays and can be seen again at once.
 */
export async function replayDeadLetters(
  dependencies: ReplayDependencies,
  options: ReplayOptions,
): Promise<ReplayResult> {
  const { sqs, print } = dependencies;
  const { queueUrl: QueueUrl, execute, dropLost } = options;
  const kept: string[] = [];
  let replayed = 0;
  let dropped = 0;
  const seen = new Set<string>();
  try {
    for (let messages = await receive(sqs, QueueUrl); messages.length > 0;) {
      for (const { MessageId = '', ReceiptHandle = '', Body = '', MessageAttributes } of messages) {
        if (seen.has(MessageId)) continue;
        seen.add(MessageId);
        kept.push(ReceiptHandle);
        const letter = readDeadLetter(Body, MessageAttributes?.['TARGET_ARN']?.StringValue);
        const outcome = execute ? await replay(dependencies, letter) : { done: false, says: plan(letter) };
        const drop = !outcome.done && dropLost && 'lost' in outcome;
        print(`${MessageId} ${outcome.says}${drop ? ': dropped' : ''}`);
        if (!outcome.done && !drop) continue;
        await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
        kept.pop();
        if (drop) dropped += 1;
        else replayed += 1;
      }
      messages = await receive(sqs, QueueUrl);
    }
  } finally {
    for (const ReceiptHandle of kept) {
      await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
    }
  }
  return { replayed, dropped, left: kept.length };
}

async function receive(sqs: SQSClient, QueueUrl: string): Promise<readonly Message[]> {
  const { Messages: messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: HIDDEN_SECONDS,
      // Asks all servers of the queue, where a short poll asks some.
      WaitTimeSeconds: 1,
      MessageAttributeNames: ['TARGET_ARN'],
    }),
  );
  return messages;
}

function plan(letter: DeadLetter): string {
  switch (letter.kind) {
    case 'event':
      return `would invoke ${nameOf(letter.functionArn)} with its event`;
    case 'records':
      return `would invoke ${nameOf(letter.functionArn)} with records of the stream`;
    case 'unreadable':
      return `cannot be replayed: ${letter.why}`;
  }
}

async function replay(dependencies: ReplayDependencies, letter: DeadLetter): Promise<Outcome> {
  if (letter.kind === 'unreadable') return { done: false, says: plan(letter) };
  const name = nameOf(letter.functionArn);
  try {
    if (letter.kind === 'event') return await invoke(dependencies, letter.functionArn, letter.event);
    const records = await readStreamRecords(dependencies.streams, letter.span);
    if (records === undefined) {
      return { done: false, says: `${name} cannot get records that the stream has dropped`, lost: true };
    }
    if (records.length === 0) return { done: true, says: `${name} follows none of the records` };
    return await invoke(dependencies, letter.functionArn, { Records: records });
  } catch (error) {
    return {
      done: false,
      says: `${name} was not invoked: ${error instanceof Error ? error.message : 'unknown'}`,
    };
  }
}

/** The answer of a stream's function that could not take all records. */
const Partial = z.object({ batchItemFailures: z.array(z.unknown()).min(1) });

async function invoke({ lambda }: ReplayDependencies, functionArn: string, event: unknown): Promise<Outcome> {
  const { FunctionError, Payload } = await lambda.send(
    new InvokeCommand({
      FunctionName: functionArn,
      InvocationType: 'RequestResponse',
      Payload: Buffer.from(JSON.stringify(event)),
    }),
  );
  const name = nameOf(functionArn);
  if (FunctionError !== undefined) return { done: false, says: `${name} failed again; its log says why` };
  const answer = Buffer.from(Payload ?? []).toString('utf8');
  if (answer !== '' && Partial.safeParse(JSON.parse(answer)).success) {
    return { done: false, says: `${name} could not take all records; its log says why` };
  }
  return { done: true, says: `${name} succeeded` };
}

function nameOf(functionArn: string): string {
  return functionArn.split(':')[6] ?? functionArn;
}
