import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { CommandFailure } from '../../cli/failures.ts';
import { sendHttp } from '../../cli/rest/http.ts';
import { createRestClient, decode, pathOf } from '../../cli/rest/rest-client.ts';
import { readList } from '../../cli/rest/read-list.ts';
import { createKeyValue } from '../../lambdas/core/keys/key-value.ts';
import { deadAddress } from './run-cli.ts';

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server that answers as it is told, which no real one can be made to do. */
async function clientOf(answer: (response: ServerResponse, received: readonly Received[]) => void) {
  const received: Received[] = [];
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const { method, url, headers } = request;
    received.push({ method, url, headers, body: await text(request) });
    answer(response, received);
  };
  const server = createServer((request, response) => void respond(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close().closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  const rest = createRestClient({ url, http: sendHttp, accessToken: () => Promise.resolve('secret-token') });
  return { rest, received, url };
}

function json(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function failureOf(act: () => unknown): CommandFailure | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof CommandFailure) return error;
  }
  return undefined;
}

describe('the client of the REST API', () => {
  it('sends no address that holds the value of a key, be it in the path or in the query', async () => {
    const { rest, received } = await clientOf((response) => json(response, 200, {}));
    const value = createKeyValue('shop', 'SANDBOX');
    for (const asked of [
      rest.get(pathOf('/refusals', value)),
      rest.remove(pathOf('/keys', `my ${value}`)),
      rest.get('/keys', { query: `name:${value}` }),
    ]) {
      const failure: unknown = await asked.catch((error: unknown) => error);
      expect(failure).toMatchObject({ kind: 'usage' });
      expect(String(failure)).not.toContain(value);
    }
    expect(received).toEqual([]);
  });

  it('makes a thing once, however often the network fails', async () => {
    const { rest, received } = await clientOf((response, requests) => {
      if (requests.length < 3) response.destroy();
      else json(response, 201, { id: 1 });
    });
    expect(await rest.create('/things', { name: 'a' })).toEqual({ id: 1 });
    expect(received.map(({ body }) => body)).toEqual(Array.from({ length: 3 }, () => '{"name":"a"}'));
    expect(received[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('deletes a thing in as many requests as the server needs, and asks again for nothing that it refuses', async () => {
    const { rest, received } = await clientOf((response, requests) =>
      requests.length < 3
        ? json(response, 503, { description: 'Send the same request again.' })
        : json(response, 200, {}),
    );
    await rest.remove('/things/1');
    expect(received.map(({ method }) => method)).toEqual(['DELETE', 'DELETE', 'DELETE']);
    const refusing = await clientOf((response) =>
      json(response, 404, { description: 'There is no such thing.' }),
    );
    await expect(refusing.rest.remove('/things/1')).rejects.toThrow('There is no such thing. (404)');
    expect(refusing.received).toHaveLength(1);
  });

  it('gives up in the end, and sends nothing twice that is not known to be done once', async () => {
    const { rest, received } = await clientOf((response) => response.destroy());
    await expect(rest.create('/things', {})).rejects.toMatchObject({ kind: 'network' });
    expect(received).toHaveLength(3);
    await expect(rest.post('/things', {})).rejects.toMatchObject({ kind: 'network' });
    expect(received).toHaveLength(4);
  });

  it('changes a thing only as it read it', async () => {
    const { rest, received } = await clientOf((response, requests) => {
      if (requests.length === 1) json(response, 200, { a: 1, b: 2 }, { etag: '"7"' });
      else json(response, 412, { code: 412, message: 'Precondition Failed', description: 'It has changed.' });
    });
    const change = rest.change('/things/1', (current) => ({
      ...z.object({ a: z.number() }).parse(current),
      b: 3,
    }));
    await expect(change).rejects.toMatchObject({
      kind: 'failed',
      message: 'It has changed. (412)',
      details: ['Somebody else changed it at the same time. Run the command again.'],
    });
    expect(received[1]).toMatchObject({
      method: 'PUT',
      body: '{"a":1,"b":3}',
      headers: { 'if-match': '"7"' },
    });
  });

  it('carries its token nowhere else', async () => {
    const { rest, received } = await clientOf((response) => {
      response.writeHead(302, { location: '/elsewhere' }).end();
    });
    await expect(rest.get('/things')).rejects.toMatchObject({
      details: ['Is --url the address of the management API?'],
    });
    expect(received).toHaveLength(1);
  });

  it('sends no token where none is wanted', async () => {
    const { rest, received } = await clientOf((response) =>
      json(response, 401, { description: 'No such key.' }),
    );
    const sent = rest.send('POST', { path: '/revoke', isAnonymous: true });
    await expect(sent).rejects.toMatchObject({ kind: 'failed', message: 'No such key. (401)' });
    expect(received[0]?.headers.authorization).toBeUndefined();
  });

  it.each([
    [429, { message: 'Too Many Requests' }, 'failed', 'Too Many Requests (429)'],
    [500, undefined, 'failed', 'The server gave no reason. (500)'],
    [403, { description: 'A\u001b[31m trick' }, 'failed', 'A\\u{1b}[31m trick (403)'],
    [
      401,
      { message: 'Unauthorized' },
      'notSignedIn',
      'The server does not accept the access token: it may have expired.',
    ],
  ])('says what the server says with %i', async (status, body, kind, message) => {
    const { rest } = await clientOf((response) => json(response, status, body, { 'retry-after': '7' }));
    await expect(rest.get('/things')).rejects.toMatchObject({ kind, message });
  });

  it.each([
    [502, 'network', 'A proxy in front of the management API could not reach it. Try again shortly.'],
    [404, 'failed', 'Is --url (or KEYBOUND_URL) the address of the management API?'],
    [200, 'failed', 'Is --url (or KEYBOUND_URL) the address of the management API?'],
  ])(
    'takes the page of another site, with %i, for no answer, and does not repeat it',
    async (status, kind, hint) => {
      const { rest, received } = await clientOf((response) => {
        response
          .writeHead(status, { 'content-type': 'text/html; charset=utf-8' })
          .end('<p>secret-of-the-page</p>');
      });
      for (const asked of [
        () => rest.get('/things'),
        () => rest.post('/things/revoke', {}),
        () => rest.remove('/things/1'),
        () => rest.send('POST', { path: '/self-revoke', isAnonymous: true }),
      ]) {
        const failure: unknown = await asked().catch((error: unknown) => error);
        expect(failure).toMatchObject({ kind, details: [hint] });
        expect(String(failure)).toMatch(
          new RegExp(`http://127.0.0.1:\\d+ answered ${status} with text/html instead of JSON\\.$`),
        );
        expect(JSON.stringify(failure)).not.toContain('secret-of-the-page');
      }
      expect(received).toHaveLength(4);
    },
  );

  it('says in words that a connection broke off in the middle of an answer', async () => {
    const { rest } = await clientOf((response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"a":', () => response.destroy());
    });
    const failure: unknown = await rest.get('/things').catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'network' });
    expect(String(failure)).toMatch(
      /http:\/\/127\.0\.0\.1:\d+ cannot be reached: the connection broke off \(\w+\)\.$/,
    );
  });

  it.each([
    ['a port that nobody has', deadAddress, 'nothing listens there (ECONNREFUSED)'],
    ['a name that nobody has', () => 'http://nowhere.invalid', 'there is no such name ('],
  ])('says in words why nothing answers at %s', async (_what, addressOf, reason) => {
    const url = await addressOf();
    const asked = sendHttp({ method: 'GET', url: `${url}/path?query=secret` });
    const failure: unknown = await asked.catch((error: unknown) => error);
    expect(failure).toMatchObject({ kind: 'network' });
    expect(String(failure)).toContain(`${url} cannot be`);
    expect(String(failure)).toContain(reason);
    expect(String(failure)).not.toContain('secret');
  });

  it.each([301, 302, 303, 307, 308])('follows no redirect with %i, to wherever', async (status) => {
    const elsewhere = await clientOf((response) => json(response, 200, {}));
    const location = `${elsewhere.url}/steal`;
    const { rest, received } = await clientOf((response) => {
      response.writeHead(status, { location }).end();
    });
    for (const asked of [
      () => rest.post('/things', { apikey: 'x' }),
      () => rest.send('POST', { path: '/self-revoke', headers: { apikey: 'x' }, isAnonymous: true }),
    ]) {
      await expect(asked()).rejects.toMatchObject({ kind: 'failed' });
    }
    expect(received).toHaveLength(2);
    expect(elsewhere.received).toEqual([]);
  });

  it('says which fields of an answer it does not understand, not what is in them', () => {
    const schema = z.object({ list: z.array(z.object({ id: z.string() })) });
    const failure = failureOf(() => decode(schema, { list: [{ id: 54_321 }] }));
    expect(failure?.details).toContain('Missing or of another kind: list.0.id');
    expect(JSON.stringify(failure)).not.toContain('54321');
  });

  it('names the group that it acts for in every request with a token, and in none without', async () => {
    const { url, received } = await clientOf((response) => json(response, 200, {}));
    const rest = createRestClient({
      url,
      http: sendHttp,
      accessToken: () => Promise.resolve('secret-token'),
      group: 'shop-team',
    });
    await rest.get('/things');
    await rest.send('POST', { path: '/things', isAnonymous: true });
    expect(received.map(({ headers }) => headers['x-keybound-group'])).toEqual(['shop-team', undefined]);
  });

  it('follows the cursor of a list past a page without entries', async () => {
    const { rest, received } = await clientOf((response, requests) => {
      const list = requests.length === 2 ? [] : [requests.length];
      const next = requests.length < 3 ? `/things?cursor=c${requests.length}` : '';
      json(response, 200, { count: list.length, list, pagination: { offset: 0, limit: 9, next } });
    });
    const { list } = await readList(rest, '/things', { all: true });
    expect(list).toEqual([1, 3]);
    expect(received.map(({ url: asked }) => asked)).toEqual([
      '/things?limit=1000',
      '/things?limit=1000&cursor=c1',
      '/things?limit=1000&cursor=c2',
    ]);
  });

  it('reads all pages, and stops at an empty one', async () => {
    const { rest, received } = await clientOf((response, requests) => {
      const offset = (requests.length - 1) * 2;
      const list = offset < 4 ? [offset, offset + 1] : [];
      json(response, 200, { count: list.length, list, pagination: { offset, limit: 2, next: '/more' } });
    });
    const { list } = await readList(rest, '/things', { all: true, limit: 2 }, { query: 'a b' });
    expect(list).toEqual([0, 1, 2, 3]);
    expect(received.map(({ url }) => url)).toEqual([
      '/things?query=a+b&limit=1000',
      '/things?query=a+b&limit=1000&offset=2',
      '/things?query=a+b&limit=1000&offset=4',
    ]);
  });
});
