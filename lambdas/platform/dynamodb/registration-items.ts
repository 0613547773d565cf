import { z } from 'zod';
import { LIFECYCLE_STATUSES } from '../../core/apis/managed-api.ts';

/**
 * The stack that a name and version of an API belong to. The item outlives the registration: keys of the API are kept, and
 * must not open what somebody else registers under the freed name.
 */
export const ApiNameItem = z.object({
  apiId: z.string(),
  name: z.string(),
  apiVersion: z.string(),
  /** Name of the stack, of this account and region, that may register it. */
  stackName: z.string(),
  isRegistered: z.boolean(),
  /** The lifecycle state of the API when it was last registered. */
  lifecycle: z.enum(LIFECYCLE_STATUSES),
  /** Name of the stack that an administrator has handed it over to, until that registers it. */
  releasedTo: z.string().exactOptional(),
  version: z.number(),
});
export type ApiNameItem = Readonly<z.infer<typeof ApiNameItem>>;

/** The API whose calls a log group tells of. */
export const LogGroupItem = z.object({
  apiId: z.string(),
  /** Whether every call of it needs a subscription. */
  requiresSubscription: z.boolean(),
});
export type LogGroupItem = Readonly<z.infer<typeof LogGroupItem>>;
