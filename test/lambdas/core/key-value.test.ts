import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutKeyValues } from '../../../lambdas/core/keys/key-form.ts';
import {
  createKeyValue,
  digestKeyValue,
  holdsKeyValue,
  isWellFormedKeyValue,
} from '../../../lambdas/core/keys/key-value.ts';

const prefixes = fc.stringMatching(/^[a-z][a-z0-9]{0,15}$/);
const keyTypes = fc.constantFrom('PRODUCTION' as const, 'SANDBOX' as const);

describe('a key value', () => {
  it('names its product and environment, and is one word to a double click', () => {
    expect(createKeyValue('kb', 'PRODUCTION')).toMatch(/^kb_prod_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    expect(createKeyValue('acme', 'SANDBOX')).toMatch(/^acme_sandbox_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
  });

  it('is well formed for every prefix and environment', () => {
    fc.assert(
      fc.property(prefixes, keyTypes, (prefix, type) => isWellFormedKeyValue(createKeyValue(prefix, type))),
    );
  });

  it('is no longer well formed when any one character is changed', () => {
    const value = createKeyValue('kb', 'PRODUCTION');
    fc.assert(
      fc.property(
        fc.nat(value.length - 1),
        fc.constantFrom(...'0123456789ABCXYZabcxyz_'.split(/(?:)/)),
        (position, character) => {
          fc.pre(value[position] !== character);
          const changed = value.slice(0, position) + character + value.slice(position + 1);
          expect(isWellFormedKeyValue(changed)).toBe(false);
        },
      ),
    );
  });

  it('is no longer well formed when it is cut, lengthened, doubled or joined with a comma', () => {
    const value = createKeyValue('kb', 'SANDBOX');
    for (const junk of [
      value.slice(1),
      value.slice(0, -1),
      `${value}A`,
      value + value,
      `${value},${value}`,
    ]) {
      expect(isWellFormedKeyValue(junk)).toBe(false);
    }
  });

  it('is never mistaken for a JWT', () => {
    fc.assert(fc.property(prefixes, keyTypes, (prefix, type) => !createKeyValue(prefix, type).includes('.')));
  });

  it('uses every character of its alphabet about equally often', () => {
    const counts = new Map<string, number>();
    const rounds = 2_000;
    for (let round = 0; round < rounds; round += 1) {
      for (const character of createKeyValue('kb', 'PRODUCTION').slice(8, 51)) {
        counts.set(character, (counts.get(character) ?? 0) + 1);
      }
    }
    const expected = (rounds * 43) / 62;
    expect(counts.size).toBe(62);
    // Eight standard deviations: a fair generator fails this once in more runs than there will ever be, while
    // taking bytes modulo 62 fails it every time.
    const tolerance = 8 * Math.sqrt(expected);
    for (const count of counts.values()) expect(Math.abs(count - expected)).toBeLessThan(tolerance);
  });

  it('is stored as its SHA-256', () => {
    const value = createKeyValue('kb', 'PRODUCTION');
    expect(digestKeyValue(value)).toBe(createHash('sha256').update(value).digest('hex'));
  });
});

describe('a text that could hold key values', () => {
  const around = fc.string({ unit: fc.constantFrom(...'aZ09_ -/.%ä\n'.split('')), maxLength: 12 });

  it('with the value of a key anywhere in it is known to hold one, and is cleaned of it', () => {
    fc.assert(
      fc.property(prefixes, keyTypes, around, around, (prefix, type, before, after) => {
        const value = createKeyValue(prefix, type);
        const text = before + value + after;
        expect(holdsKeyValue(text)).toBe(true);
        expect(withoutKeyValues(text)).not.toContain(value.slice(-50));
      }),
    );
  });

  it('with a wrong checksum holds none, and is cleaned of it all the same', () => {
    const value = createKeyValue('kb', 'PRODUCTION');
    const wrong = `${value.slice(0, -1)}${value.endsWith('0') ? '1' : '0'}`;
    expect(holdsKeyValue(`my ${wrong}`)).toBe(false);
    expect(withoutKeyValues(`my ${wrong}.`)).toBe('my [key].');
  });

  it('with what only begins like one before it is still known to hold one', () => {
    const value = createKeyValue('kb', 'SANDBOX');
    expect(holdsKeyValue(`a_prod_${'x'.repeat(43)}_abcd${value}`)).toBe(true);
  });

  it('that only looks like one about keys holds none', () => {
    for (const text of [
      '',
      'kb_prod_',
      'the prod key of my_sandbox',
      'x'.repeat(10_000),
      '_prod_'.repeat(500),
    ]) {
      expect(holdsKeyValue(text)).toBe(false);
    }
  });
});
