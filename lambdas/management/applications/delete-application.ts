import type { Caller } from '../../core/http/caller.ts';
import { Fault, notFound, Unfinished } from '../../core/http/fault.ts';
import { requireVersion, type IfMatch } from '../../core/http/if-match.ts';
import { plansOf, type Link } from '../../core/subscriptions/link.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { EndingApplicationItem, KeyItem, type ApplicationItem } from '../../platform/dynamodb/items.ts';
import {
  applicationItemKey,
  applicationNameItemKey,
  endingApplicationItemKey,
  keyItemKey,
} from '../../platform/dynamodb/keys.ts';
import { readItem, readItems } from '../../platform/dynamodb/read-items.ts';
import { MAX_TRANSACTION_ITEMS, writeAll } from '../../platform/dynamodb/write-all.ts';
import { create, remove, removeExisting } from '../../platform/dynamodb/writes.ts';
import { findApplication, refuseMoving } from './application-reads.ts';
import { inputOf } from './applications.ts';
import { auditEntry } from '../audit/audit.ts';
import { endedLinkWrites, endLinks } from '../links/end-links.ts';
import { revokedKeyWrites } from '../keys/ended-key-items.ts';
import { dissociatedKeyWrites, withoutEndedGrace } from '../keys/key-items.ts';
import { isRevoked } from '../keys/key-reads.ts';
import { readLinksOf } from '../links/links.ts';
import { retryOnConflict, type Management } from '../frame/management.ts';
import { policyUseWrites } from '../policies/policy-use.ts';

/** For how long a request goes on with the parts: well below the time-outs of the function and of API Gateway. */
const LONGEST_WORK_MILLISECONDS = 10_000;
const UNFINISHED =
  'The application is deleted, but some of its keys have not been taken out of it yet. Send the same request again until it succeeds.';
/** Most keys that the audit entry names, its own first: an item and an event can only be so large. */
const MAX_AUDITED_KEYS = 1_000;

/**
 * Deletes an application with its subscriptions, revokes its own keys and dissociates the others: those go on to exist,
 * but no longer open what the application had subscribed to. That is one transaction, if it takes it all. Otherwise the
 * first one ends the application, so that nothing finds it any more, with its own keys, and others end its links.
 * @throws Fault `not_found`, `precondition_failed`, `conflict`; Unfinished when the application is gone, but links are
 * left: whoever asks again ends those.
 */
export async function deleteApplication(
  management: Management,
  caller: Caller,
  applicationId: string,
  ifMatch?: IfMatch,
): Promise<void> {
  const until = management.clock() + LONGEST_WORK_MILLISECONDS;
  const rest = await retryOnConflict(() => endApplication(management, caller, applicationId, ifMatch));
  if (rest === 'nothing') return;
  const place = { owner: caller.subject, applicationId };
  const isDone = await endLinks(management, place, until).catch((error: unknown) => {
    // A fault says that nothing was written, but something was.
    throw new Unfinished(UNFINISHED, error instanceof Fault ? undefined : error);
  });
  if (!isDone) throw new Unfinished(UNFINISHED);
}

/** @returns what is left to do when the application is gone, now or since an earlier request. */
async function endApplication(
  management: Management,
  caller: Caller,
  applicationId: string,
  ifMatch: IfMatch | undefined,
): Promise<'nothing' | 'links'> {
  const { store, clock } = management;
  const owner = caller.subject;
  const endingKey = endingApplicationItemKey(owner, applicationId);
  const application = await findApplication(management, owner, applicationId);
  if (application === undefined) {
    const ending = await readItem(store, endingKey, EndingApplicationItem);
    if (ending === undefined) throw notFound('application');
    requireVersion(ending.version, ifMatch);
    return 'links';
  }
  requireVersion(application.version, ifMatch);
  refuseMoving(application);

  const [links, now] = [await readLinksOf(management, application), clock()];
  const nowSeconds = toEpochSeconds(now);
  const keys = (await readItems(store, keyKeysOf(application, links), KeyItem)).map((key) =>
    withoutEndedGrace(key, nowSeconds),
  );
  const own = keys.filter((key) => key.apiId === undefined && !isRevoked(key));
  // A key that is being revoked leaves its link by itself.
  const associated = keys.filter(({ apiId, status }) => apiId !== undefined && status !== 'REVOKED');
  const ofApplication = [
    remove(applicationItemKey(owner, applicationId), application),
    removeExisting(applicationNameItemKey(owner, application.name)),
    ...policyUseWrites('application', { removed: [application.throttlingPolicy], added: [] }),
    ...own.flatMap((key) => revokedKeyWrites(key, nowSeconds)),
    auditEntry(caller, now, {
      action: 'application.delete',
      resourceId: applicationId,
      owner,
      before: {
        ...inputOf(application),
        apis: links.map(({ apiId }) => apiId),
        keys: [...own, ...associated].slice(0, MAX_AUDITED_KEYS).map(({ keyUUID }) => keyUUID),
      },
    }),
  ];
  const ofLinks = [
    ...policyUseWrites('subscription', {
      removed: links.flatMap(({ subscription }) => plansOf(subscription)),
      added: [],
    }),
    ...links.flatMap(endedLinkWrites),
    ...associated.flatMap(dissociatedKeyWrites),
  ];
  if (ofApplication.length + ofLinks.length <= MAX_TRANSACTION_ITEMS) {
    await writeAll(store, [...ofApplication, ...ofLinks]);
    return 'nothing';
  }
  const { version } = application;
  await writeAll(store, [...ofApplication, create(endingKey, { applicationId, version })]);
  return 'links';
}

function keyKeysOf({ owner, applicationId, keys }: ApplicationItem, links: readonly Link[]) {
  return [
    ...links.flatMap(({ apiId, keys: linked }) =>
      Object.keys(linked).map((keyUUID) => keyItemKey(owner, { apiId }, keyUUID)),
    ),
    ...Object.keys(keys).map((keyUUID) => keyItemKey(owner, { boundApplicationId: applicationId }, keyUUID)),
  ];
}
