import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { format, resolveConfig } from 'prettier';
import { describe, expect, it } from 'vitest';
import { accessLogFormat, LOGGED_FIELDS } from '../../lambdas/contract/access-line.ts';
import { assumed } from '../../scripts/cost/assumptions.ts';
import {
  costOfLimits,
  costOfUsage,
  costPerMillion,
  totalOf,
  type Way,
} from '../../scripts/cost/cost-per-million.ts';
import { withCostTables } from '../../scripts/cost/cost-tables.ts';
import { PRICE_LIST, PRICES } from '../../scripts/cost/prices.ts';

const file = new URL('../../docs/operate/cost.md', import.meta.url);
const page = readFileSync(file, 'utf8');

describe('the page about cost', () => {
  it('has the tables that the script computes', async () => {
    const computed = withCostTables(page);
    expect(page).toBe(await format(computed, { ...(await resolveConfig(file)), parser: 'markdown' }));
    // Had the script nothing to replace, the page would be equal to itself.
    expect(withCostTables(page.replaceAll('$1.55', '$9.99'))).toContain('$1.55');
  });

  it('says of when and where its prices are', () => {
    expect(page).toContain(`${PRICE_LIST.region} in ${PRICE_LIST.asOf}`);
    for (const { source } of Object.values(PRICES)) expect(page).toContain(source);
  });

  it('is right about batches of one call', () => {
    expect(page).toContain(`cost $${costOfUsage(1, 1).toFixed(0)} more`);
  });

  it('is refused without a place for a table, or with two', () => {
    expect(() => withCostTables(page.replace('computed: modes', ''))).toThrow(
      'no one place for the table modes',
    );
    expect(() => withCostTables(`${page}${page}`)).toThrow('no one place for the table modes');
  });
});

describe('the cost of a million calls', () => {
  const total = (way: Way) => totalOf(costPerMillion(way, assumed('shortLineBytes')));

  it.each<[string, Way, number]>([
    ['with a read for each call', { kind: 'strict' }, 1.55],
    ['with 95 % from the memory of instances', { kind: 'bounded', hits: 0.95 }, 1.41],
    ['with 95 % from the cache of the gateway', { kind: 'gateway', hits: 0.95 }, 1.22],
    ['through a REST API with a usage plan', { kind: 'usagePlan' }, 3.7],
  ])('%s is known', (_, way, dollars) => {
    expect(total(way)).toBeCloseTo(dollars, 2);
  });

  it('falls with every hit, and with the gateway’s more than with the memory’s', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(part, part, (one, other) => {
        const [fewer, more] = [Math.min(one, other), Math.max(one, other)];
        expect(total({ kind: 'bounded', hits: more })).toBeLessThanOrEqual(
          total({ kind: 'bounded', hits: fewer }) + 1e-9,
        );
        expect(total({ kind: 'gateway', hits: more })).toBeLessThanOrEqual(
          total({ kind: 'bounded', hits: more }) + 1e-9,
        );
        expect(total({ kind: 'bounded', hits: 0 })).toBeCloseTo(total({ kind: 'strict' }), 9);
      }),
    );
  });

  it('stays below the REST API’s with limits and usage on', () => {
    const strict = totalOf(costPerMillion({ kind: 'strict' }, assumed('lineBytes')));
    expect(strict + costOfLimits() + costOfUsage()).toBeLessThan(total({ kind: 'usagePlan' }));
  });
});

describe('the line of access log', () => {
  const UUID = '0b54bd5e-4fa8-4b7c-9d0f-0ce7cb6ac4c7';
  const VALUES: Readonly<Record<string, string>> = {
    'authorizer.keyUUID': UUID,
    'authorizer.keyType': 'PRODUCTION',
    'authorizer.ownerInLog': UUID,
    'authorizer.applicationId': UUID,
    'authorizer.subscriptionId': UUID,
    'authorizer.policyInLog': 'Unlimited',
    'authorizer.valueIssuedOn': '1767225600000',
    'identity.sourceIp': '203.0.113.123',
    requestId: 'JKJaXmPLvHcESHA=',
    requestTimeEpoch: '1767225600',
    routeKey: 'GET /order/{orderId}',
  };

  it('is about as long as the computation takes for granted', () => {
    const names = Object.entries(LOGGED_FIELDS).map(([name, field]): [string, string] => [
      name,
      `$context.authorizer.${field}`,
    ]);
    const line = accessLogFormat(Object.fromEntries(names)).replaceAll(
      /\$context\.([\w.]+)/g,
      (_, name: string) => VALUES[name] ?? '-'.padEnd(6, '-'),
    );
    expect(line.length / assumed('lineBytes')).toBeGreaterThan(0.85);
    expect(line.length / assumed('lineBytes')).toBeLessThan(1.15);
  });
});
