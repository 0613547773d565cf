/** The assumptions of the computation. The page lists each, with its sentence here. */
export interface Assumption {
  readonly value: number;
  readonly says: string;
}

export const ASSUMPTIONS = {
  gigabytes: { value: 0.25, says: 'Memory of a function, in GB.' },
  readMilliseconds: {
    value: 7.5,
    says: 'Billed time of a decision that reads the credential, in milliseconds.',
  },
  memoryMilliseconds: {
    value: 1,
    says: 'Billed time of a decision from the memory of the instance, in milliseconds.',
  },
  readUnits: {
    value: 1,
    says: 'Read units of a decision that reads: one credential of at most 4 KB. States of APIs and policies, read every five seconds, are negligible.',
  },
  shortLineBytes: {
    value: 400,
    says: 'Bytes of a line of access log that says only what an operator must have: the first table, and the REST API.',
  },
  lineBytes: {
    value: 650,
    says: 'Bytes of the line of access log that Keybound writes, with key, application and subscription: the second table.',
  },
  refusedLineBytes: {
    value: 500,
    says: 'Bytes of the same line for a refused or throttled call, with dashes for the key.',
  },
  defaultRate: {
    value: 1_000,
    says: 'Calls a second that the default throttling lets through for a route of the production stage.',
  },
  limitedLevels: {
    value: 2,
    says: 'Limits that a call counts against: its subscription’s and its application’s.',
  },
  callsPerLease: {
    value: 20,
    says: 'Calls that one write to a counter admits, at least, for limits of 1,000 a minute or more. Small limits take a write for each call.',
  },
  linesPerBatch: { value: 500, says: 'Lines of access log that reach the usage function together.' },
  keysPerBatch: {
    value: 10,
    says: 'Keys, each of its own application and address, that these lines are about.',
  },
  usageMilliseconds: { value: 300, says: 'Billed time of the usage function for a batch, in milliseconds.' },
} as const satisfies Readonly<Record<string, Assumption>>;

/** The value of an assumption. */
export function assumed(name: keyof typeof ASSUMPTIONS): number {
  return ASSUMPTIONS[name].value;
}
