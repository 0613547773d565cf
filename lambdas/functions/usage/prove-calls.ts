import { z } from 'zod';
import type { LoggedCall } from '../../contract/access-line.ts';
import { KeyReferenceItem } from '../../platform/dynamodb/items.ts';
import {
  keyReferenceItemKey,
  LINK_PROOF_ATTRIBUTES,
  linkItemKey,
  ownerPartition,
  type ItemKey,
} from '../../platform/dynamodb/keys.ts';
import { readItems } from '../../platform/dynamodb/read-items.ts';
import type { LogGroupItem } from '../../platform/dynamodb/registration-items.ts';
import type { Store } from '../../platform/dynamodb/store.ts';

const Reference = KeyReferenceItem.extend({ keyUUID: z.string() });
type Reference = Readonly<z.infer<typeof Reference>>;

const LinkExists = z.object({ pk: z.string(), applicationId: z.string() });

/**
 * Takes out of calls what the lines cannot know: keys that open another API, and applications that have nothing to do with
 * the API or with the owner of the key. Who writes to the log of one API can tell lies about the usage of that API alone.
 * @returns a call for each call, without its key or its application where the table does not confirm them.
 */
export async function proveCalls(
  store: Store,
  { apiId, requiresSubscription }: LogGroupItem,
  calls: readonly LoggedCall[],
): Promise<readonly LoggedCall[]> {
  const ids = new Set(calls.flatMap(({ key }) => key?.keyUUID ?? []));
  const found = await readItems(store, [...ids].map(keyReferenceItemKey), Reference);
  const references = new Map(found.map((reference) => [reference.keyUUID, reference]));

  const linkKeys = new Map<string, ItemKey>();
  for (const { key } of calls) {
    const reference = references.get(key?.keyUUID ?? '');
    const applicationId = reference?.boundApplicationId ?? key?.applicationId;
    if (reference === undefined || applicationId === undefined) continue;
    const link = linkItemKey(reference.owner, applicationId, apiId);
    linkKeys.set(`${link.pk} ${applicationId}`, link);
  }
  const links = await readItems(store, [...linkKeys.values()], LinkExists, LINK_PROOF_ATTRIBUTES);
  const linked = new Set(links.map(({ pk, applicationId }) => `${pk} ${applicationId}`));
  const isLinked = ({ owner }: Reference, applicationId: string): boolean =>
    linked.has(`${ownerPartition(owner)} ${applicationId}`);

  const opens = (reference: Reference): boolean =>
    reference.boundApplicationId === undefined
      ? reference.apiId === apiId
      : !requiresSubscription || isLinked(reference, reference.boundApplicationId);
  return calls.map((call) => {
    const { key } = call;
    const reference = references.get(key?.keyUUID ?? '');
    if (key === undefined) return call;
    if (reference === undefined || !opens(reference)) return { ...call, key: undefined };
    const { applicationId } = key;
    const isItsOwn =
      applicationId !== undefined &&
      (reference.boundApplicationId === undefined
        ? isLinked(reference, applicationId)
        : applicationId === reference.boundApplicationId);
    return { ...call, key: { ...key, applicationId: isItsOwn ? applicationId : undefined } };
  });
}
