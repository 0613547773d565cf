/** A price of AWS's public list, in US dollars. */
export interface Price {
  readonly what: string;
  readonly dollars: number;
  /** The thing that the dollars buy. */
  readonly per: string;
  /** How many of what is counted they buy. */
  readonly units: number;
  readonly source: string;
}

/** When and where the list holds; taxes, free tiers, and discounts for volume or commitment are left out. */
export const PRICE_LIST = { asOf: 'September 2026', region: 'us-east-1' } as const;

const MILLION = 1_000_000;
const gateway = 'https://aws.amazon.com/api-gateway/pricing/';
const lambda = 'https://aws.amazon.com/lambda/pricing/';
const dynamodb = 'https://aws.amazon.com/dynamodb/pricing/on-demand/';
const cloudWatch = 'https://aws.amazon.com/cloudwatch/pricing/';

export const PRICES = {
  httpApiCall: {
    what: 'HTTP API, call of at most 512 KB, of the first 300 million a month',
    dollars: 1,
    per: 'million calls',
    units: MILLION,
    source: gateway,
  },
  restApiCall: {
    what: 'REST API, call, of the first 333 million a month',
    dollars: 3.5,
    per: 'million calls',
    units: MILLION,
    source: gateway,
  },
  invocation: {
    what: 'Lambda, invocation',
    dollars: 0.2,
    per: 'million',
    units: MILLION,
    source: lambda,
  },
  gigabyteSecond: {
    what: 'Lambda on arm64, time',
    dollars: 0.0000133334,
    per: 'GB-second',
    units: 1,
    source: lambda,
  },
  readUnit: {
    what: 'DynamoDB on demand, strongly consistent read of at most 4 KB',
    dollars: 0.125,
    per: 'million',
    units: MILLION,
    source: dynamodb,
  },
  writeUnit: {
    what: 'DynamoDB on demand, write of at most 1 KB; twice in a transaction',
    dollars: 0.625,
    per: 'million',
    units: MILLION,
    source: dynamodb,
  },
  logByte: {
    what: 'CloudWatch Logs, ingestion, also of vended logs up to 10 TB a month',
    dollars: 0.5,
    per: 'GB',
    units: 1e9,
    source: cloudWatch,
  },
  alarm: {
    what: 'CloudWatch alarm, for each metric that it watches',
    dollars: 0.1,
    per: 'month',
    units: 1,
    source: cloudWatch,
  },
  metric: {
    what: 'CloudWatch metric of one’s own, by the hours in which it has data',
    dollars: 0.3,
    per: 'month',
    units: 1,
    source: cloudWatch,
  },
  dashboard: {
    what: 'CloudWatch dashboard beyond the third',
    dollars: 3,
    per: 'month',
    units: 1,
    source: cloudWatch,
  },
  key: {
    what: 'KMS key',
    dollars: 1,
    per: 'month',
    units: 1,
    source: 'https://aws.amazon.com/kms/pricing/',
  },
} as const satisfies Readonly<Record<string, Price>>;

/** The cost of `count` of something, in dollars. */
export function costOf(name: keyof typeof PRICES, count: number): number {
  const { dollars, units } = PRICES[name];
  return (dollars * count) / units;
}
