/**
 * What a management operation may answer instead of a result. `status` is its HTTP status, `title` the short
 * message of WSO2's error entity.
 */
export const FAULTS = {
  bad_request: { status: 400, title: 'Bad Request' },
  unauthenticated: { status: 401, title: 'Unauthorized' },
  forbidden: { status: 403, title: 'Forbidden' },
  not_found: { status: 404, title: 'Not Found' },
  method_not_allowed: { status: 405, title: 'Method Not Allowed' },
  conflict: { status: 409, title: 'Conflict' },
  precondition_failed: { status: 412, title: 'Precondition Failed' },
  too_large: { status: 413, title: 'Payload Too Large' },
  unsupported_media_type: { status: 415, title: 'Unsupported Media Type' },
  unprocessable: { status: 422, title: 'Unprocessable Content' },
  unavailable: { status: 503, title: 'Service Unavailable' },
} as const;

export type FaultCode = keyof typeof FAULTS;

/** One thing that is wrong with the input: where, and what to do about it. */
export interface FieldProblem {
  /** A path such as `additionalProperties.permittedIP`; '' for the input as a whole. */
  readonly field: string;
  readonly message: string;
}

/** A management operation that was not carried out: nothing was written. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly problems: readonly FieldProblem[];
  /** For `method_not_allowed`: the methods that the resource has. */
  readonly allowedMethods: readonly string[];

  /** `message`: a sentence for the caller, without secrets and without other owners' data. */
  constructor(
    code: FaultCode,
    message: string,
    more: { readonly problems?: readonly FieldProblem[]; readonly allowedMethods?: readonly string[] } = {},
  ) {
    super(message);
    this.name = 'Fault';
    this.code = code;
    this.problems = more.problems ?? [];
    this.allowedMethods = more.allowedMethods ?? [];
  }
}

/** A management operation of which a part is done: whoever asks for the same again does the rest. */
export class Unfinished extends Error {
  /**
   * `message`: as that of a Fault.
   * @param cause what kept it from going on; absent when it was only the time. A fault says that nothing was written, but
   * something was: it is no cause.
   */
  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined || cause instanceof Fault ? {} : { cause });
    this.name = 'Unfinished';
  }
}

export function notFound(what: string): Fault {
  return new Fault('not_found', `There is no such ${what}.`);
}
