import type { IDomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Freshness } from '../lambdas/core/freshness.ts';
import type { DetailedStyle } from '../lambdas/core/guard-context.ts';
import type { Backend, ByEnvironment } from './backend.ts';
import type { GuardedFunction } from './guarded-function.ts';
import type { KeyPlace } from './key-place.ts';
import type { KeyboundCore } from './keybound-core.ts';
import type { OpenApiDocument } from './open-api-document.ts';

/** Where consumers reach one environment, when not at the address that API Gateway gives. */
export interface EnvironmentDomain {
  /** A custom domain of this region; several APIs share it, each below its own context. */
  readonly domain: IDomainName;
  /** What consumers call, when it is not `https://<domain>`: a CDN, a proxy. */
  readonly url?: string;
}

export interface CorsSettings {
  readonly allowOrigins: readonly string[];
  readonly allowMethods?: readonly string[];
  /** Beside the key header, which is always allowed. */
  readonly allowHeaders?: readonly string[];
  readonly exposeHeaders?: readonly string[];
  readonly allowCredentials?: boolean;
  readonly maxAgeSeconds?: number;
}

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

/** Default: plain refusals. */
export type ProtectedHttpApiProps = ProtectedApiProps & (PlainRefusals | DetailedRefusals);

interface ProtectedApiProps {
  readonly core: KeyboundCore;
  /** Its operations become the routes; its title and version name the API. */
  readonly definition: OpenApiDocument;
  /** Path of the API below a custom domain: `/pizzashack/1.0.0`. */
  readonly context: string;
  /** Whether a key must be associated with an application that subscribes to the API. */
  readonly subscription: 'required' | 'optional';
  /** Where the key travels. Default: as the document's `apiKey` security schemes say; else the header `apikey`. */
  readonly key?: KeyPlace;
  /** Whether a publisher must approve each new subscription. Default: no. */
  readonly subscriptionApproval?: boolean;
  /** Whether keys that were made elsewhere can be imported for the API, and open it. Default: no. */
  readonly acceptImportedKeys?: boolean;
  /**
   * How old may be what calls are decided by. Default: `strict`. `gateway` takes keys in a header only, has no limits
   * and no referrer restrictions; `docs/architecture.md` tells why.
   */
  readonly freshness?: Freshness;
  /** The state that the API begins in; publishers move it on. Default: PUBLISHED. */
  readonly initialLifecycle?: 'CREATED' | 'PUBLISHED';
  /** Business plans that a subscription may choose. Default: all that administrators keep. */
  readonly policies?: readonly string[];
  /** Who publishes the API, for developers to see. */
  readonly provider?: string;
  readonly cors?: CorsSettings;
  readonly domains?: Readonly<Record<'production' | 'sandbox', EnvironmentDomain>>;
  readonly logRetention?: RetentionDays;
}
