import { describe, expect, it } from 'vitest';
import { MAX_HEADER_BYTES, MAX_PAYLOAD_BYTES } from '../../../local/gateway/receive/limits.ts';
import { functionArn, startGateway } from './fixtures.ts';
import { returned } from './fixtures.ts';
import { ask, json, sendRaw } from './http-client.ts';

describe('the payload limit', () => {
  const counting = async () => {
    const invoked: string[] = [];
    const running = await startGateway({
      invoke: (arn) => {
        invoked.push(arn);
        return Promise.resolve(returned('ok'));
      },
    });
    return { ...running, invoked };
  };

  it('takes 10 MB', async () => {
    const { port, invoked } = await counting();
    const answer = await ask(port, '/', { method: 'POST', body: Buffer.alloc(MAX_PAYLOAD_BYTES, 'x') });
    expect(answer.status).toBe(200);
    expect(invoked).toEqual([functionArn('backend')]);
  });

  it.each([
    ['announced', {}],
    ['chunked', { 'transfer-encoding': 'chunked' }],
  ])('answers 413 to one byte more when it is %s, and goes on serving', async (_what, headers) => {
    const { port, invoked } = await counting();
    const answer = await ask(port, '/', {
      method: 'POST',
      headers,
      body: Buffer.alloc(MAX_PAYLOAD_BYTES + 1, 'x'),
    });
    expect([answer.status, answer.body.toString()]).toEqual([413, '{"message":"Request Entity Too Large"}']);
    expect(answer.headers.connection).toBe('close');
    expect(answer.headers).toHaveProperty('apigw-requestid');
    expect(invoked).toEqual([]);
    expect((await ask(port, '/')).status).toBe(200);
  });
});

describe('the limit of request line and headers', () => {
  // Request line, and the values of the headers that the client below sends by itself.
  const used = (port: number) => 'GET / HTTP/1.1'.length + `127.0.0.1:${port}`.length + 'close'.length;

  it('takes 10,240 bytes and answers 431 to one more', async () => {
    const { port } = await startGateway();
    const room = MAX_HEADER_BYTES - used(port);
    const headers = (length: number) => ({ connection: 'close', 'x-long': 'x'.repeat(length) });
    expect((await ask(port, '/', { headers: headers(room) })).status).toBe(200);
    const answer = await ask(port, '/', { headers: headers(room + 1) });
    expect([answer.status, json(answer)]).toEqual([431, { message: 'Request Header Fields Too Large' }]);
    expect(answer.headers).toHaveProperty('apigw-requestid');
  });

  it('counts the query', async () => {
    const { port } = await startGateway();
    expect((await ask(port, `/?x=${'y'.repeat(MAX_HEADER_BYTES)}`)).status).toBe(431);
  });

  it('answers 431 to a head beyond all bounds', async () => {
    const { port } = await startGateway();
    const raw = await sendRaw(
      port,
      Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'x'.repeat(200_000)}\r\n\r\n`),
    );
    expect(raw).toMatch(/^HTTP\/1\.1 431 /);
  });
});

describe('what is no HTTP', () => {
  it.each([
    ['nonsense', 'nonsense\r\n\r\n'],
    ['a TLS hello', '\u0016\u0003\u0001\u0002\u0000\u0001'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a header name with a space', 'GET / HTTP/1.1\r\nHost: x\r\nX Y: 1\r\n\r\n'],
    ['a bare line feed in a header', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\u0000b\r\n\r\n'],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
    ['a target without path', 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'],
  ])('is 400: %s', async (_what, text) => {
    const { port } = await startGateway();
    const raw = await sendRaw(port, Buffer.from(text, 'latin1'));
    expect(raw).toMatch(/^HTTP\/1\.1 400 /);
    expect(raw).toMatch(/apigw-requestid: [\w-]{15}=\r\n/);
    expect(raw).toMatch(/\r\n\r\n\{"message":"Bad Request"\}$/);
    expect((await ask(port, '/')).status).toBe(200);
  });
});
