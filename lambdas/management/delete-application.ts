import type { Caller } from '../core/caller.ts';
import { Fault } from '../core/fault.ts';
import { requireVersion, type IfMatch } from '../core/if-match.ts';
import type { Link } from '../core/link.ts';
import { toEpochSeconds } from '../platform/clock.ts';
import { KeyItem, type ApplicationItem } from '../platform/dynamodb/items.ts';
import {
  applicationKey,
  applicationNameKey,
  keyKey,
  linkKey,
  subscriptionReferenceKey,
} from '../platform/dynamodb/keys.ts';
import { readItems } from '../platform/dynamodb/read-items.ts';
import { MAX_TRANSACTION_ITEMS, writeAll } from '../platform/dynamodb/write-all.ts';
import { remove, removeExisting, type Write } from '../platform/dynamodb/writes.ts';
import { getApplication } from './application-reads.ts';
import { inputOf } from './applications.ts';
import { auditEntry } from './audit.ts';
import { dissociatedKeyWrites, revokedKeyWrites, withoutEndedGrace } from './key-items.ts';
import { readLinksOf } from './links.ts';
import { retryOnConflict, type Management } from './management.ts';
import { policyUseWrites } from './policy-use.ts';

/**
 * Deletes an application with its subscriptions, revokes its own keys and dissociates the others, in one
 * transaction: those go on to exist, but no longer open what the application had subscribed to.
 * @throws Fault `not_found`, `precondition_failed`, or `conflict` when more hangs on it than one transaction can
 * change.
 */
export async function deleteApplication(
  management: Management,
  caller: Caller,
  applicationId: string,
  ifMatch?: IfMatch,
): Promise<void> {
  const { store, clock } = management;
  await retryOnConflict(async () => {
    const application = await getApplication(management, caller.subject, applicationId);
    requireVersion(application.version, ifMatch);
    const links = await readLinksOf(management, application);
    const nowSeconds = toEpochSeconds(clock());
    const keys = (await readItems(store, keyKeysOf(application, links), KeyItem)).map((key) =>
      withoutEndedGrace(key, nowSeconds),
    );
    const writes = [
      remove(applicationKey(application.owner, applicationId), application),
      removeExisting(applicationNameKey(application.owner, application.name)),
      ...policyUseWrites('application', { removed: [application.throttlingPolicy], added: [] }),
      ...policyUseWrites('subscription', {
        removed: links.map(({ subscription }) => subscription?.policy),
        added: [],
      }),
      ...links.flatMap(endedLinkWrites),
      ...keys.flatMap((key) =>
        key.apiId === undefined ? revokedKeyWrites(key, nowSeconds) : dissociatedKeyWrites(key),
      ),
      auditEntry(caller, clock(), {
        action: 'application.delete',
        resourceId: applicationId,
        owner: application.owner,
        before: {
          ...inputOf(application),
          apis: links.map(({ apiId }) => apiId),
          keys: keys.map(({ keyUUID }) => keyUUID),
        },
      }),
    ];
    if (writes.length > MAX_TRANSACTION_ITEMS) {
      throw new Fault(
        'conflict',
        `The application has ${links.length} linked APIs and ${keys.length} keys: too many to end at once. Dissociate keys or delete subscriptions first; nothing was changed.`,
      );
    }
    await writeAll(store, writes);
  });
}

function keyKeysOf({ owner, applicationId, keys }: ApplicationItem, links: readonly Link[]) {
  return [
    ...links.flatMap(({ apiId, keys: linked }) =>
      Object.keys(linked).map((keyUUID) => keyKey(owner, { apiId }, keyUUID)),
    ),
    ...Object.keys(keys).map((keyUUID) => keyKey(owner, { boundApplicationId: applicationId }, keyUUID)),
  ];
}

function endedLinkWrites(link: Link): Write[] {
  const { owner, applicationId, apiId, subscription } = link;
  return [
    remove(linkKey(owner, applicationId, apiId), link),
    ...(subscription === undefined
      ? []
      : [removeExisting(subscriptionReferenceKey(subscription.subscriptionId))]),
  ];
}
