import type { Caller } from '../../core/http/caller.ts';
import { notFound, Unfinished } from '../../core/http/fault.ts';
import { plansOf, type Link } from '../../core/subscriptions/link.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { EndingApplicationItem, KeyItem, type ApplicationItem } from '../../platform/dynamodb/items.ts';
import {
  applicationItemKey,
  applicationNameItemKey,
  endingApplicationItemKey,
  keyItemKey,
} from '../../platform/dynamodb/keys.ts';
import { MAX_TRANSACTION_ITEMS } from '../../platform/dynamodb/write-all.ts';
import { create, remove, removeExisting } from '../../platform/dynamodb/writes.ts';
import type { AuditedAction } from '../audit/audit.ts';
import { noChange, type Change, type Plan } from '../frame/change.ts';
import type { TableAccess } from '../frame/management.ts';
import type { Snapshot } from '../frame/snapshot.ts';
import { revokedKeyWrites } from '../keys/ended-key-items.ts';
import { dissociatedKeyWrites, withoutEndedGrace } from '../keys/key-items.ts';
import { isRevoked } from '../keys/key-reads.ts';
import { readLinksOf } from '../links/links.ts';
import { policyUseWrites } from '../policies/policy-use.ts';
import { findApplication, refuseMoving } from './application-reads.ts';
import { inputOf } from './applications.ts';
import { endedLinkWrites, endLinks } from './end-links.ts';

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
export function deleteApplication(access: TableAccess, caller: Caller, applicationId: string): Plan<void> {
  const until = access.clock() + LONGEST_WORK_MILLISECONDS;
  const owner = caller.subject;
  const followUp = async () => {
    const isDone = await endLinks(access, caller, { owner, applicationId }, until).catch((error: unknown) => {
      throw new Unfinished(UNFINISHED, error);
    });
    if (!isDone) throw new Unfinished(UNFINISHED);
  };
  return async (read) => {
    const application = await findApplication(read, owner, applicationId);
    if (application !== undefined) return endApplication(read, application, followUp);
    // Its application has been ended by an earlier request.
    const ending = await read.loosely.item(
      endingApplicationItemKey(owner, applicationId),
      EndingApplicationItem,
    );
    if (ending === undefined) throw notFound('application');
    read.requireVersion(ending.version);
    return { ...noChange(undefined), followUp };
  };
}

async function endApplication(
  read: Snapshot,
  application: ApplicationItem,
  followUp: () => Promise<void>,
): Promise<Change<void>> {
  const { owner, applicationId, version } = application;
  read.requireVersion(version);
  refuseMoving(application);

  const links = await readLinksOf(read, application);
  const nowSeconds = toEpochSeconds(read.now);
  const keys = (await read.items(keyKeysOf(application, links), KeyItem)).map((key) =>
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
  ];
  const ofLinks = [
    ...policyUseWrites('subscription', {
      removed: links.flatMap(({ subscription }) => plansOf(subscription)),
      added: [],
    }),
    ...links.flatMap(endedLinkWrites),
    ...associated.flatMap(dissociatedKeyWrites),
  ];
  const audit: AuditedAction = {
    action: 'application.delete',
    resourceId: applicationId,
    owner,
    before: {
      ...inputOf(application),
      apis: links.map(({ apiId }) => apiId),
      keys: [...own, ...associated].slice(0, MAX_AUDITED_KEYS).map(({ keyUUID }) => keyUUID),
    },
  };
  if (ofApplication.length + ofLinks.length < MAX_TRANSACTION_ITEMS) {
    return { result: undefined, writes: [...ofApplication, ...ofLinks], audit };
  }
  const note = create(endingApplicationItemKey(owner, applicationId), { applicationId, version });
  return { result: undefined, writes: [...ofApplication, note], audit, followUp };
}

function keyKeysOf({ owner, applicationId, keys }: ApplicationItem, links: readonly Link[]) {
  return [
    ...links.flatMap(({ apiId, keys: linked }) =>
      Object.keys(linked).map((keyUUID) => keyItemKey(owner, { apiId }, keyUUID)),
    ),
    ...Object.keys(keys).map((keyUUID) => keyItemKey(owner, { boundApplicationId: applicationId }, keyUUID)),
  ];
}
