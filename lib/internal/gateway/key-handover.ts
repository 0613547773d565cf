import type { Grant } from '../../../lambdas/contract/grant.ts';
import type { KeyLocation } from '../../constructs/key-location.ts';

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
