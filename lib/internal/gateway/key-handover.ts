import type { Grant } from '../../../lambdas/functions/authorizer/grant.ts';
import type { KeyLocation } from '../../constructs/key-location.ts';

/**
 * The authorizer's fields for an allowed call, by their names in the access log. AWS puts values into a line as they are: a
 * quotation mark would make the line unreadable, and its call uncounted. So what people name freely stands there encoded,
 * and the key's name not at all.
 */
export const LOGGED_FIELDS = {
  keyUUID: 'keyUUID',
  keyType: 'keyType',
  owner: 'ownerInLog',
  applicationId: 'applicationId',
  subscriptionId: 'subscriptionId',
  subscriptionPolicy: 'policyInLog',
  valueIssuedOn: 'valueIssuedOn',
  limits: 'limits',
} as const satisfies Readonly<Record<string, keyof Grant>>;

/** The fields of the authorizer's context that go into the access log. */
export const CONTEXT_FIELDS = Object.values(LOGGED_FIELDS);

/** The headers that tell a backend who calls. A client that sends them itself has them overwritten. */
export const IDENTITY_HEADERS = {
  'x-keybound-key-uuid': 'keyUUID',
  'x-keybound-key-type': 'keyType',
  'x-keybound-owner': 'owner',
  'x-keybound-application-id': 'applicationId',
  'x-keybound-subscription-id': 'subscriptionId',
  'x-keybound-subscription-policy': 'subscriptionPolicy',
} as const satisfies Readonly<Record<string, keyof Grant>>;

/**
 * How a request changes on its way to the backend: the key goes, the caller's identity comes.
 */
export function requestParameters(location: KeyLocation): Record<string, string> {
  return {
    ...withoutKey(location),
    ...Object.fromEntries(
      Object.entries(IDENTITY_HEADERS).map(([name, field]) => [
        `overwrite:header.${name}`,
        `$context.authorizer.${field}`,
      ]),
    ),
  };
}

/** The same for a route that wants no key: a client must not pass for one that has. */
export function withoutIdentity(location: KeyLocation): Record<string, string> {
  return {
    ...withoutKey(location),
    ...Object.fromEntries(Object.keys(IDENTITY_HEADERS).map((name) => [`remove:header.${name}`, "''"])),
  };
}

/** A page that was called with a key in its query names that, whole, as the Referer of what it calls in turn. */
function withoutKey({ header, queryParameter }: KeyLocation): Record<string, string> {
  return {
    ...(header !== undefined && { [`remove:header.${header}`]: "''" }),
    ...(queryParameter !== undefined && {
      [`remove:querystring.${queryParameter}`]: "''",
      'remove:header.referer': "''",
    }),
  };
}
