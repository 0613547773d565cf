import type { Caller } from '../../core/http/caller.ts';
import { Fault, Unfinished } from '../../core/http/fault.ts';
import { toEpochSeconds } from '../../platform/clock.ts';
import { ApplicationItem, ApplicationNameItem, KeyItem } from '../../platform/dynamodb/items.ts';
import { applicationItemKey, applicationNameItemKey, keyItemKey } from '../../platform/dynamodb/keys.ts';
import { create, remove, removeExisting, replace } from '../../platform/dynamodb/writes.ts';
import { commit } from '../frame/carry-out.ts';
import { noChange, type Plan } from '../frame/change.ts';
import type { TableAccess } from '../frame/management.ts';
import { transferredKeyWrites } from '../keys/transfer-key.ts';
import { readLinksOf } from '../links/links.ts';
import type { Owner } from '../owners/resolve-owner.ts';
import { requireNoDecisionOn } from '../subscriptions/standing-decisions.ts';
import { getAnyApplication } from './any-applications.ts';
import { applicationAttributes } from './application-reads.ts';
import { transferLinks } from './transfer-links.ts';

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
  access: TableAccess,
  caller: Caller,
  applicationId: string,
  owner: Owner,
): Promise<void> {
  const until = access.clock() + LONGEST_WORK_MILLISECONDS;
  const application = await commit(access, { caller }, begin(access, applicationId, owner));
  const { movingFrom } = application;
  if (movingFrom === undefined) return;
  const isDone = await transferLinks(access, caller, { application, from: movingFrom, until })
    .then(async (isMoved) => {
      if (isMoved) await commit(access, { caller }, finish(application));
      return isMoved;
    })
    .catch((error: unknown) => {
      throw new Unfinished(UNFINISHED, error);
    });
  if (!isDone) throw new Unfinished(UNFINISHED);
}

/** Moves the application, and results in it at its new owner. */
function begin(access: TableAccess, applicationId: string, owner: Owner): Plan<ApplicationItem> {
  return async (read) => {
    const before = await getAnyApplication(access, read, applicationId);
    if (before.owner === owner.subject) return noChange(before);
    if (before.movingFrom !== undefined) {
      throw new Fault(
        'conflict',
        'The application is being transferred to another owner. Complete that first: repeat the same request.',
      );
    }
    const { name, throttlingPolicy } = before;
    const nameKey = applicationNameItemKey(owner.subject, name);
    if ((await read.loosely.item(nameKey, ApplicationNameItem)) !== undefined) {
      throw new Fault('conflict', `The new owner already has an application named ${JSON.stringify(name)}.`);
    }
    const links = await readLinksOf(read, before);
    await requireNoDecisionOn(read, owner, links);
    const own = await read.items(
      Object.keys(before.keys).map((id) =>
        keyItemKey(before.owner, { boundApplicationId: applicationId }, id),
      ),
      KeyItem,
    );
    const after: ApplicationItem = {
      ...before,
      owner: owner.subject,
      ownerName: owner.name,
      movingFrom: before.owner,
      updatedAt: read.now,
      version: before.version + 1,
    };
    return {
      result: after,
      writes: [
        create(applicationItemKey(owner.subject, applicationId), applicationAttributes(after)),
        // This item remains for the authorizer: credentials that still name this owner need its policy.
        replace(applicationItemKey(before.owner, applicationId), before, {
          ...before,
          keys: {},
          movingTo: owner.subject,
        }),
        removeExisting(applicationNameItemKey(before.owner, name)),
        create(nameKey, { applicationId }),
        ...own.flatMap((key) => transferredKeyWrites(key, owner, toEpochSeconds(read.now))),
      ],
      audit: {
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
      },
    };
  };
}

/** Forgets the previous owner, once nothing is left there. */
function finish({ owner, applicationId }: ApplicationItem): Plan<void> {
  return async (read) => {
    const key = applicationItemKey(owner, applicationId);
    const application = await read.item(key, ApplicationItem);
    if (application?.movingFrom === undefined) return noChange(undefined);
    const { movingFrom, ...rest } = application;
    const leftKey = applicationItemKey(movingFrom, applicationId);
    const left = await read.item(leftKey, ApplicationItem);
    return {
      result: undefined,
      writes: [
        replace(key, application, applicationAttributes(rest)),
        ...(left === undefined ? [] : [remove(leftKey, left)]),
      ],
      audit: 'none',
    };
  };
}
