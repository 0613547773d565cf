import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { z } from 'zod';

/** A message that waits in the queue of the stand-in. */
export interface WaitingMessage {
  readonly id: string;
  readonly body: string;
  readonly targetArn?: string;
}

/** What a function of the stand-in answers; `failed`: it threw. */
export interface FunctionAnswer {
  readonly failed?: boolean;
  readonly answer?: unknown;
}

export interface AwsStandIn {
  readonly url: string;
  readonly queueUrl: string;
  /** In order: what each function was invoked with. */
  readonly invocations: readonly { readonly functionName: string; readonly event: unknown }[];
  /** Ids of the messages that are still there, and whether they can be received. */
  readonly waiting: () => readonly { readonly id: string; readonly visible: boolean }[];
  readonly close: () => Promise<void>;
}

export interface StandInOptions {
  readonly messages: readonly WaitingMessage[];
  readonly answerOf?: (functionName: string, event: unknown) => FunctionAnswer;
  /** Pages of the only shard; a request for older records than the first is refused as trimmed. */
  readonly pages?: readonly (readonly unknown[])[];
}

const Body = z.looseObject({
  ReceiptHandle: z.string().optional(),
  VisibilityTimeout: z.number().optional(),
  MaxNumberOfMessages: z.number().optional(),
  SequenceNumber: z.string().optional(),
  ShardIterator: z.string().optional(),
});

/** Speaks the wire formats of SQS, Lambda and DynamoDB Streams, as far as a replay uses them. */
export async function startAwsStandIn({
  messages,
  answerOf = () => ({}),
  pages = [],
}: StandInOptions): Promise<AwsStandIn> {
  const queue = messages.map((message) => ({ ...message, visible: true }));
  const invocations: { functionName: string; event: unknown }[] = [];

  const operations: Readonly<Record<string, (body: z.infer<typeof Body>) => unknown>> = {
    'AmazonSQS.ReceiveMessage': ({ MaxNumberOfMessages = 1 }) => {
      // One less than asked for: SQS promises no full page.
      const received = queue.filter(({ visible }) => visible).slice(0, Math.max(1, MaxNumberOfMessages - 8));
      for (const message of received) message.visible = false;
      return received.length === 0 ? {} : { Messages: received.map(wireMessage) };
    },
    'AmazonSQS.DeleteMessage': ({ ReceiptHandle }) => {
      queue.splice(
        queue.findIndex(({ id }) => `receipt-${id}` === ReceiptHandle),
        1,
      );
      return {};
    },
    'AmazonSQS.ChangeMessageVisibility': ({ ReceiptHandle, VisibilityTimeout }) => {
      for (const message of queue) {
        if (`receipt-${message.id}` === ReceiptHandle) message.visible = VisibilityTimeout === 0;
      }
      return {};
    },
    'DynamoDBStreams_20120810.GetShardIterator': ({ SequenceNumber = '' }) => {
      if (Number(SequenceNumber) < 100) throw new Trimmed();
      return { ShardIterator: '0' };
    },
    'DynamoDBStreams_20120810.GetRecords': ({ ShardIterator }) => {
      const page = Number(ShardIterator);
      return { Records: pages[page] ?? [], NextShardIterator: String(page + 1) };
    },
  };

  const server = createServer((request, response) => {
    void readBody(request).then((text) => {
      const functionName = /^\/2015-03-31\/functions\/([^/]+)\/invocations/.exec(request.url ?? '')?.[1];
      if (functionName !== undefined) {
        const name = decodeURIComponent(functionName);
        const event: unknown = JSON.parse(text);
        invocations.push({ functionName: name, event });
        const { failed = false, answer = null } = answerOf(name, event);
        if (failed) response.setHeader('x-amz-function-error', 'Unhandled');
        response.end(JSON.stringify(failed ? { errorMessage: 'secret' } : answer));
        return;
      }
      const target = String(request.headers['x-amz-target']);
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      try {
        const operation = operations[target];
        if (operation === undefined) throw new Error(`${target} is not stood in for`);
        response.end(JSON.stringify(operation(Body.parse(JSON.parse(text)))));
      } catch (error) {
        response.statusCode = 400;
        const code = error instanceof Trimmed ? 'TrimmedDataAccessException' : 'ValidationException';
        response.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${code}`, message: code }));
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stand-in has no port');
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    queueUrl: `${url}/123456789012/undelivered`,
    invocations,
    waiting: () => queue.map(({ id, visible }) => ({ id, visible })),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

class Trimmed extends Error {}

function wireMessage({ id, body, targetArn }: WaitingMessage) {
  return {
    MessageId: id,
    ReceiptHandle: `receipt-${id}`,
    Body: body,
    MD5OfBody: createHash('md5').update(body).digest('hex'),
    ...(targetArn !== undefined && {
      MessageAttributes: { TARGET_ARN: { DataType: 'String', StringValue: targetArn } },
    }),
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(z.instanceof(Uint8Array).parse(chunk)));
  return Buffer.concat(chunks).toString('utf8');
}
