import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import {
  compileReferrerRule,
  matchReferrerRules,
  readReferrer,
  readReferrerRestriction,
} from '../../../lambdas/core/restrictions/referrer-restriction.ts';

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
    `${'a'.repeat(64)}.example.com/*`,
    `${'abc.'.repeat(64)}com/*`,
    'example.com./*',
    '*.com./*',
    'a..example.com/*',
    '.example.com/*',
    '*..example.com/*',
    '*.*.example.com/*',
    'ex*mple.com/*',
    'ex%61mple.com/*',
    'a%2eexample.com/*',
    'user:pass@example.com/*',
    '@example.com/*',
    'example.com@evil.test/*',
    'example.com:0/*',
    'example.com:65536/*',
    'example.com:/*',
    'example.com:8o/*',
    'example.com:*/*',
    '//example.com/*',
    'https:example.com/*',
    'https:///example.com/*',
    'javascript://example.com/*',
    'example.com/a\\b',
    'example.com/**',
    'example.com/*/b',
    'example.com/*?',
    'example.com/#*',
    '0x7f.0.0.1/*',
    '0177.0.0.1/*',
    '2130706433/*',
    '127.1/*',
    '1.2.3.4.5/*',
    '\uff11.2.3.4/*',
    '[::1%25eth0]/*',
    '[::1/*',
    'a{b}.example.com/*',
    'a"b.example.com/*',
    'a\u0000b.example.com/*',
    'a\u00a0b.example.com/*',
    'example.com/a\u0001b',
    'example.com/\u202eb',
    'exam\u200eple.com/*',
    createKeyValue('kb', 'SANDBOX'),
    `${createKeyValue('kb', 'PRODUCTION')}.example.com/*`,
    `example.com/${createKeyValue('kb', 'PRODUCTION')}`,
  ])('does not take %j, names its position, and does not repeat it', (entry) => {
    const { rules, problems } = readReferrerRestriction(`ok.example.com/*,${entry}`);
    expect(rules).toEqual(['ok.example.com/*']);
    expect(problems).toEqual([expect.stringMatching(/^entry 2: /)]);
    if (entry.length > 8) expect(problems[0]).not.toContain(entry);
  });

  it('refuses empty entries beside a comma, where something was meant', () => {
    expect(readReferrerRestriction('example.com/*, ,').problems).toEqual([
      'entry 2: is empty',
      'entry 3: is empty',
    ]);
    expect(readReferrerRestriction(' ')).toMatchObject({ rules: [], problems: [] });
  });

  it.each([
    ['HTTPS://Www.Example.COM:443/A', 'https://www.example.com/A'],
    ['example.com:0443/*', 'example.com:443/*'],
    ['http://example.com:80/*', 'http://example.com/*'],
    ['example.com/a/./b/../c', 'example.com/a/c'],
    ['example.com/a/%2e%2e/c', 'example.com/c'],
    ['example.com/%7euser/%c3%a4', 'example.com/~user/%C3%A4'],
    ['example.com/\u00e4', 'example.com/%C3%A4'],
    ['example.com/a%2fb', 'example.com/a%2Fb'],
    ['B\u00dcCHER.example/*', 'xn--bcher-kva.example/*'],
    ['b\u00fccher\u3002example/*', 'xn--bcher-kva.example/*'],
    ['[0:0:0:0:0:0:0:1]/*', '[::1]/*'],
    ['127.0.0.1:3000/*', '127.0.0.1:3000/*'],
  ])('keeps %j as %s', (entry, rule) => {
    expect(readReferrerRestriction(entry)).toMatchObject({ rules: [rule], problems: [] });
    expect(readReferrerRestriction(rule).rules).toEqual([rule]);
  });

  it.each([
    ['example.com/%7Euser/*', 'https://example.com/~user/page'],
    ['example.com/%c3%a4', 'https://example.com/\u00e4'],
    ['example.com/\u00e4', 'https://example.com/%c3%a4'],
  ])('compares paths by what they mean: %s allows %s', (restriction, header) => {
    expect(allows(restriction, header)).toBe(true);
  });

  it.each([
    ['example.com/a/b', 'https://example.com/a%2Fb'],
    ['example.com/docs/*', 'https://example.com/docs/%2e%2e/admin'],
    ['example.com/*', 'https://example.com./'],
    ['*.example.com/*', 'https://a.example.com./'],
    ['example.com/*', 'https://ex\u0430mple.com/'],
    ['127.0.0.1/*', 'https://127.0.0.1.evil.test/'],
    ['example.com/*', 'https://example.com\u2028/'],
  ])('%j refuses %j', (restriction, header) => {
    expect(allows(restriction, header)).toBe(false);
  });

  it('warns of a host that is kept in other letters than it was written in', () => {
    expect(readReferrerRestriction('ex\u0430mple.com/*').warnings).toEqual([
      'entry 1: is stored as browsers send the host: xn--exmple-4nf.com',
    ]);
  });

  it('either refuses any text, or keeps it in a form that reads back as itself and matches its own page', () => {
    const part = fc.constantFrom(
      ...'a.-_*:/@?#\\%[] 0189\u00e4\u202e\u0000'.split(''),
      'https://',
      'xn--',
      '%2e',
      '%C3',
      '.com',
    );
    const entry = fc.array(part, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(
        fc.oneof(
          entry,
          entry.map((text) => `example.com/${text}`),
        ),
        (text) => {
          const { rules, problems } = readReferrerRestriction(text);
          expect(problems.every((problem) => !problem.includes(text) || text.length < 12)).toBe(true);
          for (const rule of rules) {
            expect(rule).toMatch(/^[\x21-\x7e]+$/);
            expect(readReferrerRestriction(rule)).toMatchObject({ rules: [rule], problems: [] });
            const { scheme = 'https:', host, anySubdomain, port, path } = compileReferrerRule(rule);
            const page = `${scheme}//${anySubdomain ? `x${host}` : host}${port === undefined ? '' : `:${port}`}${path}`;
            expect([rule, allows(rule, page)]).toEqual([rule, true]);
            expect(allows(rule, page.replace('//', '//evil.test/'))).toBe(false);
            expect(allows(rule, page.replace('//', '//evil.test@'))).toBe(false);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('warns of a path that browsers do not send to another origin', () => {
    expect(readReferrerRestriction('www.example.com/path').warnings[0]).toContain('Referrer-Policy');
    expect(readReferrerRestriction('www.example.com/*').warnings).toEqual([]);
  });

  it('warns of a host without path, which means the root page only, and of a whole top-level domain', () => {
    expect(readReferrerRestriction('www.example.com').warnings[0]).toContain('root page');
    expect(readReferrerRestriction('*.com/*').warnings[0]).toContain('top-level domain');
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
