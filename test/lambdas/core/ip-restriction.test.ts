import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compileIpRule,
  matchIpRules,
  readClientAddress,
  readIpRestriction,
} from '../../../lambdas/core/ip-restriction.ts';

function allows(restriction: string, client: string): boolean {
  const { rules, problems } = readIpRestriction(restriction);
  expect(problems).toEqual([]);
  const address = readClientAddress(client);
  return address !== undefined && matchIpRules(rules.map(compileIpRule), address);
}

describe('an IP restriction', () => {
  const wso2 = '152.23.5.6, 192.168.1.2/24, 2001:c00::/23';

  it.each([
    ['152.23.5.6', true],
    ['192.168.1.6', true],
    ['2001:c00:0:0:0:0:c:4', true],
    ['192.168.5.6', false],
    ['2061:c00::', false],
  ])('decides about %s as WSO2 does: %s', (client, allowed) => {
    expect(allows(wso2, client)).toBe(allowed);
  });

  it.each([
    ['192.168.1.2', '192.168.1.2'],
    ['2002:eb8::2', '2002:0eb8:0:0:0:0:0:2'],
    ['152.12.0.0/13', '152.15.255.255'],
    ['1001:ab8::/14', '1003:ffff::1'],
  ])('allows with %s the client %s, in each form that the documentation shows', (restriction, client) => {
    expect(allows(restriction, client)).toBe(true);
  });

  it('compares IPv6 addresses by value, however they are written', () => {
    expect(allows('2001:DB8:0:0::1', '2001:db8::1')).toBe(true);
  });

  it('takes an IPv4-mapped IPv6 address for the IPv4 address that it is, on either side', () => {
    expect(allows('10.1.2.3', '::ffff:10.1.2.3')).toBe(true);
    expect(allows('::ffff:10.1.2.0/120', '10.1.2.200')).toBe(true);
    expect(allows('::ffff:10.1.2.0/120', '10.1.3.1')).toBe(false);
  });

  it('never lets one family match the other', () => {
    expect(allows('0.0.0.0/0', '2001:db8::1')).toBe(false);
    expect(allows('::/0', '10.1.2.3')).toBe(false);
  });

  it('clears host bits, drops repetitions and keeps the order', () => {
    expect(readIpRestriction(' 192.168.1.2/24,10.0.0.1 , 192.168.1.77/24,2001:DB8::5/32 ').rules).toEqual([
      '192.168.1.0/24',
      '10.0.0.1',
      '2001:db8::/32',
    ]);
  });

  it('is none when nothing but commas and spaces is written', () => {
    expect(readIpRestriction(' , ,').rules).toEqual([]);
  });

  it.each([
    '256.1.1.1',
    '10.1',
    '0x7f.0.0.1',
    '010.0.0.1x',
    '1.2.3.4/33',
    '1.2.3.4/',
    '1.2.3.4/-1',
    '1.2.3.4/8/8',
    '::1/129',
    'fe80::1%eth0',
    '::ffff:1.2.3.4/90',
    'example.com',
    '*',
    '10.0.0.1-10.0.0.9',
  ])('refuses %s with a sentence that names it', (entry) => {
    const { problems, rules } = readIpRestriction(`10.9.8.7,${entry}`);
    expect(rules).toEqual(['10.9.8.7']);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(JSON.stringify(entry));
  });

  it('warns of a range that allows everybody', () => {
    expect(readIpRestriction('0.0.0.0/0').warnings[0]).toContain('every IPv4 address');
  });

  it('refuses more than fifty entries as a whole', () => {
    const many = Array.from({ length: 51 }, (_, index) => `10.0.0.${index}`).join(',');
    expect(readIpRestriction(many)).toMatchObject({ rules: [], problems: [expect.stringContaining('51')] });
  });

  it.each([undefined, '', 'unknown', '10.0.0.1, 10.0.0.2', '10.0.0.1:443', '1.2.3'])(
    'does not know the client address %s',
    (text) => {
      expect(readClientAddress(text)).toBeUndefined();
    },
  );

  it("agrees with Node's own BlockList about random ranges and clients", () => {
    const ranges = fc.oneof(
      fc.record({ family: fc.constant('ipv4' as const), address: fc.ipV4(), length: fc.nat(32) }),
      fc.record({ family: fc.constant('ipv6' as const), address: fc.ipV6(), length: fc.nat(128) }),
    );
    const clients = fc.oneof(
      fc.record({ family: fc.constant('ipv4' as const), address: fc.ipV4() }),
      fc.record({ family: fc.constant('ipv6' as const), address: fc.ipV6() }),
    );
    fc.assert(
      fc.property(fc.array(ranges, { maxLength: 5 }), clients, fc.boolean(), (list, other, near) => {
        const [first] = list;
        const client = near && first !== undefined ? first : other;
        fc.pre(![...list, client].some(({ address }) => /^::(?:ffff:)?\d+\.|^::ffff:/i.test(address)));
        // BlockList lets a range of IPv6 cover IPv4 clients: here it sees the client's own family only.
        const reference = new BlockList();
        for (const { address, length, family } of list) {
          if (family === client.family) reference.addSubnet(address, length, family);
        }
        const restriction = list.map(({ address, length }) => `${address}/${length}`).join(',');
        expect(allows(restriction, client.address)).toBe(reference.check(client.address, client.family));
      }),
    );
  });
});
