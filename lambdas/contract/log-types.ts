/** The field `type` of the line that API Gateway logs for each call. */
export const ACCESS_LINE = 'access';

/** The field `type` of the line about a refused call, or about a number of them. */
export const REFUSAL_LINE = 'refusal';

/**
 * The field `type` of each line of log. Metrics, alarms and subscription filters find lines by it: a line with another
 * type would be lost to them.
 */
export type LogType =
  | typeof ACCESS_LINE
  | typeof REFUSAL_LINE
  // The authorizer: a call that it could not decide, a limit that it could not look at, a read that was throttled.
  | 'authorizer_fault'
  | 'limits_unavailable'
  | 'read_throttled'
  // The guard: an event without a decision.
  | 'unguarded_call'
  // The management APIs: a request whose answer does not say why it failed, a key that a bulk revocation left.
  | 'management_fault'
  | 'bulk_revoke_fault'
  // The registrar: a registration that failed, one that it refused, an event that is not CloudFormation's.
  | 'registrar_fault'
  | 'registrar_refused'
  | 'registrar_not_cloudformation'
  // Followers of the audit trail: an entry that is newer than the code, one that nobody can understand.
  | 'unknown_action'
  | 'unreadable_change'
  // Events that EventBridge did not take.
  | 'event_refused'
  | 'publish_fault'
  // Resets of the gateway's caches: a first try that failed, the last one that failed.
  | 'reset_delayed'
  | 'reset_failed'
  // The count of usage: lines that it cannot understand, lines of unknown logs, calls without a proof.
  | 'usage_malformed'
  | 'usage_foreign'
  | 'usage_unproven';
