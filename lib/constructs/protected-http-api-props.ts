import { z } from 'zod';
import { FRESHNESS_MODES, type Freshness } from '../../lambdas/core/decision/freshness.ts';
import { DETAILED_STYLES, type DetailedStyle } from '../../lambdas/core/refusals/refusal-style.ts';
import { Backends, type Backend, type ByEnvironment } from './backend.ts';
import type { GuardedFunction } from './guarded-function.ts';
import { mustBe } from '../internal/checks/check-props.ts';
import { KeyPlace } from './key-place.ts';
import { KeyboundCore } from './keybound-core.ts';
import { OpenApiDocument } from '../open-api/open-api-document.ts';
import { domainName, duration, retentionDays, texts } from '../internal/checks/prop-kinds.ts';
import { ApiThrottling } from './throttling.ts';
import { TrustedProxies } from './trusted-proxies.ts';

/** Where consumers reach one environment, when not at the address that API Gateway gives. */
export type EnvironmentDomain = Readonly<z.infer<typeof EnvironmentDomain>>;
const EnvironmentDomain = z.strictObject({
  /** A custom domain of this region; several APIs share it, each below its own context. */
  domain: domainName,
  /** What consumers call, when it is not `https://<domain>`: a CDN, a proxy. */
  url: z.string().optional(),
});

export type CorsSettings = Readonly<z.infer<typeof CorsSettings>>;
const CorsSettings = z.strictObject({
  allowOrigins: texts,
  allowMethods: texts.optional(),
  /** Beside the key header, which is always allowed. */
  allowHeaders: texts.optional(),
  exposeHeaders: texts.optional(),
  allowCredentials: z.boolean().optional(),
  maxAgeSeconds: z.number().optional(),
});

const mode = z.enum(FRESHNESS_MODES);
// Which numbers, `checkProtectedHttpApi` says.
const seconds = z.custom<number>((value) => typeof value === 'number', mustBe('a number'));
const FreshnessProps = z.discriminatedUnion('mode', [
  z.strictObject({ mode: mode.extract(['strict']) }),
  z.strictObject({ mode: mode.extract(['bounded']), seconds }),
  z.strictObject({ mode: mode.extract(['gateway']), ttlSeconds: seconds }),
]) satisfies z.ZodType<Freshness>;

/** API Gateway answers refused calls itself: 401 or 403 with its own fixed bodies. */
export interface PlainRefusals {
  readonly refusals?: undefined;
  /** One backend for both environments, or one for each. */
  readonly backend: Backend | ByEnvironment<Backend>;
}

/** The guard around the backend answers refused calls: API Gateway lets them pass, so that nothing else may serve. */
export interface DetailedRefusals {
  /** `detailed`: the body of WSO2 API Manager; `detailed-fault`: that of WSO2 Microgateway. */
  readonly refusals: DetailedStyle;
  readonly backend: GuardedFunction | ByEnvironment<GuardedFunction>;
}

const WithoutRefusals = z.strictObject({
  core: KeyboundCore,
  /** Its operations become the routes; its title and version name the API. */
  definition: OpenApiDocument,
  /** Path of the API below a custom domain: `/pizzashack/1.0.0`. */
  context: z.string(),
  /** Whether a key must be associated with an application that subscribes to the API. */
  subscription: z.enum(['required', 'optional']),
  /** Where the key travels. Default: as the document's `apiKey` security schemes say; else the header `apikey`. */
  key: KeyPlace.optional(),
  /** Whether a publisher must approve each new subscription. Default: no. */
  subscriptionApproval: z.boolean().optional(),
  /** Whether keys that were made elsewhere can be imported for the API, and open it. Default: no. */
  acceptImportedKeys: z.boolean().optional(),
  /**
   * How old may be what calls are decided by. Default: `strict`. `gateway` takes keys in a header only, has no limits
   * and no referrer restrictions; `docs/use/freshness.md` says why.
   */
  freshness: FreshnessProps.optional(),
  /** The state that the API begins in; publishers move it on. Default: PUBLISHED. */
  initialLifecycle: z.enum(['CREATED', 'PUBLISHED']).optional(),
  /** Business plans that a subscription may choose. Default: all that administrators keep. */
  policies: texts.optional(),
  /** Who publishes the API, for developers to see. */
  provider: z.string().optional(),
  cors: CorsSettings.optional(),
  domains: z
    .strictObject({ production: EnvironmentDomain, sandbox: EnvironmentDomain })
    .readonly()
    .optional(),
  logRetention: retentionDays.optional(),
  /**
   * How many calls a second API Gateway lets through, by environment and operation; the rest is 429 before anything
   * else runs. Each route has a bucket of its own.
   * @default - 1,000 a second and 2,000 at once in production; 100 and 200 in the sandbox
   * @example { production: { rateLimit: 500, burstLimit: 1000, routes: { 'POST /order': { rateLimit: 5, burstLimit: 10 } } } }
   */
  throttling: ApiThrottling.optional(),
  /**
   * How long API Gateway waits for the backend: 1 to 30 seconds. After that the caller gets a 503, while a function goes
   * on until its own time-out.
   * @default Duration.seconds(30)
   * @example Duration.seconds(5)
   */
  integrationTimeout: duration.optional(),
  /**
   * Whether the address that API Gateway gives (`<id>.execute-api.<region>.amazonaws.com`) is closed, so that the custom
   * domains, and what stands before them, are the only way in.
   * @default - true with `domains`, else false
   */
  disableExecuteApiEndpoint: z.boolean().optional(),
  /**
   * Edges of a CDN, or proxies, in front of the API, whose word about the address of a client is taken for IP
   * restrictions. Not together with the freshness `gateway`.
   * @default - none: the address of a client is the TCP peer, behind a CDN the CDN's edge
   * @example { ranges: ['203.0.113.0/24'], addressHeader: 'x-forwarded-for', proof: { header: 'x-edge-proof', sha256: '9f86d0…' } }
   */
  trustedProxies: TrustedProxies.optional(),
});

/** Default: plain refusals. */
export type ProtectedHttpApiProps = Readonly<z.infer<typeof WithoutRefusals>> &
  (PlainRefusals | DetailedRefusals);
/** Which refusals go with which backend, `checkProtectedHttpApi` says. */
export const ProtectedHttpApiProps = WithoutRefusals.extend({
  refusals: z.enum(DETAILED_STYLES).optional(),
  backend: Backends,
});
