/** Who asks for a management operation, as the verified access token and API Gateway tell it. */
export interface Caller {
  /**
   * Whose resources the request is about, and so which partition: the token's `sub`, or a group that the caller is a
   * member of and acts for.
   */
  readonly subject: string;
  /** The display name of that person or group. */
  readonly name: string;
  /** The person, when acting for a group. */
  readonly actor?: { readonly subject: string; readonly name: string };
  /** SHA-256 of the key value that was presented, for whoever has no token. Neither logged nor audited. */
  readonly presentedDigest?: string;
  readonly sourceIp: string;
  readonly requestId: string;
}
