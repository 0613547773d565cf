import type { StackProps } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { CONTINUED } from '../../lambdas/core/apis/decide-continuity.ts';
import { LARGEST_OWNER_LIMITS } from '../../lambdas/core/limits/owner-limits.ts';
import { Identity } from '../constructs/identity.ts';
import { ReservedConcurrency } from '../constructs/reserved-concurrency.ts';
import { ManagementThrottling } from '../constructs/throttling.ts';
import type { ChecksOf } from '../internal/checks/check-props.ts';
import { keyOfKms, retentionDays, stackProps, texts } from '../internal/checks/prop-kinds.ts';
import { ExistingTable } from '../internal/core/key-table.ts';

/**
 * How much one owner, a person or a group, can have. What is there already stays when a limit is lowered.
 * @example { keys: 5000 }
 */
export interface OwnerLimitsProps {
  /**
   * Keys that have not been revoked: 1 or more.
   * @default 1000
   */
  readonly keys?: number;
  /**
   * Applications: 1 or more.
   * @default 200
   */
  readonly applications?: number;
  /**
   * Bytes of a key's metadata, as JSON: 1 or more.
   * @default 8192
   */
  readonly metadataBytes?: number;
}
const ownerLimit = (most: number) => z.int().min(1).max(most).optional();
const OwnerLimitsProps = z.strictObject({
  keys: ownerLimit(LARGEST_OWNER_LIMITS.keys),
  applications: ownerLimit(LARGEST_OWNER_LIMITS.applications),
  metadataBytes: ownerLimit(LARGEST_OWNER_LIMITS.metadataBytes),
} satisfies ChecksOf<OwnerLimitsProps>);

/**
 * The properties of a `KeyboundStack`.
 * @example { deployment: 'dev', throwAway: true }
 * @example { deployment: 'prod', env: { account: '111122223333', region: 'eu-west-1' }, alarmEmail: 'ops@example.com' }
 */
export interface KeyboundStackProps extends StackProps {
  /**
   * Names this deployment: at most 16 lower-case letters, digits and hyphens.
   * @example 'prod', 'staging-eu'
   */
  readonly deployment: string;
  /**
   * First part of key values: 1 to 16 lower-case letters and digits, a letter first.
   * @default 'kb'
   */
  readonly keyPrefix?: string;
  /**
   * Whose access tokens the management API accepts.
   * @default - a Cognito user pool of its own
   */
  readonly identity?: Identity;
  /**
   * Origins of the pages that can call the management API, and that sign-in can return to.
   * @default none
   * @example ['https://portal.example.com']
   */
  readonly portalOrigins?: readonly string[];
  /**
   * Whether everything goes when the stack is deleted: keys, users, logs. Otherwise table, user pool, log groups and
   * queues outlive the stack, table and user pool are protected from deletion, and so is the stack itself.
   * @default false
   */
  readonly throwAway?: boolean;
  /**
   * A key of your own, or its ARN, for table, log groups and queues, instead of keys of AWS. Of a key that this app
   * does not make, the policy must let CloudWatch Logs and EventBridge of this account use it
   * (`docs/operate/first-deployment.md`).
   * @default - keys of AWS
   */
  readonly encryptionKey?: IKey | string;
  /**
   * A table that is there already, restored from a backup, instead of a new one (`docs/operate/restore.md`).
   * @default - a table of the stack
   */
  readonly existingTable?: ExistingTable;
  /**
   * Whether people of the user pool can sign in with `npx keybound login --browser`, which waits for the answer at
   * `http://localhost:8976/`. Has no effect with an `identity`.
   * @default - what `throwAway` is
   */
  readonly commandLineSignIn?: boolean;
  /**
   * `required`: Cognito's sign-in page lets everybody enrol an authenticator app, and asks for it at each sign-in. There
   * is no choice in between: where a second factor is optional, the page lets nobody enrol one. Has no effect with an
   * `identity`.
   * @default 'required', and 'off' with `throwAway`
   */
  readonly mfa?: 'required' | 'off';
  /**
   * Custom domains that APIs of this deployment are reached at; they are made elsewhere. A deployment that no longer
   * names one of them is refused.
   * @default none
   */
  readonly domains?: readonly string[];
  /**
   * Unless it can be thrown away, a deployment is refused that changes the issuer, the audience or the table, or drops
   * a domain. This names what the next one alone can change.
   * @default nothing
   * @example ['issuer', 'audience']
   */
  readonly allowChange?: readonly ('issuer' | 'audience' | 'table' | 'domains')[];
  /**
   * How long logs are kept.
   * @default RetentionDays.ONE_YEAR, and RetentionDays.ONE_MONTH with `throwAway`
   */
  readonly logRetention?: RetentionDays;
  /**
   * Gets a mail for every alarm.
   * @default - nobody; the topic of the alarms takes further subscriptions
   * @example 'operators@example.com'
   */
  readonly alarmEmail?: string;
  /**
   * How many calls a second API Gateway lets through to the management API and to the open routes for holders of a value.
   * @default - 200 a second and 400 at once for each route; 5 and 10 for those of holders
   * @example { management: { rateLimit: 50, burstLimit: 100 }, holder: { rateLimit: 1, burstLimit: 5 } }
   */
  readonly throttling?: ManagementThrottling;
  /**
   * Executions that are kept for functions of the core, and are the most that run at the same time.
   * @default - none: all functions of the account share what it has
   * @example { authorizer: 200, holder: 2 }
   */
  readonly reservedConcurrency?: ReservedConcurrency;
  /**
   * Executions that the account can have in the region at the same time, for the check of `reservedConcurrency`.
   * @default 1000
   */
  readonly accountConcurrency?: number;
  /**
   * Whether whoever holds the value of an imported key can revoke it. The form of such a value says little, so that each
   * junk value costs a read then.
   * @default false
   */
  readonly importedKeysCanBeSelfRevoked?: boolean;
  /**
   * How much one owner, a person or a group, can have.
   * @default { keys: 1000, applications: 200, metadataBytes: 8192 }
   * @example { keys: 5000 }
   */
  readonly ownerLimits?: OwnerLimitsProps;
  /**
   * Whether everybody may read the catalogue of APIs without signing in, as in WSO2's Developer Portal: published APIs,
   * their OpenAPI documents, tags and plans. Nothing of any developer is in it.
   * @default false
   */
  readonly anonymousCatalogue?: boolean;
}
export const KeyboundStackProps = z.strictObject({
  ...stackProps,
  ...({
    deployment: z.string(),
    keyPrefix: z.string().optional(),
    identity: Identity.optional(),
    portalOrigins: texts.optional(),
    throwAway: z.boolean().optional(),
    encryptionKey: keyOfKms.optional(),
    existingTable: ExistingTable.optional(),
    commandLineSignIn: z.boolean().optional(),
    mfa: z.enum(['required', 'off']).optional(),
    domains: texts.optional(),
    allowChange: z.array(z.enum(CONTINUED)).readonly().optional(),
    logRetention: retentionDays.optional(),
    alarmEmail: z.string().optional(),
    throttling: ManagementThrottling.optional(),
    reservedConcurrency: ReservedConcurrency.optional(),
    accountConcurrency: z.number().optional(),
    importedKeysCanBeSelfRevoked: z.boolean().optional(),
    ownerLimits: OwnerLimitsProps.optional(),
    anonymousCatalogue: z.boolean().optional(),
  } satisfies ChecksOf<Omit<KeyboundStackProps, keyof StackProps>>),
});
