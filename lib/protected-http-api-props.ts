import type { IDomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Backend } from './backend.ts';
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

export interface ProtectedHttpApiProps {
  readonly core: KeyboundCore;
  /** Its operations become the routes; its title and version name the API. */
  readonly definition: OpenApiDocument;
  /** Path of the API below a custom domain: `/pizzashack/1.0.0`. */
  readonly context: string;
  /** Whether a key must be associated with an application that subscribes to the API. */
  readonly subscription: 'required' | 'optional';
  /** One backend for both environments, or one for each. */
  readonly backend: Backend | Readonly<Record<'production' | 'sandbox', Backend>>;
  /** Where the key travels. Default: as the document's `apiKey` security schemes say; else the header `apikey`. */
  readonly key?: KeyPlace;
  /** Whether a publisher must approve each new subscription. Default: no. */
  readonly subscriptionApproval?: boolean;
  /** Whether keys that were made elsewhere can be imported for the API, and open it. Default: no. */
  readonly acceptImportedKeys?: boolean;
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
