import type { HttpAnswer } from '../../local/demo/http-client.ts';
import { PORTAL, runKeybound, type RunningKeybound } from '../support/run-keybound.ts';

type Headers = Readonly<Record<string, string>>;

/** The sample APIs on a runner, and calls of them. */
export interface SampleCalls {
  readonly keybound: RunningKeybound;
  /** Ids of the APIs. */
  readonly pizza: string;
  readonly petstore: string;
  /** An operation of alice on a key of an API. */
  readonly change: (api: string, verb: string, body: object) => Promise<HttpAnswer>;
  /** A key that opens PizzaShack. */
  readonly working: (body?: object) => Promise<{ keyUUID: string; apikey: string }>;
  readonly call: (path: string, headers?: Headers) => Promise<HttpAnswer>;
  /** A call of PizzaShack. */
  readonly menu: (apikey?: string, headers?: Headers) => Promise<HttpAnswer>;
}

export async function openSampleCalls(): Promise<SampleCalls> {
  const keybound = await runKeybound();
  const pizza = await keybound.apiId('PizzaShackAPI');
  const applicationUUID = await keybound.subscriber('alice', pizza);
  const change: SampleCalls['change'] = (api, verb, body) =>
    keybound.manage('alice', 'POST', `${PORTAL}/apis/${api}/api-keys/${verb}`, body);
  const call: SampleCalls['call'] = (path, headers = {}) =>
    keybound.http.send({
      method: 'GET',
      url: `${keybound.runner.gatewayUrl}${path}`,
      headers: { ...headers },
    });
  return {
    keybound,
    pizza,
    petstore: await keybound.apiId('Petstore'),
    change,
    working: async (body = {}) => {
      const key = await keybound.generate('alice', pizza, body);
      await change(pizza, 'associate', { keyUUID: key.keyUUID, applicationUUID });
      return key;
    },
    call,
    menu: (apikey, headers = {}) =>
      call('/pizzashack/1.0.0/menu', { ...headers, ...(apikey !== undefined && { apikey }) }),
  };
}
