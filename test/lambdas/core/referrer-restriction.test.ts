import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileReferrerRule,
  matchReferrerRules,
  readReferrer,
  readReferrerRestriction,
} from '../../../lambdas/core/referrer-restriction.ts';

function allows(restriction: string, header: string): boolean {
  const { rules, problems } = readReferrerRestriction(restriction);
  expect(problems).toEqual([]);
  const referrer = readReferrer(header);
  return referrer !== undefined && matchReferrerRules(rules.map(compileReferrerRule), referrer);
}

describe('a referrer restriction', () => {
  const wso2 = 'www.abc.com/path, sub.cds.com/*, *.gef.com/*';

  it.each([
    [wso2, 'www.abc.com/path', true],
    [wso2, 'sub.cds.com/path1/path2', true],
    [wso2, 'example.gef.com/path1', true],
    [wso2, 'www.abc.com/path2', false],
    ['http://www.abc.com', 'http://www.abc.com', true],
  ])('%s decides about %s as WSO2 does: %s', (restriction, header, allowed) => {
    expect(allows(restriction, header)).toBe(allowed);
  });

  it.each([
    ['www.example.com/path', 'https://www.example.com/path'],
    ['www.example.com/path', 'http://www.example.com/path'],
    ['www.example.com/path', 'https://www.example.com/path?query=1#fragment'],
    ['WWW.Example.COM/path', 'https://www.EXAMPLE.com/path'],
    ['sub.example.com/*', 'https://sub.example.com'],
    ['sub.example.com/docs/*', 'https://sub.example.com/docs/a/b'],
    ['*.example.com/*', 'https://a.b.example.com/'],
    ['https://a.example.com:8443/*', 'https://a.example.com:8443/x'],
    ['a.example.com:443/*', 'https://a.example.com/x'],
    ['bücher.example/*', 'https://xn--bcher-kva.example/'],
    ['localhost:3000/*', 'http://localhost:3000/app'],
    ['[::1]:3000/*', 'http://[::1]:3000/'],
  ])('%s allows %s', (restriction, header) => {
    expect(allows(restriction, header)).toBe(true);
  });

  it.each([
    ['*.example.com/*', 'https://example.com/'],
    ['*.example.com/*', 'https://evil.test/?.example.com/'],
    ['*.example.com/*', 'https://evil.test/#.example.com/'],
    ['*.example.com/*', 'https://evil.test/a.example.com/'],
    ['*.example.com/*', 'https://evilexample.com/'],
    ['*.example.com/*', 'https://a.example.com.evil.test/'],
    ['*.example.com/*', 'https://.example.com/'],
    ['*.example.com/*', 'https://a.example.com@evil.test/'],
    ['*.example.com/*', 'https://evil.test\\.example.com/'],
    ['*.example.com/*', 'https://user@a.example.com/'],
    ['*.example.com/*', 'https://user:secret@a.example.com/'],
    ['*.example.com/*', 'ftp://a.example.com/'],
    ['*.example.com/*', 'javascript://a.example.com/%0aalert(1)'],
    ['*.example.com/*', 'https://a.example.com:8443/'],
    ['*.example.com/*', 'https://a.example.com /'],
    ['*.example.com/*', 'https://a.exam\tple.com/'],
    ['www.example.com/path', 'https://www.example.com/path/'],
    ['www.example.com/path', 'https://www.example.com/PATH'],
    ['www.example.com/docs/*', 'https://www.example.com/docs/../admin'],
    ['https://www.example.com/*', 'http://www.example.com/'],
    ['a.example.com:443/*', 'http://a.example.com/x'],
    ['www.example.com/*', 'http://www.example.com:443/'],
    ['www.example.com/*', 'about:client'],
    ['www.example.com/*', ''],
  ])('%s refuses %s', (restriction, header) => {
    expect(allows(restriction, header)).toBe(false);
  });

  it.each([
    'https://user@www.example.com/*',
    'www.example.com/a*b',
    'www.*.com/*',
    '**.example.com/*',
    '*',
    '*.',
    'www.example.com*',
    'ftp://www.example.com/*',
    'www.example.com/path?query',
    'www.example.com/path#fragment',
    'www.example.com:99999/*',
    'www example.com/*',
    'www.example.com\\path',
    '*.10.0.0.1/*',
    '/path',
    'https://',
    `${'a'.repeat(600)}.example.com/*`,
  ])('does not take %s', (entry) => {
    const { rules, problems } = readReferrerRestriction(`ok.example.com/*,${entry}`);
    expect(rules).toEqual(['ok.example.com/*']);
    expect(problems).toHaveLength(1);
  });

  it('warns of a path that browsers do not send to another origin', () => {
    expect(readReferrerRestriction('www.example.com/path').warnings[0]).toContain('Referrer-Policy');
    expect(readReferrerRestriction('www.example.com/*').warnings).toEqual([]);
  });

  it('warns of a host without path, which means the root page only, and of a whole top-level domain', () => {
    expect(readReferrerRestriction('www.example.com').warnings[0]).toContain('root page');
    expect(readReferrerRestriction('*.com/*').warnings[0]).toContain('.com');
  });

  it('stores what it reads in a form that reads back as itself', () => {
    const entry = fc
      .record({
        scheme: fc.constantFrom('', 'http://', 'https://'),
        wildcard: fc.constantFrom('', '*.'),
        host: fc.domain(),
        port: fc.constantFrom('', ':80', ':443', ':8080'),
        path: fc.constantFrom('', '/', '/*', '/a/b', '/a/b*', '/a/../b/*', '/ä'),
      })
      .map(({ scheme, wildcard, host, port, path }) => scheme + wildcard + host + port + path);
    fc.assert(
      fc.property(entry, (text) => {
        const { rules } = readReferrerRestriction(text);
        expect(rules).toHaveLength(1);
        expect(readReferrerRestriction(rules.join(',')).rules).toEqual(rules);
      }),
    );
  });

  it('agrees with a comparison of labels about random hosts and subdomain rules', () => {
    const labels = fc.array(fc.constantFrom('a', 'b', 'example', 'com', 'evil'), {
      minLength: 1,
      maxLength: 4,
    });
    fc.assert(
      fc.property(labels, labels, (rule, host) => {
        const isBelow = host.length > rule.length && host.slice(-rule.length).join('.') === rule.join('.');
        expect(allows(`*.${rule.join('.')}/*`, `https://${host.join('.')}/`)).toBe(isBelow);
      }),
    );
  });
});
