import { z } from 'zod';
import { parseJson } from '../../lambdas/platform/parse-json.ts';

/** The content of a message in a dead-letter queue. */
export type DeadLetter =
  /** An event, whole, that a function failed at. */
  | { readonly kind: 'event'; readonly functionArn: string; readonly event: unknown }
  /** Where in a stream the records stand that a function failed at. */
  | { readonly kind: 'records'; readonly functionArn: string; readonly span: StreamSpan }
  /** Nothing that could be replayed. */
  | { readonly kind: 'unreadable'; readonly why: string };

/** From the record `first` to the record `last`, by their sequence numbers. */
export interface StreamSpan {
  readonly streamArn: string;
  readonly shardId: string;
  readonly first: string;
  readonly last: string;
}

const Failed = z.object({ requestContext: z.object({ functionArn: z.string() }) });
/** https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
const FailedEvent = Failed.extend({ requestPayload: z.json() });
/** https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
const FailedRecords = Failed.extend({
  DDBStreamBatchInfo: z.object({
    streamArn: z.string(),
    shardId: z.string(),
    startSequenceNumber: z.string().regex(/^\d+$/),
    endSequenceNumber: z.string().regex(/^\d+$/),
  }),
});

/**
 * Reads a message that Lambda or EventBridge has put into a dead-letter queue. `targetArn`: the message attribute
 * `TARGET_ARN`, by which EventBridge says where the event was to go; the body is the event then.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html
 */
export function readDeadLetter(body: string, targetArn: string | undefined): DeadLetter {
  const document = parseJson(body);
  if (document === undefined) return { kind: 'unreadable', why: 'it is not JSON' };
  if (targetArn !== undefined) return { kind: 'event', functionArn: targetArn, event: document };

  const { data: records } = FailedRecords.safeParse(document);
  if (records !== undefined) {
    const { streamArn, shardId, startSequenceNumber, endSequenceNumber } = records.DDBStreamBatchInfo;
    return {
      kind: 'records',
      functionArn: functionOf(records.requestContext.functionArn),
      span: { streamArn, shardId, first: startSequenceNumber, last: endSequenceNumber },
    };
  }
  const { data: failed } = FailedEvent.safeParse(document);
  if (failed !== undefined) {
    const { requestContext, requestPayload } = failed;
    return { kind: 'event', functionArn: functionOf(requestContext.functionArn), event: requestPayload };
  }
  return Failed.safeParse(document).success
    ? { kind: 'unreadable', why: 'its event was too large to be kept' }
    : { kind: 'unreadable', why: 'it is of no known form' };
}

/** Records name the version that failed; a replay is for the one that is there now. */
function functionOf(arn: string): string {
  return arn.replace(/:\$LATEST$/, '');
}
