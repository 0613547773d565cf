import type { CredentialSubscription } from '../../core/decision/credential.ts';
import { credentialSubscriptionOf, type Link, type LinkedKey } from '../../core/subscriptions/link.ts';
import type { KeyItem } from '../../platform/dynamodb/items.ts';

/** What a credential carries of the subscriptions of its application, by API. */
export type CredentialSubscriptions = Readonly<Record<string, CredentialSubscription>>;

/** The subscriptions that links give to a credential. */
export function subscriptionsOf(links: readonly Link[]): CredentialSubscriptions {
  return Object.fromEntries(
    links.flatMap((link) => {
      const subscription = credentialSubscriptionOf(link);
      return subscription === undefined ? [] : [[link.apiId, subscription]];
    }),
  );
}

/** What a link, or the application of an application key, knows of a key. */
export function linkedKeyOf({ digest, expiresAt, graced }: KeyItem): LinkedKey {
  return {
    values: [
      { digest, ...(expiresAt !== undefined && { expiresAtEpochSeconds: expiresAt }) },
      ...(graced === undefined ? [] : [{ digest: graced.digest, expiresAtEpochSeconds: graced.endsAt }]),
    ],
  };
}
