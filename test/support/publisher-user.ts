import type { ManagementHarness, TestAnswer } from './management-harness.ts';

export const PUBLISHER = '/api/am/publisher/v4';

/** A signed-in publisher. */
export interface PublisherUser {
  readonly get: (path: string, query?: Readonly<Record<string, string>>) => Promise<TestAnswer>;
  readonly post: (
    path: string,
    query: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<TestAnswer>;
  /** `block`, `unblock`, `approve` or `reject`. */
  readonly decide: (
    action: string,
    subscriptionId: string,
    more?: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<TestAnswer>;
}

export function publisherUser(harness: ManagementHarness, name = 'pat'): PublisherUser {
  const send = harness.as(name, 'publisher');
  const post: PublisherUser['post'] = (path, query, headers = {}) =>
    send({ method: 'POST', path: `${PUBLISHER}${path}`, query, headers });
  return {
    post,
    get: (path, query) => send({ path: `${PUBLISHER}${path}`, ...(query !== undefined && { query }) }),
    decide: (action, subscriptionId, more = {}, headers = {}) => {
      const state = action === 'block' ? { blockState: 'BLOCKED' } : {};
      return post(`/subscriptions/${action}-subscription`, { subscriptionId, ...state, ...more }, headers);
    },
  };
}
