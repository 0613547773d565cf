import type { RefusalReason } from './refusal.ts';

/** What the owner of a key can do about a refusal: a sentence or two for each reason. */
export const REFUSAL_ADVICE: Readonly<Record<RefusalReason, string>> = {
  credential_missing:
    'Send the key in the header or query parameter that the API names; see its page in the portal.',
  credential_malformed:
    'Send the whole value as it was shown once, without quotation marks or a prefix such as Bearer. If it is lost, regenerate the key.',
  key_unknown:
    'Check that the value is of this installation and that it has not ended more than 30 days ago; otherwise generate a key.',
  key_revoked: 'A revoked key cannot be brought back. Generate a new one.',
  key_regenerated:
    'Send the newest value of the key. With a grace period, regenerating lets the value before work on for a while.',
  key_suspended: 'Resume the key, if it was not suspended for a good reason.',
  key_expired: 'Regenerate the key: its validity then starts anew.',
  api_mismatch: 'Send the key that was generated for this API, or generate one for it.',
  environment_mismatch:
    'Call the environment that the key is for, or generate a key of the type of this environment.',
  api_unknown: 'Check the address that is called. If it is right, ask the publisher to deploy the API again.',
  path_forbidden:
    'Send the path without . and .. segments, encoded slashes, backslashes, ?, # or control characters, and encoded once: for backends at a URL, Keybound refuses what a server could read as another path.',
  api_unpublished: 'Wait until the publisher has published the API.',
  api_blocked: 'Wait until the publisher lifts the block, or ask for it.',
  api_retired: 'The API will not come back. Move to its successor.',
  application_missing: 'Associate the key with an application that subscribes to the API.',
  subscription_missing: 'Subscribe the application of the key to the API.',
  subscription_blocked: 'Ask the publisher of the API to unblock the subscription.',
  subscription_production_blocked:
    'Ask the publisher of the API to unblock the subscription; until then use a SANDBOX key in the sandbox.',
  subscription_on_hold: 'Wait until the publisher of the API has approved the subscription, or ask for it.',
  subscription_rejected: 'Ask the publisher of the API why, or subscribe with another business plan.',
  address_unknown:
    'API Gateway did not name an address, which should not happen. Tell the operator; the restriction of the key can be lifted meanwhile.',
  address_forbidden:
    'Call from a permitted address, or add the address that was seen to permittedIP of the key. Behind a proxy or NAT the address seen is not that of the client.',
  referrer_missing:
    'Let the page send the Referer header (its Referrer-Policy decides), or take the restriction off the key. Servers and apps send none by themselves.',
  referrer_forbidden:
    'Call from a permitted page, or add the page that was seen to permittedReferer of the key. To other origins browsers send the origin alone, so that a rule for a path does not match.',
  mode_unenforceable:
    'Take the referrer restriction off the key or choose a plan without limit, or ask the publisher to give the API a mode that looks at each call.',
  application_limit:
    'Wait for the next window, spread the calls, or give the application a larger throttling policy.',
  subscription_limit: 'Wait for the next window, spread the calls, or subscribe with a larger business plan.',
  burst_limit: 'Spread the calls more evenly, and try again after a pause that grows with each refusal.',
  limit_unknown: 'Try again shortly. If it stays so, tell the operator: the counters do not answer.',
  key_overloaded:
    'Try again after a pause that grows with each refusal. For more calls at once than one key can have, use several keys.',
};
