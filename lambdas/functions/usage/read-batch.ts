import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

/** One line of log. */
export interface LogEvent {
  readonly id: string;
  /** When CloudWatch Logs got it, in milliseconds since the epoch. */
  readonly timestamp: number;
  readonly message: string;
}

/** Lines of log as a subscription filter delivers them. */
export interface LogBatch {
  /** The same whenever the same lines are delivered together, in whatever order. */
  readonly digest: string;
  /** Where the lines are from: CloudWatch Logs says it, not who wrote them. */
  readonly logGroup: string;
  readonly events: readonly LogEvent[];
}

/** Far more than CloudWatch Logs sends at a time, and what fits the function's memory. */
const LONGEST_BATCH_BYTES = 32 * 1024 * 1024;

const Delivered = z.object({
  messageType: z.string(),
  logGroup: z.string(),
  logStream: z.string(),
  logEvents: z.array(z.object({ id: z.string(), timestamp: z.number(), message: z.string() })),
});

/**
 * Reads what CloudWatch Logs sends to a function: gzip in base64.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-cloudwatchlogs.html
 * @throws Error for anything else.
 */
export function readBatch(data: string): LogBatch {
  const text = gunzipSync(Buffer.from(data, 'base64'), {
    maxOutputLength: LONGEST_BATCH_BYTES,
  }).toString('utf8');
  const { messageType, logGroup, logStream, logEvents } = Delivered.parse(JSON.parse(text));
  // A CONTROL_MESSAGE only asks whether the function is there.
  const events =
    messageType === 'DATA_MESSAGE' ? new Map(logEvents.map((event) => [event.id, event])) : new Map();
  const ids = [...events.keys()].sort();
  return {
    digest: createHash('sha256')
      .update(JSON.stringify([logGroup, logStream, ids]))
      .digest('hex'),
    logGroup,
    events: [...events.values()],
  };
}
