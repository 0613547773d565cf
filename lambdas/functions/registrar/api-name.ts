import { apiNameItemKey, apiNameListing } from '../../platform/dynamodb/keys.ts';
import type { ApiItem } from '../../platform/dynamodb/items.ts';
import type { ApiNameItem } from '../../platform/dynamodb/registration-items.ts';
import { create, replace, type Write } from '../../platform/dynamodb/writes.ts';

/**
 * Whether a stack may register a name: nobody has had it, it is the stack's own, or an administrator has handed it over
 * to the stack. A stack is known by its name, so that one that is destroyed and deployed again has its names back.
 * @param owner absent: never registered, or before there were owners; then `api` tells.
 */
export function mayRegister(
  { stackId, stackName }: { readonly stackId: string; readonly stackName: string },
  owner: ApiNameItem | undefined,
  api: ApiItem | undefined,
): boolean {
  if (owner !== undefined) return owner.stackName === stackName || owner.releasedTo === stackName;
  return api === undefined || nameIn(api.stackId) === nameIn(stackId);
}

/** `arn:…:stack/NAME/UUID` → `arn:…:stack/NAME` */
function nameIn(stackId: string): string {
  return stackId.slice(0, stackId.lastIndexOf('/'));
}

/** Writes the owner of a name: the new stack after a hand-over, and still the owner after it unregisters the API. */
export function nameWrite(
  owner: ApiNameItem | undefined,
  {
    api,
    stackName,
    isRegistered,
  }: { readonly api: ApiItem; readonly stackName: string; readonly isRegistered: boolean },
): Write {
  const key = apiNameItemKey(api.apiId);
  const item = {
    apiId: api.apiId,
    name: api.name,
    apiVersion: api.version,
    stackName,
    isRegistered,
    lifecycle: api.lifecycle,
    // Handed over until the other stack takes it, whatever its owner does meanwhile.
    ...(owner?.stackName === stackName && owner.releasedTo !== undefined && { releasedTo: owner.releasedTo }),
    ...apiNameListing(api.name, api.version),
  };
  return owner === undefined ? create(key, { ...item, version: 1 }) : replace(key, owner, item);
}
