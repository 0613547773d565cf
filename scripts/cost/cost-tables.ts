import { assumed, ASSUMPTIONS } from './assumptions.ts';
import { costOfDay, costPerMillionRefused, costPerMillionThrottled, type Junk } from './cost-of-flood.ts';
import { costOfLimits, costOfUsage, costPerMillion, totalOf, type Way } from './cost-per-million.ts';
import { PRICES } from './prices.ts';

const HITS = [0.5, 0.8, 0.95, 0.99];
const WAYS: readonly Way[] = [
  { kind: 'strict' },
  ...HITS.map((hits) => ({ kind: 'bounded', hits }) as const),
  ...HITS.map((hits) => ({ kind: 'gateway', hits }) as const),
  { kind: 'usagePlan' },
];

const FLOODS: readonly Junk[] = ['junk', 'made-up keys', 'junk, detailed refusals'];
/** AWS's default quota for an account in a region. */
const ACCOUNT_RATE = 10_000;
const THROTTLES = [assumed('defaultRate'), 100, 10];

/** The tables of `docs/operate/cost.md` by name, as Markdown. */
export const COST_TABLES = {
  modes: table(
    ['a million calls', 'gateway', 'authorizer', 'reads', 'access log', 'total'],
    WAYS.map((way) => {
      const cost = costPerMillion(way, assumed('shortLineBytes'));
      const { gateway, authorizer, reads, accessLog } = cost;
      return [nameOf(way), ...[gateway, authorizer, reads, accessLog].map(thousandths), cents(totalOf(cost))];
    }),
  ),
  extras: table(
    ['a million calls', 'as deployed', 'and limits', 'and usage', 'limits and usage'],
    WAYS.map((way) => [nameOf(way), ...withExtras(way)]),
  ),
  floods: table(
    [
      'a flood of',
      'a million calls',
      'a day',
      ...THROTTLES.map((rate) => `a day, ${thousands(rate)} a second pass`),
    ],
    [
      ...FLOODS.map((junk) => [
        junk,
        cents(costPerMillionRefused(junk)),
        dollars(costOfDay(junk, ACCOUNT_RATE, ACCOUNT_RATE)),
        ...THROTTLES.map((rate) => dollars(costOfDay(junk, ACCOUNT_RATE, rate))),
      ]),
      ['what is throttled', cents(costPerMillionThrottled()), '', ...THROTTLES.map(() => '')],
    ],
  ),
  assumptions: table(
    ['value', 'assumption'],
    Object.values(ASSUMPTIONS).map(({ value, says }) => [String(value), says]),
  ),
  prices: table(
    ['what', 'dollars', 'per', 'source'],
    Object.values(PRICES).map(({ what, dollars, per, source }) => [what, plain(dollars), per, `<${source}>`]),
  ),
} as const satisfies Readonly<Record<string, string>>;

/** The page with its tables computed anew: each stands between `<!-- computed: name -->` and `<!-- end -->`. */
export function withCostTables(page: string): string {
  return Object.entries(COST_TABLES).reduce((text, [name, content]) => {
    const start = `<!-- computed: ${name} -->`;
    const [before, rest, ...others] = text.split(start);
    const end = rest?.indexOf('<!-- end -->') ?? -1;
    if (before === undefined || rest === undefined || end < 0 || others.length > 0) {
      throw new Error(`the page has no one place for the table ${name}`);
    }
    return `${before}${start}\n\n${content}\n\n${rest.slice(end)}`;
  }, page);
}

function withExtras(way: Way): readonly string[] {
  if (way.kind === 'usagePlan') {
    return [
      cents(totalOf(costPerMillion(way, assumed('shortLineBytes')))),
      'within',
      'not there',
      'not there',
    ];
  }
  const total = totalOf(costPerMillion(way, assumed('lineBytes')));
  const [limits, usage] = [costOfLimits(), costOfUsage()];
  return way.kind === 'gateway'
    ? [cents(total), 'not possible', cents(total + usage), 'not possible']
    : [total, total + limits, total + usage, total + limits + usage].map(cents);
}

function nameOf(way: Way): string {
  switch (way.kind) {
    case 'strict':
      return 'strict';
    case 'bounded':
      return `bounded, ${Math.round(way.hits * 100)} % from memory`;
    case 'gateway':
      return `gateway, ${Math.round(way.hits * 100)} % from its cache`;
    case 'usagePlan':
      return 'REST API with usage plan';
  }
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

function cents(dollars: number): string {
  return `$${dollars.toFixed(2)}`;
}

function dollars(amount: number): string {
  return `$${thousands(Math.round(amount))}`;
}

function thousands(count: number): string {
  return count.toLocaleString('en-US');
}

function thousandths(dollars: number): string {
  return `$${dollars.toFixed(3)}`;
}

/** Without an exponent, however small. */
function plain(dollars: number): string {
  return dollars < 0.001 ? dollars.toFixed(10) : String(dollars);
}
