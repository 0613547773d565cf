import {
  CREDENTIAL_STATUSES,
  KEY_TYPES,
  SUBSCRIPTION_STATUSES,
  type Credential,
  type CredentialSubscription,
} from '../../core/decision/credential.ts';
import type { IpRule } from '../../core/restrictions/ip-restriction.ts';
import { LIFECYCLE_STATUSES, type ApiState } from '../../core/apis/managed-api.ts';
import type { ReferrerRule } from '../../core/restrictions/referrer-restriction.ts';
import {
  getItem,
  integer,
  map,
  oneOf,
  optional,
  text,
  texts,
  type Item,
  type ItemReads,
} from './item-reading.ts';
import { apiItemKey, credentialItemKey } from './keys.ts';

/** The dependencies of reading a credential. */
export interface CredentialReads extends ItemReads {
  readonly compileIpRule: (rule: string) => IpRule;
  readonly compileReferrerRule: (rule: string) => ReferrerRule;
}

/**
 * Reads what one key value stands for at the API that is called, strongly consistent.
 * @returns `undefined` when there is no such value.
 * @throws Error when DynamoDB does not answer or the item is not what this version writes: no decision.
 */
export async function readCredential(
  reads: CredentialReads,
  digest: string,
  apiId: string,
): Promise<Credential | undefined> {
  const item = await getItem(reads, credentialItemKey(digest));
  if (item === undefined) return undefined;
  const expiresAtEpochSeconds = optional(item, 'expiresAt', integer);
  const applicationId = optional(item, 'applicationId', text);
  const boundApiId = optional(item, 'apiId', text);
  const replacedAtEpochSeconds = optional(item, 'replacedAt', integer);
  const subscription = subscriptionTo(item, apiId);
  return {
    keyUUID: text(item, 'keyUUID'),
    keyName: text(item, 'keyName'),
    keyType: oneOf(item, 'keyType', KEY_TYPES),
    status: oneOf(item, 'status', CREDENTIAL_STATUSES),
    owner: text(item, 'owner'),
    issuedAtEpochMilliseconds: integer(item, 'issuedAt'),
    permittedIp: texts(item, 'permittedIp').map(reads.compileIpRule),
    permittedReferrer: texts(item, 'permittedReferrer').map(reads.compileReferrerRule),
    ...(expiresAtEpochSeconds !== undefined && { expiresAtEpochSeconds }),
    ...(replacedAtEpochSeconds !== undefined && { replacedAtEpochSeconds }),
    ...(boundApiId !== undefined && { apiId: boundApiId }),
    ...(applicationId !== undefined && { applicationId }),
    ...(subscription !== undefined && { subscription }),
  };
}

/** A credential carries the subscriptions of its application by API; one look finds the one that counts. */
function subscriptionTo(item: Item, apiId: string): CredentialSubscription | undefined {
  const subscriptions = map(item, 'subscriptions');
  if (!Object.hasOwn(subscriptions, apiId)) return undefined;
  const subscription = map(subscriptions, apiId);
  return {
    subscriptionId: text(subscription, 'subscriptionId'),
    status: oneOf(subscription, 'status', SUBSCRIPTION_STATUSES),
    policy: text(subscription, 'policy'),
  };
}

/** Reads the state of an API, strongly consistent; `undefined` when it is not registered. */
export async function readApiState(reads: ItemReads, apiId: string): Promise<ApiState | undefined> {
  const item = await getItem(reads, apiItemKey(apiId));
  if (item === undefined) return undefined;
  return {
    gatewayApiId: text(item, 'gatewayApiId'),
    lifecycle: oneOf(item, 'lifecycle', LIFECYCLE_STATUSES),
  };
}
