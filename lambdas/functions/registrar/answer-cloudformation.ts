import type { CloudFormationCustomResourceResponse } from 'aws-lambda';
import type { ResourceEvent } from './resource-event.ts';

/** How an operation of a custom resource ended. */
export type Outcome =
  | {
      readonly status: 'SUCCESS';
      readonly physicalResourceId: string;
      readonly data: Readonly<Record<string, string>>;
    }
  | { readonly status: 'FAILED'; readonly physicalResourceId: string; readonly reason: string };

/** The whole answer may have 4,096 bytes. */
const LONGEST_REASON = 1_000;

/**
 * Tells CloudFormation the outcome; until it is told, the stack waits up to an hour.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-responses.html
 * @throws Error when the answer could not be delivered: Lambda then invokes the function again.
 */
export async function answerCloudFormation(
  event: Pick<ResourceEvent, 'StackId' | 'RequestId' | 'LogicalResourceId' | 'ResponseURL'>,
  outcome: Outcome,
): Promise<void> {
  const { StackId, RequestId, LogicalResourceId } = event;
  const common = { StackId, RequestId, LogicalResourceId, PhysicalResourceId: outcome.physicalResourceId };
  const body: CloudFormationCustomResourceResponse =
    outcome.status === 'SUCCESS'
      ? { ...common, Status: 'SUCCESS', Data: outcome.data }
      : { ...common, Status: 'FAILED', Reason: outcome.reason.slice(0, LONGEST_REASON) };
  // The signed URL takes no content type.
  const response = await fetch(event.ResponseURL, {
    method: 'PUT',
    body: JSON.stringify(body),
    headers: { 'content-type': '' },
    // The URL of the event is proven to be CloudFormation's: what it would send on is not.
    redirect: 'error',
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`CloudFormation answered ${response.status}`);
}
