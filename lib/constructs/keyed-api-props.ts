import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { FRESHNESS_MODES, type Freshness } from '../../lambdas/core/decision/freshness.ts';
import { mustBe, type ChecksOf } from '../internal/checks/check-props.ts';
import { retentionDays, texts } from '../internal/checks/prop-kinds.ts';
import { KeyLocation } from './key-location.ts';
import { KeyboundCore } from './keybound-core.ts';
import { TrustedProxies } from './trusted-proxies.ts';

/** The properties that every API with keys has, whoever makes its gateway. */
export interface KeyedApiProps {
  /** The deployment of Keybound that decides about calls: `keyboundStack.core`, or `findCore(this, 'prod')`. */
  readonly core: KeyboundCore;
  /**
   * Path of the API below a custom domain; no other API of the deployment can have the same.
   * @example '/pizzashack/1.0.0'
   */
  readonly context: string;
  /** Whether a key opens the API only if its application subscribes to the API. */
  readonly subscription: 'required' | 'optional';
  /**
   * Where the key travels.
   * @default - as the `apiKey` security schemes of the OpenAPI document say, else the header `apikey`
   * @example { header: 'X-Shop-Key' }
   */
  readonly key?: KeyLocation;
  /**
   * Whether a publisher must approve each new subscription.
   * @default false
   */
  readonly subscriptionApproval?: boolean;
  /**
   * Whether keys that were made elsewhere can be imported for the API, and open it.
   * @default false
   */
  readonly acceptImportedKeys?: boolean;
  /**
   * How stale the data behind a decision may be. `gateway` takes keys in a header only, and has no limits and no
   * referrer restrictions; `docs/use/freshness.md` says why.
   * @default { mode: 'strict' }
   * @example { mode: 'bounded', seconds: 30 }
   */
  readonly freshness?: Freshness;
  /**
   * The state that the API begins in; publishers move it on.
   * @default 'PUBLISHED'
   */
  readonly initialLifecycle?: 'CREATED' | 'PUBLISHED';
  /**
   * Names of the business plans that a subscription can choose.
   * @default - all that administrators keep
   * @example ['Gold', 'Silver']
   */
  readonly policies?: readonly string[];
  /**
   * Who publishes the API, for developers to see.
   * @default - the name of the stack
   */
  readonly provider?: string;
  /**
   * How long the access log is kept.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
  /**
   * Edges of a CDN, or proxies, in front of the API, whose word about the address of a client is taken for IP
   * restrictions. Not together with the freshness `gateway`.
   * @default - none: the address of a client is the TCP peer, behind a CDN the CDN's edge
   * @example { ranges: ['203.0.113.0/24'], addressHeader: 'x-forwarded-for', proof: { header: 'x-edge-proof', sha256: '9f86d0…' } }
   */
  readonly trustedProxies?: TrustedProxies;
}

const mode = z.enum(FRESHNESS_MODES);
// Which numbers, `keyedApiProblems` says.
const seconds = z.custom<number>((value) => typeof value === 'number', mustBe('a number'));
const FreshnessProps = z.discriminatedUnion('mode', [
  z.strictObject({ mode: mode.extract(['strict']) }),
  z.strictObject({ mode: mode.extract(['bounded']), seconds }),
  z.strictObject({ mode: mode.extract(['gateway']), ttlSeconds: seconds }),
]) satisfies z.ZodType<Freshness>;

export const keyedApiChecks = {
  core: KeyboundCore,
  context: z.string(),
  subscription: z.enum(['required', 'optional']),
  key: KeyLocation.optional(),
  subscriptionApproval: z.boolean().optional(),
  acceptImportedKeys: z.boolean().optional(),
  freshness: FreshnessProps.optional(),
  initialLifecycle: z.enum(['CREATED', 'PUBLISHED']).optional(),
  policies: texts.optional(),
  provider: z.string().optional(),
  logRetention: retentionDays.optional(),
  trustedProxies: TrustedProxies.optional(),
} satisfies ChecksOf<KeyedApiProps>;
