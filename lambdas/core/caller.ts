/** Who asks for a management operation, as the verified access token and API Gateway tell it. */
export interface Caller {
  /** The token's `sub`: stable, and the name of the caller's partition. */
  readonly subject: string;
  /** What people call the caller. */
  readonly name: string;
  readonly sourceIp: string;
  readonly requestId: string;
}
