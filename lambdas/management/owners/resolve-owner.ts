import { z } from 'zod';
import { Fault } from '../../core/http/fault.ts';
import {
  ALL_API_KEYS_PREFIX,
  ALL_APPLICATION_KEYS_PREFIX,
  APPLICATION_PREFIX,
  ownerPartition,
} from '../../platform/dynamodb/keys.ts';
import { walkPartition } from '../../platform/dynamodb/partitions.ts';
import { searchKeys } from '../keys/all-keys.ts';
import { allApplications } from '../applications/any-applications.ts';
import type { Management } from '../frame/management.ts';

/** Whom something can belong to: a person or a group. */
export interface Owner {
  readonly subject: string;
  readonly name: string;
}

/** Prefix of the subjects of groups. */
const GROUP = /^group:(?=\S)/;
const Named = z.object({ ownerName: z.string() });

/**
 * Finds an owner by subject, or by the name that lists show. There is no directory of users: known is who has a key or an
 * application. A group needs no such, and neither does a subject that comes with its name.
 * @throws Fault `bad_request` for nobody who is known; `conflict` for a name of several.
 */
export async function resolveOwner(management: Management, wanted: string, name?: string): Promise<Owner> {
  if (name !== undefined) return { subject: wanted, name };
  if (GROUP.test(wanted)) return { subject: wanted, name: wanted.replace(GROUP, '') };
  const known = await nameOf(management, wanted);
  if (known !== undefined) return { subject: wanted, name: known };
  const [subject, ...others] = await subjectsOf(management, wanted);
  if (subject === undefined) {
    throw new Fault('bad_request', 'The request is not valid.', {
      problems: [
        {
          field: 'owner',
          message: 'has no key and no application yet: send the subject, and the name as ownerName',
        },
      ],
    });
  }
  if (others.length > 0) {
    throw new Fault('conflict', 'More than one owner has this name. Send the subject of the right one.');
  }
  return { subject, name: wanted };
}

async function nameOf({ store }: Management, subject: string): Promise<string | undefined> {
  for (const prefix of [APPLICATION_PREFIX, ALL_API_KEYS_PREFIX, ALL_APPLICATION_KEYS_PREFIX]) {
    const walk = { schema: Named, attributes: ['ownerName'], pageSize: 1 };
    for await (const [first] of walkPartition(store, { pk: ownerPartition(subject), prefix }, walk)) {
      if (first !== undefined) return first.item.ownerName;
    }
  }
  return undefined;
}

async function subjectsOf(management: Management, name: string): Promise<readonly string[]> {
  const subjects = new Set<string>();
  for await (const { found } of allApplications(management)) {
    for (const { item } of found) if (item.ownerName === name) subjects.add(item.owner);
  }
  for await (const { matches } of searchKeys(management, { owner: name })) {
    for (const { item } of matches) subjects.add(item.owner);
  }
  return [...subjects];
}
