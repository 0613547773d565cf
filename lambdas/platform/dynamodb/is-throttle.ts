import {
  ProvisionedThroughputExceededException,
  RequestLimitExceeded,
  ThrottlingException,
} from '@aws-sdk/client-dynamodb';

const THROTTLES = [ProvisionedThroughputExceededException, RequestLimitExceeded, ThrottlingException];

/** Whether DynamoDB says that it has too much to do, after all tries of its client. */
export function isThrottle(error: unknown): boolean {
  return THROTTLES.some((throttle) => error instanceof throttle);
}
