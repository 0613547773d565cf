import { LOCAL_REGION } from '../assembly/physical-names.ts';

/**
 * Where CloudFormation takes the answers of custom resources: its bucket of the region. Functions of the runner are sent
 * to the same name, which leads to the runner.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-vpce-bucketnames.html
 */
export const RESPONSE_HOST = `cloudformation-custom-resource-response-${LOCAL_REGION.replaceAll('-', '')}.s3.amazonaws.com`;

/** Takes the answers that functions PUT to the URL of their request. */
export interface ResponseReceiver {
  /** A URL of its own for one request; `body` resolves with what was PUT there. */
  expect(request: ExpectedResponse): {
    readonly url: string;
    readonly body: Promise<string>;
    cancel(): void;
  };
}

export interface ExpectedResponse {
  readonly requestId: string;
  readonly stackId: string;
  readonly logicalId: string;
}

export interface ResponseUrls extends ResponseReceiver {
  /**
   * Takes what was PUT to `target`, path and query of a URL at `RESPONSE_HOST`.
   * @returns false when no answer is expected there.
   */
  receive(target: string, body: string): boolean;
}

export function createResponseUrls(): ResponseUrls {
  const expected = new Map<string, (body: string) => void>();
  return {
    expect({ requestId, stackId, logicalId }) {
      // As CloudFormation signs it: an object named by stack, resource and request.
      const object = encodeURIComponent(`${stackId}|${logicalId}|${requestId}`);
      const target = `/${object}?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=7200&X-Amz-Signature=${requestId}`;
      const body = new Promise<string>((resolve) => expected.set(target, resolve));
      return { url: `https://${RESPONSE_HOST}${target}`, body, cancel: () => expected.delete(target) };
    },
    receive(target, body) {
      const settle = expected.get(target);
      settle?.(body);
      return settle !== undefined;
    },
  };
}
