import { get } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createGateway } from '../../../local/gateway/server.ts';
import { createIdentityProvider } from '../../../local/identity/identity-provider.ts';
import { loadSigningKey } from '../../../local/identity/signing-key.ts';
import { createFrontDoor } from '../../../local/runner/front-door.ts';
import { listenOnLoopback } from '../../../local/runner/listen-on-loopback.ts';

async function listen() {
  const door = createFrontDoor(() => undefined);
  const gateway = await listenOnLoopback(0, door.gateway);
  const management = await listenOnLoopback(0, door.management);
  onTestFinished(async () => {
    await Promise.all([gateway.close(), management.close()]);
  });
  return { door, urls: [gateway, management].map(({ port }) => `http://127.0.0.1:${port}/x`) };
}

describe('the ports of a runner', () => {
  it('answer 503 until the runner is ready', async () => {
    const { door, urls } = await listen();
    for (const url of urls) {
      const response = await fetch(url);
      expect(response.status).toBe(503);
      expect(response.headers.get('retry-after')).toBe('1');
    }
    const gateway = createGateway({
      apis: [],
      mappings: [],
      invoke: () => Promise.reject(new Error('nothing to invoke')),
      writeAccessLog: () => undefined,
    });
    onTestFinished(() => gateway.close());
    const key = await loadSigningKey(undefined);
    const identity = createIdentityProvider({
      issuer: 'http://localhost',
      clientId: 'c',
      key,
    });
    door.open({ gateway, identity, managementApiId: 'none', hosts: new Map() });
    expect(await Promise.all(urls.map(async (url) => (await fetch(url)).status))).toEqual([403, 404]);

    // A page whose own name leads to this machine.
    const statusFor = async (host: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        get(urls[1] ?? '', { headers: { host } }, ({ statusCode }) => resolve(statusCode)).once(
          'error',
          reject,
        );
      });
    expect(await statusFor('evil.example:9443')).toBe(421);
    expect(await statusFor('localhost.evil.example')).toBe(421);
    expect(await statusFor('keys.localhost:9443')).toBe(404);
  });

  it('are the same on both loopback addresses, so that localhost can mean either', async () => {
    const listener = await listenOnLoopback(0, (_request, response) => response.end('here'));
    onTestFinished(() => listener.close());
    await expect(listenOnLoopback(listener.port, () => undefined)).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      port: listener.port,
    });
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await (await fetch(`http://${host}:${listener.port}/`)).text()).toBe('here');
    }
  });
});
