import { z } from 'zod';
import { PORTAL_BASE } from '../../lambdas/contract/api-paths.ts';

/** What `generateKey` makes. */
export interface NewKey {
  /**
   * The name of the API, as its document calls it.
   * @example 'Orders'
   */
  readonly api: string;
  /** @default 'production' */
  readonly environment?: 'production' | 'sandbox';
  /**
   * A demo user who has the role `developer`.
   * @default 'alice'
   */
  readonly user?: string;
  /**
   * A business plan: the key is associated with a new application that subscribes to the API under this plan. An API
   * with `subscription: 'required'` needs one.
   * @default no subscription
   * @example 'Gold'
   */
  readonly plan?: string;
}

/** A key that was generated. */
export interface GeneratedKey {
  readonly keyUUID: string;
  /** What callers send. */
  readonly value: string;
}

/** A request of the helpers that was refused; the message has the answer. */
export class RequestRefusedError extends Error {
  readonly code = 'REQUEST_REFUSED';
  readonly status: number;

  constructor(what: string, status: number, answer: string) {
    super(`${what}: ${status} ${answer}`);
    this.name = 'RequestRefusedError';
    this.status = status;
  }
}

const Token = z.object({ access_token: z.string() });
const Apis = z.object({ list: z.array(z.object({ id: z.string(), name: z.string() })) });
const Key = z.object({ keyUUID: z.string(), apikey: z.string() });
const Application = z.object({ applicationId: z.string() });

/** Does over REST what a developer does first; nothing here is a way around the management API. */
export function createDeveloper(managementUrl: string, newName: () => string) {
  const token = async (user: string): Promise<string> => {
    const body = new URLSearchParams({ grant_type: 'password', username: user, password: user });
    const answer = await send(`${managementUrl}/oauth2/token`, { method: 'POST', body });
    return Token.parse(answer).access_token;
  };
  const portal = async (user: string) => {
    const headers = { authorization: `Bearer ${await token(user)}`, 'content-type': 'application/json' };
    const at = (path: string): string => `${managementUrl}${PORTAL_BASE}${path}`;
    return {
      get: (path: string) => send(at(path), { headers }),
      post: (path: string, body: object) =>
        send(at(path), { method: 'POST', headers, body: JSON.stringify(body) }),
    };
  };
  return {
    token,
    async generateKey({
      api,
      environment = 'production',
      user = 'alice',
      plan,
    }: NewKey): Promise<GeneratedKey> {
      const { get, post } = await portal(user);
      const { list } = Apis.parse(await get(`/apis?query=${encodeURIComponent(`name:${api}`)}`));
      const found = list.find(({ name }) => name === api);
      if (found === undefined) {
        throw new RequestRefusedError(`the portal has no API "${api}" for ${user}`, 404, '');
      }
      const keys = `/apis/${found.id}/api-keys`;
      const name = newName();
      const key = Key.parse(
        await post(`${keys}/generate`, { keyName: name, keyType: environment.toUpperCase() }),
      );
      if (plan !== undefined) {
        const made = await post('/applications', { name, throttlingPolicy: 'Unlimited' });
        const { applicationId } = Application.parse(made);
        await post('/subscriptions', { applicationId, apiId: found.id, throttlingPolicy: plan });
        await post(`${keys}/associate`, { keyUUID: key.keyUUID, applicationUUID: applicationId });
      }
      return { keyUUID: key.keyUUID, value: key.apikey };
    },
  };
}

async function send(url: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new RequestRefusedError(`${init.method ?? 'GET'} ${url}`, response.status, text);
  const answer: unknown = text === '' ? undefined : JSON.parse(text);
  return answer;
}
