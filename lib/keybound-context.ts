import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Node } from 'constructs';
import { z } from 'zod';
import { parseUrl } from '../lambdas/core/parse-url.ts';
import type { Identity } from './identity.ts';
import type { SampleApisStackProps } from './sample-apis-stack.ts';

const text = z.string().min(1);
/** What paths are put behind. */
const baseUrl = text.refine(isBaseUrl, 'must be an http or https URL that ends without a slash');

/** What CloudWatch Logs can be told; the last of the enumeration, which is for ever, is none of them. */
const RETENTION_DAYS = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);
const retentionDays = z
  .union([z.number(), z.string().transform(Number)])
  .pipe(z.literal(RETENTION_DAYS, `must be one of ${RETENTION_DAYS.join(', ')}`));
const yesOrNo = z.union([z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')], {
  error: 'must be true or false',
});
/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const TAG_VALUE = /^[\p{L}\p{N} _.:/=+@-]{1,256}$/u;

/** What `-c name=value` may say; `docs/operations.md` explains each. */
const Context = z.object({
  stage: text.regex(/^[a-z][a-z0-9-]{0,15}$/, 'must be a short lower-case name').default('dev'),
  keyPrefix: text.default('kb'),
  issuer: z.url({ protocol: /^https?$/ }).optional(),
  audience: text.optional(),
  rolesClaim: text.optional(),
  portalOrigins: z
    .string()
    .default('')
    .transform((list) =>
      list
        .split(',')
        .map((origin) => origin.trim())
        .filter((origin) => origin !== ''),
    )
    .refine(
      (origins) => origins.every(isOrigin),
      'must be origins without a path, such as https://portal.example.com, separated by commas',
    ),
  gatewayDomain: text.optional(),
  sandboxDomain: text.optional(),
  certificateArn: text.optional(),
  gatewayUrl: baseUrl.optional(),
  sandboxUrl: baseUrl.optional(),
  tracing: yesOrNo.default(false),
  logRetentionDays: retentionDays.optional(),
  alarmEmail: z.email().optional(),
  costCenter: z.string().regex(TAG_VALUE, 'must be the value of a tag').optional(),
});
type Context = z.infer<typeof Context>;

/** What the context asks for. */
export interface KeyboundContext {
  readonly stage: string;
  readonly keyPrefix: string;
  readonly portalOrigins: readonly string[];
  readonly identity?: Identity;
  readonly domains?: NonNullable<SampleApisStackProps['domains']>;
  /** Whether functions are traced with X-Ray. */
  readonly tracing: boolean;
  readonly logRetention?: RetentionDays;
  readonly alarmEmail?: string;
  /** Value of a tag that everything bears, for the bill. */
  readonly costCenter?: string;
}

/**
 * Reads the context of an app.
 * @throws Error that names every value that is wrong, or that goes with none or not with another.
 */
export function readContext(node: Node): KeyboundContext {
  const given = Object.fromEntries(
    Object.keys(Context.shape).map((name): [string, unknown] => [name, node.tryGetContext(name)]),
  );
  const reading = Context.safeParse(given);
  const problems = reading.success
    ? contradictions(reading.data)
    : reading.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  if (!reading.success || problems.length > 0) {
    throw new Error(`the context is not usable: ${problems.join('; ')}`);
  }
  const { stage, keyPrefix, portalOrigins, tracing, logRetentionDays, alarmEmail, costCenter } = reading.data;
  const identity = identityOf(reading.data);
  const domains = domainsOf(reading.data);
  return {
    stage,
    keyPrefix,
    portalOrigins,
    ...(identity !== undefined && { identity }),
    ...(domains !== undefined && { domains }),
    tracing,
    ...(logRetentionDays !== undefined && { logRetention: logRetentionDays }),
    ...(alarmEmail !== undefined && { alarmEmail }),
    ...(costCenter !== undefined && { costCenter }),
  };
}

function contradictions(context: Context): readonly string[] {
  const { issuer, audience, rolesClaim, gatewayDomain, sandboxDomain, certificateArn } = context;
  const problems: string[] = [];
  if ((issuer === undefined) !== (audience === undefined)) {
    problems.push('an external identity provider needs both issuer and audience');
  }
  if (rolesClaim !== undefined && issuer === undefined) {
    problems.push('rolesClaim needs an issuer: the user pool has a claim of its own');
  }
  if (gatewayDomain === undefined && sandboxDomain === undefined) {
    for (const name of ['certificateArn', 'gatewayUrl', 'sandboxUrl'] as const) {
      if (context[name] !== undefined) problems.push(`${name} needs gatewayDomain and sandboxDomain`);
    }
  } else if (gatewayDomain === undefined || sandboxDomain === undefined || certificateArn === undefined) {
    problems.push('custom domains need all of gatewayDomain, sandboxDomain and certificateArn');
  } else if (gatewayDomain.toLowerCase() === sandboxDomain.toLowerCase()) {
    problems.push('gatewayDomain and sandboxDomain must differ: a domain serves one environment');
  }
  return problems;
}

function identityOf({ issuer, audience, rolesClaim = 'cognito:groups' }: Context): Identity | undefined {
  if (issuer === undefined || audience === undefined) return undefined;
  return { issuer, audience, rolesClaim };
}

function domainsOf({
  gatewayDomain,
  sandboxDomain,
  certificateArn,
  gatewayUrl,
  sandboxUrl,
}: Context): KeyboundContext['domains'] {
  if (gatewayDomain === undefined || sandboxDomain === undefined || certificateArn === undefined) {
    return undefined;
  }
  return {
    certificateArn,
    production: { domainName: gatewayDomain, ...(gatewayUrl !== undefined && { url: gatewayUrl }) },
    sandbox: { domainName: sandboxDomain, ...(sandboxUrl !== undefined && { url: sandboxUrl }) },
  };
}

function isOrigin(text: string): boolean {
  const url = parseUrl(text);
  return url !== undefined && /^https?:$/.test(url.protocol) && url.origin === text;
}

function isBaseUrl(text: string): boolean {
  const url = parseUrl(text);
  return (
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    [url.search, url.hash, url.username, url.password].every((part) => part === '') &&
    !text.endsWith('/')
  );
}
