import type { FaultCode } from '../lambdas/core/http/fault.ts';

/** The meaning of each fault, for clients of the REST APIs. */
export const FAULT_MEANINGS: Readonly<Record<FaultCode, string>> = {
  bad_request: 'The input is invalid. `error` has an entry for each wrong field.',
  unauthenticated: 'The token is not an access token, or the presented key value does not work.',
  forbidden: 'The token lacks the role or the group that the operation requires.',
  not_found: 'There is no such resource, or it belongs to somebody else.',
  method_not_allowed: 'The path exists, but not with this method. The header `allow` lists the methods.',
  conflict:
    'The state of a resource does not allow the change, or others kept changing it. Nothing was written.',
  precondition_failed: 'The resource has changed since the ETag in `If-Match`. Read it again.',
  too_large: 'The body has more than 64 KB.',
  unsupported_media_type: 'The body is not plain, uncompressed JSON in UTF-8.',
  unprocessable: 'The `Idempotency-Key` was used for another request.',
  unavailable:
    'The table is busy, or the work takes several requests: the description says which. Send the same request again.',
};
