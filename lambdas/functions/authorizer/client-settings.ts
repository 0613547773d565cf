/** How the authorizer calls DynamoDB: all its tries fit the function's five seconds, or there is no decision. */
export const AUTHORIZER_CLIENT = {
  // Three tries: no answer in time is a refusal, not a hanging client.
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true },
};

/** For counters, several of which one call can need, and without which a policy may let it through. */
export const COUNTER_CLIENT = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 600, throwOnRequestTimeout: true },
};
