import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  digestIdempotencyKey,
  openAnswer,
  readIdempotencyKey,
  sealAnswer,
} from '../../../lambdas/core/http/idempotency.ts';

const key = 'W2q9-s_Zk3Vt0uYb1xPm4A';
const request = {
  key,
  content: { operationId: 'generateApiKey', body: { keyName: 'a', keyType: 'SANDBOX' } },
};
const answer = { status: 200, body: { apikey: 'kb_live_secret' } };

describe('an Idempotency-Key', () => {
  it.each([[key], [randomUUID()], ['A'.repeat(128)]])('may be %s', (header) => {
    expect(readIdempotencyKey(header)).toBe(header);
  });

  it('may stand in quotes, as a structured header field does, and means the same', () => {
    expect(readIdempotencyKey(`"${key}"`)).toBe(key);
    expect(readIdempotencyKey(` ${key} `)).toBe(key);
  });

  it.each([
    [''],
    ['1'],
    ['A'.repeat(21)],
    ['A'.repeat(129)],
    [`"${key}`],
    [`${key}"`],
    [`${key}, ${key}`],
    [`${key}é`],
    [`${key}\n`.repeat(2)],
  ])('is refused when it is %j, and the answer does not repeat it', (header) => {
    expect(() => readIdempotencyKey(header)).toThrow(expect.objectContaining({ code: 'bad_request' }));
    expect(() => readIdempotencyKey(header)).toThrow(/^(?!.*AAAA)/);
  });
});

describe('a sealed answer', () => {
  it('opens for the same request, in whatever order its members come', () => {
    const reordered = {
      key,
      content: { body: { keyType: 'SANDBOX', keyName: 'a' }, operationId: 'generateApiKey' },
    };
    expect(openAnswer('alice', reordered, sealAnswer('alice', request, answer))).toEqual(answer);
  });

  it('holds any JSON value as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (content, body) => {
        const again: unknown = JSON.parse(JSON.stringify({ content }));
        const asked = { key, content: again };
        const sealed = sealAnswer('alice', asked, { status: 200, body });
        expect(openAnswer('alice', asked, sealed)).toEqual(JSON.parse(JSON.stringify({ status: 200, body })));
      }),
    );
  });

  it.each([
    ['another body', { operationId: 'generateApiKey', body: { keyName: 'b', keyType: 'SANDBOX' } }],
    ['a field less', { operationId: 'generateApiKey', body: { keyName: 'a' } }],
    ['another operation', { operationId: 'regenerateApiKey', body: { keyName: 'a', keyType: 'SANDBOX' } }],
    ['lists in another order', { operationId: 'generateApiKey', body: ['b', 'a'] }],
  ])('is refused to %s', (_what, content) => {
    const sealed = sealAnswer('alice', { key, content: request.content }, answer);
    expect(() => openAnswer('alice', { key, content }, sealed)).toThrow(
      expect.objectContaining({ code: 'unprocessable' }),
    );
  });

  it('tells lists of another order apart', () => {
    const sealed = sealAnswer('alice', { key, content: [1, 2] }, answer);
    expect(() => openAnswer('alice', { key, content: [2, 1] }, sealed)).toThrow(
      expect.objectContaining({ code: 'unprocessable' }),
    );
  });

  it('shows neither the answer, nor the request, nor the key', () => {
    const stored = JSON.stringify([digestIdempotencyKey(key), sealAnswer('alice', request, answer)]);
    const bytes = Buffer.from(sealAnswer('alice', request, answer).sealed, 'base64').toString('latin1');
    for (const secret of ['kb_live_secret', 'apikey', 'keyName', key]) {
      expect(stored).not.toContain(secret);
      expect(bytes).not.toContain(secret);
    }
  });

  it('differs each time, and for each owner has a fingerprint of its own', () => {
    const [one, two, other] = ['alice', 'alice', 'bob'].map((owner) => sealAnswer(owner, request, answer));
    expect(one?.sealed).not.toBe(two?.sealed);
    expect(one?.fingerprint).toBe(two?.fingerprint);
    expect(one?.fingerprint).not.toBe(other?.fingerprint);
  });

  it('is not opened once a bit of it has changed', () => {
    const { fingerprint, sealed } = sealAnswer('alice', request, answer);
    const bytes = Buffer.from(sealed, 'base64');
    for (let index = 0; index < bytes.length; index += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(index) ^ 1, index);
      const item = { fingerprint, sealed: changed.toString('base64') };
      expect(() => openAnswer('alice', request, item)).toThrow();
    }
  });
});
