import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import {
  clientAddressOf,
  formatTrustedProxies,
  readTrustedProxies,
  type ClientAddressHeader,
} from '../../../lambdas/core/restrictions/trusted-proxies.ts';

const SECRET = 'a secret that only the edges of this distribution know';
const NEXT_SECRET = 'the secret that replaces it, while both are taken';
const EDGE = '203.0.113.9';
const CLIENT = '198.51.100.7';

function addressOf(
  address: string,
  headers: Record<string, string>,
  header: ClientAddressHeader = 'x-forwarded-for',
): string | undefined {
  const text = formatTrustedProxies(header, 'x-edge-proof', [SECRET, NEXT_SECRET].map(digestKeyValue), [
    '203.0.113.0/24',
    '2001:db8:ed6e::/48',
  ]);
  return clientAddressOf({ address, headers, digest: digestKeyValue }, readTrustedProxies(text));
}
const proven = (list: string, secret = SECRET) => ({ 'x-edge-proof': secret, 'x-forwarded-for': list });
const viewer = (text: string) => ({ 'x-edge-proof': SECRET, 'cloudfront-viewer-address': text });

describe('the address of a client', () => {
  it('is that of the TCP peer where no edge is named, whatever the client writes', () => {
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    expect(clientAddressOf({ address: CLIENT, headers, digest: digestKeyValue }, undefined)).toBe(CLIENT);
  });

  it('is what a named edge with the secret says', () => {
    expect(addressOf(EDGE, proven(`${CLIENT}, ${EDGE}`))).toBe(CLIENT);
    expect(addressOf(EDGE, proven(CLIENT))).toBe(CLIENT);
    expect(addressOf(EDGE, proven(CLIENT, NEXT_SECRET))).toBe(CLIENT);
    expect(addressOf('2001:db8:ed6e::1', proven(`2001:db8::7,203.0.113.77`))).toBe('2001:db8::7');
  });

  it('is never what the client wrote itself, left of its own address', () => {
    expect(addressOf(EDGE, proven(`10.0.0.1, junk, ${CLIENT}, ${EDGE}`))).toBe(CLIENT);
    fc.assert(
      fc.property(fc.string(), (forged) => {
        expect(addressOf(EDGE, proven(`${forged},${CLIENT},203.0.113.77,${EDGE}`))).toBe(CLIENT);
      }),
    );
  });

  it.each([
    ['an address that is not named', CLIENT, SECRET],
    ['an edge that other customers of the CDN use, without the secret', EDGE, undefined],
    ['an edge with a wrong secret', EDGE, 'guessed'],
    ['an edge with the digest for the secret', EDGE, digestKeyValue(SECRET)],
    ['an edge with both secrets joined', EDGE, `${SECRET},${SECRET}`],
  ])('is that of the TCP peer when it is %s', (_, peer, secret) => {
    const headers = {
      'x-forwarded-for': '192.0.2.1',
      ...(secret !== undefined && { 'x-edge-proof': secret }),
    };
    expect(addressOf(peer, headers)).toBe(peer);
  });

  it.each([
    ['says none', { 'x-edge-proof': SECRET }],
    ['says nothing but its own', proven(EDGE)],
    ['says what is no address', proven(`${CLIENT}, unknown`)],
    ['says an empty hop', proven(`${CLIENT},`)],
  ])('is not known when the edge %s', (_, headers) => {
    expect(addressOf(EDGE, headers)).toBeUndefined();
  });

  it.each([
    ['198.51.100.10:46532', '198.51.100.10'],
    ['2001:db8::1:46532', '2001:db8::1'],
    ['[2001:db8::1]:46532', '2001:db8::1'],
    ['198.51.100.10', undefined],
    ['192.0.2.1:1,198.51.100.10:46532', undefined],
    ['', undefined],
  ])('is read of %j as CloudFront writes it', (text, expected) => {
    expect(addressOf(EDGE, viewer(text), 'cloudfront-viewer-address')).toBe(expected);
  });
});

describe('a stage variable', () => {
  const digest = digestKeyValue(SECRET);
  it.each([
    ['nothing', ''],
    ['another header', `x-real-ip&x-edge-proof&${digest}&203.0.113.0/24`],
    ['no proof', `x-forwarded-for&&${digest}&203.0.113.0/24`],
    ['no digest', 'x-forwarded-for&x-edge-proof&&203.0.113.0/24'],
    ['the secret itself', `x-forwarded-for&x-edge-proof&${SECRET}&203.0.113.0/24`],
    ['no range', `x-forwarded-for&x-edge-proof&${digest}&`],
    ['a range that is none', `x-forwarded-for&x-edge-proof&${digest}&everybody`],
    ['more than that', `x-forwarded-for&x-edge-proof&${digest}&203.0.113.0/24&`],
  ])('that names %s fails the call: nobody is trusted by mistake', (_, text) => {
    expect(() => readTrustedProxies(text)).toThrow();
  });
});
