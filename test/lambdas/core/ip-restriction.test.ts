import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import {
  compileIpRule,
  matchIpRules,
  readClientAddress,
  readIpRestriction,
} from '../../../lambdas/core/restrictions/ip-restriction.ts';

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

  it('is none when nothing but blanks is written', () => {
    for (const text of ['', '  ']) expect(readIpRestriction(text)).toMatchObject({ rules: [], problems: [] });
  });

  it.each([
    [', ,', ['entry 1: is empty', 'entry 2: is empty', 'entry 3: is empty']],
    [',', ['entry 1: is empty', 'entry 2: is empty']],
    ['10.0.0.1,', ['entry 2: is empty']],
    ['10.0.0.1,,10.0.0.2', ['entry 2: is empty']],
  ])('refuses the empty entries of %j, where something was meant', (text, problems) => {
    expect(readIpRestriction(text).problems).toEqual(problems);
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
    '1.2.3.4/031',
    '1.2.3.4/00',
    '2001:db8::/032',
    '1.2.3.4/+8',
    '1.2.3.4/8.0',
    '1.2.3.4/ 8',
    '1.2.3.4 /8',
    '1.2.3.4/255.255.255.0',
    '/8',
    '010.0.0.1',
    '1.2.3.04',
    '0300.0250.0.1',
    '0xc0.0xa8.0.1',
    '3232235521',
    '0xc0a80001',
    '192.168.1',
    '1.2.3.4.5',
    '1.2.3.4.',
    '.1.2.3.4',
    '::ffff:010.0.0.1',
    '::1.2.3',
    '1:2:3:4:5:6:7:1.2.3.4',
    ':::',
    '1::2::3',
    '12345::',
    '::g',
    '[::1]',
    '::1%0',
    'fe80::1%25eth0/64',
    '\u0661.\u0662.\u0663.\u0664',
    '\uff11.\uff12.\uff13.\uff14',
    '1.2.3.4/\u0662\u0664',
    '1\u30022\u30023\u30024',
    '1.2.3.4\u0000',
    '1.2.3.4\n/8',
    '1.2.\u200b3.4',
    '\u202e1.2.3.4',
  ])('refuses %j with a sentence that names its position and does not repeat it', (entry) => {
    const { problems, rules } = readIpRestriction(`10.9.8.7,${entry}`);
    expect(rules).toEqual(['10.9.8.7']);
    expect(problems).toEqual([expect.stringMatching(/^entry 2: [\x20-\x7e]+$/)]);
    expect(problems[0]).not.toContain(entry);
  });

  it('never repeats what could be a secret, be it a key of Keybound or of somebody else', () => {
    for (const secret of [createKeyValue('kb', 'PRODUCTION'), 'a1B2'.repeat(10), 'x'.repeat(20)]) {
      const { problems } = readIpRestriction(`10.9.8.7,${secret},${secret}/8,10.0.0.1 ${secret}`);
      expect(problems).toHaveLength(3);
      expect(problems.join()).not.toContain(secret.slice(0, 12));
    }
  });

  it.each([
    // RFC 4291, sections 2.2 and 2.5.5: dotted parts at the end are the last 32 bits, whatever stands before them.
    ['::0.0.0.0/96', '::/96'],
    ['::0.0.0.0/128', '::'],
    ['::0.0.0.0/0', '::/0'],
    ['::192.0.2.33', '::c000:221'],
    ['0:0:0:0:0:0:192.0.2.33', '::c000:221'],
    ['::ffff:0:192.0.2.33', '::ffff:0:c000:221'],
    ['1::ffff:192.0.2.33', '1::ffff:c000:221'],
    ['64:ff9b::192.0.2.33', '64:ff9b::c000:221'],
    ['64:ff9b::192.0.2.33/96', '64:ff9b::/96'],
    ['::ffff:192.0.2.33', '192.0.2.33'],
    ['::FFFF:192.0.2.33', '192.0.2.33'],
    ['::ffff:c000:221', '192.0.2.33'],
    ['0:0:0:0:0:ffff:192.0.2.33', '192.0.2.33'],
    ['::ffff:1.2.3.4/120', '1.2.3.0/24'],
    ['::ffff:0.0.0.0/96', '0.0.0.0/0'],
    ['1.2.3.4/32', '1.2.3.4'],
    ['1.2.3.4/0', '0.0.0.0/0'],
    ['2001:DB8::0:1/128', '2001:db8::1'],
    ['1.2.3.4\u00a0', '1.2.3.4'],
  ])('reads %j as %s', (entry, rule) => {
    expect(readIpRestriction(entry)).toMatchObject({ rules: [rule], problems: [] });
  });

  it('does not let an IPv4 client in by a rule for IPv6 addresses that look like it, or the other way round', () => {
    expect(allows('::192.0.2.33', '192.0.2.33')).toBe(false);
    expect(allows('::0.0.0.0/96', '192.0.2.33')).toBe(false);
    expect(allows('192.0.2.33', '::192.0.2.33')).toBe(false);
    expect(allows('0.0.0.0/0', '::192.0.2.33')).toBe(false);
    expect(allows('64:ff9b::/96', '192.0.2.33')).toBe(false);
    expect(allows('::192.0.2.33', '::c000:221')).toBe(true);
    expect(readIpRestriction('::192.0.2.33').warnings[0]).toContain('entry 1: is an IPv6 address');
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
        fc.pre(![...list, client].some(({ address }) => /^[0:]*:(?:ffff:)/i.test(address)));
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

  it('agrees with numbers about random entries and clients, in all forms that RFC 4291 allows', () => {
    const group = fc.constantFrom(0, 0, 0, 1, 0xff, 0xffff, 0xc000, 0x221);
    const groups = fc.array(group, { minLength: 8, maxLength: 8 });
    const ipv4 = fc.nat(0xffff_ffff).map((bits) => ({ bits: BigInt(bits), width: 32, text: dotted(bits) }));
    const ipv6 = fc
      .record({ groups, dots: fc.boolean(), short: fc.boolean(), upper: fc.boolean() })
      .map(({ groups: all, ...form }) => ({ bits: valueOf(all), width: 128, text: written(all, form) }));
    const address = fc.oneof(ipv4, ipv6);
    const length = fc.nat(128);
    const nearby = fc.option(fc.nat(127), { nil: undefined });
    fc.assert(
      fc.property(address, length, address, nearby, (entry, asked, other, flipped) => {
        const prefix = entry.width === 32 ? asked % 33 : asked;
        fc.pre(entry.width === 32 || prefix >= 96 || !isMapped(entry.bits));
        const client =
          flipped === undefined
            ? other
            : withBits(entry.bits ^ (1n << BigInt(flipped % entry.width)), entry.width);
        const [network, candidate] = [unmapped(entry), unmapped(client)];
        const lost = BigInt(entry.width - prefix);
        const expected = network.width === candidate.width && network.bits >> lost === candidate.bits >> lost;
        expect(allows(`${entry.text}/${prefix}`, client.text)).toBe(expected);
        if (prefix === entry.width) expect(allows(entry.text, client.text)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });
});

interface Numbered {
  readonly bits: bigint;
  readonly width: number;
  readonly text: string;
}

function dotted(bits: number): string {
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}

function valueOf(groups: readonly number[]): bigint {
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(group), 0n);
}

function written(
  groups: readonly number[],
  { dots, short, upper }: { readonly dots: boolean; readonly short: boolean; readonly upper: boolean },
): string {
  const [high = 0, low = 0] = groups.slice(6);
  const hex = (dots ? groups.slice(0, 6) : groups).map((group) => group.toString(16));
  const parts = dots ? [...hex, dotted(high * 65_536 + low)] : hex;
  const text = parts.join(':');
  const cut = short ? text.replace(/(?:^|:)0(?::0)+(?::|$)/, '::') : text;
  return upper ? cut.toUpperCase() : cut;
}

function withBits(bits: bigint, width: number): Numbered {
  if (width === 32) return { bits, width, text: dotted(Number(bits)) };
  const groups = Array.from({ length: 8 }, (_, index) =>
    Number((bits >> BigInt(112 - 16 * index)) & 0xffffn),
  );
  return { bits, width, text: written(groups, { dots: false, short: false, upper: false }) };
}

function isMapped(bits: bigint): boolean {
  return bits >> 32n === 0xffffn;
}

/** An IPv4-mapped address is the IPv4 address that it stands for. */
function unmapped({ bits, width, text }: Numbered): Numbered {
  return width === 128 && isMapped(bits)
    ? { bits: bits & 0xffff_ffffn, width: 32, text }
    : { bits, width, text };
}
