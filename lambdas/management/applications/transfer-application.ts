import type { Caller } from '../../core/http/caller.ts';
import { Fault, Unfinished } from '../../core/http/fault.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { ApplicationItem, ApplicationNameItem, KeyItem } from '../../platform/dynamodb/items.ts';
import { applicationItemKey, applicationNameItemKey, keyItemKey } from '../../platform/dynamodb/keys.ts';
import { readItem, readItems } from '../../platform/dynamodb/read-items.ts';
import { writeAll } from '../../platform/dynamodb/write-all.ts';
import { create, remove, removeExisting, replace } from '../../platform/dynamodb/writes.ts';
import { findAnyApplication } from './any-applications.ts';
import { applicationAttributes } from './application-items.ts';
import { auditEntry } from '../audit/audit.ts';
import { readLinksOf } from '../links/links.ts';
import { retryOnConflict, type Management } from '../frame/management.ts';
import type { Owner } from '../owners/resolve-owner.ts';
import { requireNoDecisionOn } from '../subscriptions/standing-decisions.ts';
import { transferredKeyWrites } from '../keys/transfer-key.ts';
import { transferLinks } from '../links/transfer-links.ts';

/** For how long a request goes on with the parts: well below the time-outs of the function and of API Gateway. */
const LONGEST_WORK_MILLISECONDS = 10_000;
/** Most keys that the audit entry names: an item and an event can only be so large. */
const MAX_AUDITED_KEYS = 1_000;
const UNFINISHED =
  'The application has its new owner, but some of its keys do not. They work as before. Send the same request again until it succeeds.';

/**
 * Gives an application with its subscriptions and all its keys to another owner. The first transaction moves the
 * application with its own keys; others move its links, and the keys in them. Until all is done, every key works as
 * before, for one owner or the other, and nobody can change the application or add to it.
 * @throws Fault `not_found`; `conflict` when the new owner has an application of the same name or is kept from an API
 * of the application by a publisher, or it is on its way to somebody else. Unfinished when there is more to do:
 * whoever asks again goes on.
 */
export async function transferApplication(
  management: Management,
  caller: Caller,
  applicationId: string,
  owner: Owner,
): Promise<void> {
  const until = management.clock() + LONGEST_WORK_MILLISECONDS;
  const application = await retryOnConflict(() => begin(management, caller, applicationId, owner));
  const { movingFrom } = application;
  if (movingFrom === undefined) return;
  const isDone = await transferLinks(management, caller, { application, from: movingFrom, until })
    .then(async (isMoved) => {
      if (isMoved) await retryOnConflict(() => finish(management, application));
      return isMoved;
    })
    .catch((error: unknown) => {
      // A fault says that nothing was written, but something was.
      throw new Unfinished(UNFINISHED, error instanceof Fault ? undefined : error);
    });
  if (!isDone) throw new Unfinished(UNFINISHED);
}

/** @returns the application at its new owner. */
async function begin(
  management: Management,
  caller: Caller,
  applicationId: string,
  owner: Owner,
): Promise<ApplicationItem> {
  const { store, clock } = management;
  const before = await findAnyApplication(management, applicationId);
  if (before.owner === owner.subject) return before;
  if (before.movingFrom !== undefined) {
    throw new Fault(
      'conflict',
      'The application is being transferred to another owner. Complete that first: repeat the same request.',
    );
  }
  const nameKey = applicationNameItemKey(owner.subject, before.name);
  if ((await readItem(store, nameKey, ApplicationNameItem)) !== undefined) {
    throw new Fault(
      'conflict',
      `The new owner already has an application named ${JSON.stringify(before.name)}.`,
    );
  }
  const [links, now] = [await readLinksOf(management, before), clock()];
  await requireNoDecisionOn(management, owner, links);
  const own = await readItems(
    store,
    Object.keys(before.keys).map((id) => keyItemKey(before.owner, { boundApplicationId: applicationId }, id)),
    KeyItem,
  );
  const after: ApplicationItem = {
    ...before,
    owner: owner.subject,
    ownerName: owner.name,
    movingFrom: before.owner,
    updatedAt: now,
    version: before.version + 1,
  };
  const { name, throttlingPolicy } = before;
  await writeAll(store, [
    create(applicationItemKey(owner.subject, applicationId), applicationAttributes(after)),
    // This item remains for the authorizer: credentials that still name this owner need its policy.
    replace(applicationItemKey(before.owner, applicationId), before, {
      ...before,
      keys: {},
      movingTo: owner.subject,
    }),
    removeExisting(applicationNameItemKey(before.owner, name)),
    create(nameKey, { applicationId }),
    ...own.flatMap((key) => transferredKeyWrites(key, owner, toEpochSeconds(now))),
    auditEntry(caller, now, {
      action: 'application.change-owner',
      resourceId: applicationId,
      owner: owner.subject,
      before: {
        name,
        throttlingPolicy,
        owner: before.owner,
        ownerName: before.ownerName,
        apis: links.map(({ apiId }) => apiId),
        keys: [...Object.keys(before.keys), ...links.flatMap(({ keys }) => Object.keys(keys))].slice(
          0,
          MAX_AUDITED_KEYS,
        ),
      },
      after: { name, throttlingPolicy, owner: owner.subject, ownerName: owner.name },
    }),
  ]);
  return after;
}

/** Forgets the owner before, once nothing is left there. */
async function finish({ store }: Management, { owner, applicationId }: ApplicationItem): Promise<void> {
  const key = applicationItemKey(owner, applicationId);
  const application = await readItem(store, key, ApplicationItem);
  if (application?.movingFrom === undefined) return;
  const { movingFrom, ...rest } = application;
  const leftKey = applicationItemKey(movingFrom, applicationId);
  const left = await readItem(store, leftKey, ApplicationItem);
  await writeAll(store, [
    replace(key, application, applicationAttributes(rest)),
    ...(left === undefined ? [] : [remove(leftKey, left)]),
  ]);
}
