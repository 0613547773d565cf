import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { CONTINUED } from '../../lambdas/core/apis/decide-continuity.ts';
import { DEPLOYMENT_NAME } from './check-deployment.ts';
import { KMS_KEY_ARN } from '../internal/checks/prop-kinds.ts';

type Problem = { readonly input?: unknown };
/** Settings are no secrets: what is wrong with one shows it. */
const must = (what: string) => ({
  error: ({ input }: Problem) => `must be ${what}, and is ${JSON.stringify(input)}`,
});

const text = z.string(must('a text')).min(1, must('a text that is not empty'));
/** On the command line everything is text. */
const yesOrNo = z.union(
  [z.boolean(), z.enum(['true', 'false']).transform((word) => word === 'true')],
  must('true or false'),
);
/** In a file a list; on the command line separated by commas. */
const list = z
  .union(
    [
      z.array(z.string()),
      z.string().transform((line) =>
        line
          .split(',')
          .map((part) => part.trim())
          .filter((part) => part !== ''),
      ),
    ],
    must('a list of texts'),
  )
  .readonly();

/** The periods that CloudWatch Logs accepts, without the enumeration's last value, which means for ever. */
const RETENTION_DAYS = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);
const oneOfDays = must(`one of ${RETENTION_DAYS.join(', ')}`);
const retentionDays = z
  .union([z.number(), z.string().transform(Number)], oneOfDays)
  .pipe(z.literal(RETENTION_DAYS, oneOfDays));
/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const TAG_VALUE = /^[\p{L}\p{N} _.:/=+@-]{1,256}$/u;
const arn = (pattern: RegExp, what: string) => z.string().regex(pattern, must(what));

/** The settings of a deployment, in its file and on the command line; `docs/operate/deploy.md` explains each. */
export const DeploymentSettings = z.object({
  account: arn(/^\d{12}$/, 'the twelve digits of an AWS account').optional(),
  region: arn(/^[a-z]{2}(?:-[a-z]+)+-\d$/, 'a region of AWS').optional(),
  throwAway: yesOrNo.default(false),
  terminationProtection: yesOrNo.optional(),
  keyPrefix: text.default('kb'),
  issuer: z.url({ protocol: /^https?$/, ...must('an http or https address') }).optional(),
  audience: text.optional(),
  rolesClaim: text.optional(),
  accessScope: z
    .string()
    .regex(/^[\x21\x23-\x5B\x5D-\x7E]{1,256}$/, must('one scope'))
    .optional(),
  commandLineSignIn: yesOrNo.optional(),
  mfa: z.enum(['required', 'off'], must('required or off')).optional(),
  portalOrigins: list.default([]),
  tableArn: text.optional(),
  tableStreamArn: text.optional(),
  encryptionKeyArn: arn(KMS_KEY_ARN, 'the ARN of a KMS key').optional(),
  domains: list.default([]),
  anonymousCatalogue: yesOrNo.default(false),
  tracing: yesOrNo.default(false),
  logRetentionDays: retentionDays.optional(),
  alarmEmail: z.email(must('an email address')).optional(),
  costCenter: z.string().regex(TAG_VALUE, must('the value of a tag')).optional(),
});
export type DeploymentSettings = z.infer<typeof DeploymentSettings>;

/** The settings that a file can contain. */
export const SettingsFile = z.strictObject({ $schema: z.string().optional(), ...DeploymentSettings.shape });

/** Further settings of the command line. */
export const CommandLineSettings = z.object({
  deployment: z.string().regex(DEPLOYMENT_NAME.pattern, must(DEPLOYMENT_NAME.says)).optional(),
  allowChange: list
    .pipe(z.array(z.enum(CONTINUED, must(`one of ${CONTINUED.join(', ')}`))))
    .readonly()
    .default([]),
});
