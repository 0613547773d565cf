import { createHash } from 'node:crypto';

/** The lifecycle of WSO2 API Manager, without PROTOTYPED. */
export const LIFECYCLE_STATUSES = ['CREATED', 'PUBLISHED', 'DEPRECATED', 'BLOCKED', 'RETIRED'] as const;
export type LifecycleStatus = (typeof LIFECYCLE_STATUSES)[number];

/** Most tags of an API, and most characters of one: what lists of APIs can carry. */
export const MAX_TAGS = 50;
export const MAX_TAG_LENGTH = 100;

/** The facts about an API that its gateway does not send. */
export interface ApiState {
  /** API Gateway's id of the HTTP API that serves this API. */
  readonly gatewayApiId: string;
  readonly lifecycle: LifecycleStatus;
}

/** Whether developers see an API in this state: not before it is published, nor once it is retired. */
export function isVisible(lifecycle: LifecycleStatus): boolean {
  return lifecycle !== 'CREATED' && lifecycle !== 'RETIRED';
}

/** Whether an API in this state takes new subscriptions. */
export function takesSubscriptions(lifecycle: LifecycleStatus): boolean {
  return lifecycle === 'PUBLISHED';
}

/**
 * The id of an API: a UUID (version 8) made from its name and version, so that it stays the same when the HTTP
 * API behind it is replaced, and keys go on working.
 */
export function apiIdOf(name: string, version: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([name, version]))
    .digest('hex');
  const variant = ((parseInt(digest.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return [
    digest.slice(0, 8),
    digest.slice(8, 12),
    `8${digest.slice(13, 16)}`,
    `${variant}${digest.slice(17, 20)}`,
    digest.slice(20, 32),
  ].join('-');
}
