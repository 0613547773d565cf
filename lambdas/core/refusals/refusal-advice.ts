import type { RefusalReason } from './refusal.ts';

/** Advice for the owner of a key: a sentence or two for each reason. */
export const REFUSAL_ADVICE: Readonly<Record<RefusalReason, string>> = {
  credential_missing:
    'Send the key in the header or query parameter that the API names; its page in the portal shows it.',
  credential_malformed:
    'Send the whole value as it was shown, without quotation marks or a prefix such as Bearer. If it is lost, regenerate the key.',
  key_unknown:
    'Check that the value is from this deployment and did not end more than 30 days ago. Otherwise generate a key.',
  key_revoked: 'A revoked key cannot be brought back. Generate a new one.',
  key_regenerated:
    'Send the newest value of the key. If you regenerate with a grace period, the previous value keeps working for that time.',
  key_suspended: 'Resume the key, unless it was suspended for a good reason.',
  key_expired: 'Regenerate the key: its validity then starts again.',
  api_mismatch: 'Send the key that was generated for this API, or generate one for it.',
  environment_mismatch: 'Call the environment that the key is for, or generate a key for this environment.',
  api_unknown: 'Check the address that is called. If it is right, ask the publisher to deploy the API again.',
  path_forbidden:
    'Send the path without . and .. segments, encoded slashes, backslashes, ?, # or control characters, and encode it only once. For backends at a URL, Keybound refuses a path that a server could read as another one.',
  api_unpublished: 'Wait until the publisher has published the API.',
  api_blocked: 'Wait until the publisher lifts the block, or ask the publisher to lift it.',
  api_retired: 'The API will not come back. Move to its successor.',
  application_missing: 'Associate the key with an application that subscribes to the API.',
  subscription_missing: 'Subscribe the application of the key to the API.',
  subscription_blocked: 'Ask the publisher of the API to unblock the subscription.',
  subscription_production_blocked:
    'Ask the publisher of the API to unblock the subscription. Until then, use a SANDBOX key in the sandbox.',
  subscription_on_hold:
    'Wait until the publisher of the API has approved the subscription, or ask for approval.',
  subscription_rejected: 'Ask the publisher of the API why, or subscribe with another business plan.',
  address_unknown:
    'Neither API Gateway nor a trusted proxy named an address. Tell the operator. In the meantime, you can remove the restriction from the key.',
  address_forbidden:
    'Call from a permitted address, or add the address that was seen to permittedIP of the key. Behind a proxy or NAT, that is not the address of the client.',
  referrer_missing:
    'Let the page send the Referer header (its Referrer-Policy decides), or remove the restriction from the key. Servers and apps send no Referer header by themselves.',
  referrer_forbidden:
    'Call from a permitted page, or add the page that was seen to permittedReferer of the key. Browsers send only the origin to other origins, so a rule with a path does not match.',
  mode_unenforceable:
    'Remove the referrer restriction from the key, or choose a plan without limit. Or ask the publisher to give the API a mode that checks each call.',
  application_limit:
    'Wait for the next window, spread the calls, or give the application a larger throttling policy.',
  subscription_limit: 'Wait for the next window, spread the calls, or subscribe with a larger business plan.',
  burst_limit: 'Spread the calls more evenly, and try again after a pause that grows with each refusal.',
  limit_unknown: 'Try again shortly. If it happens again, tell the operator that the counters do not answer.',
  key_overloaded:
    'Try again after a pause that grows with each refusal. If one key cannot take so many calls at once, use several keys.',
};
