import type { Duration } from 'aws-cdk-lib';
import type { IDomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import { z } from 'zod';
import { DETAILED_STYLES, type DetailedStyle } from '../../lambdas/core/refusals/refusal-style.ts';
import type { ChecksOf } from '../internal/checks/check-props.ts';
import { domainName, duration, texts } from '../internal/checks/prop-kinds.ts';
import { OpenApiDocument } from '../open-api/open-api-document.ts';
import { Backends, type Backend, type ByEnvironment } from './backend.ts';
import type { GuardedFunction } from './guarded-function.ts';
import { keyedApiChecks, type KeyedApiProps } from './keyed-api-props.ts';
import { ApiThrottling } from './throttling.ts';

/** Where consumers reach one environment, when not at the address that API Gateway gives. */
export interface EnvironmentDomain {
  /** A custom domain of this region; several APIs share it, each below its own context. */
  readonly domain: IDomainName;
  /**
   * The base address that consumers call, when a CDN or a proxy stands before the domain; without a slash at the end.
   * @default - `https://<domain>`
   * @example 'https://cdn.example.com'
   */
  readonly url?: string | undefined;
}
const EnvironmentDomain = z.strictObject({
  domain: domainName,
  url: z.string().optional(),
} satisfies ChecksOf<EnvironmentDomain>);

/** The rights of pages of other origins. API Gateway answers their preflights, without a key. */
export interface CorsSettings {
  /**
   * Origins of the pages that can call the API; `*` for all.
   * @example ['https://shop.example.com']
   */
  readonly allowOrigins: readonly string[];
  /**
   * Methods that pages can use.
   * @default - those of the document's operations
   */
  readonly allowMethods?: readonly string[];
  /**
   * Headers that pages can send beside the key header, which is always allowed.
   * @default none
   */
  readonly allowHeaders?: readonly string[];
  /**
   * Headers of answers that pages can read beside those of the guard, with detailed refusals.
   * @default none
   */
  readonly exposeHeaders?: readonly string[];
  /**
   * Whether pages can send cookies.
   * @default false
   */
  readonly allowCredentials?: boolean;
  /**
   * How long a browser keeps the answer to a preflight, in whole seconds: 0 to 86,400.
   * @default - browsers decide
   */
  readonly maxAgeSeconds?: number;
}
const CorsSettings = z.strictObject({
  allowOrigins: texts,
  allowMethods: texts.optional(),
  allowHeaders: texts.optional(),
  exposeHeaders: texts.optional(),
  allowCredentials: z.boolean().optional(),
  maxAgeSeconds: z.number().optional(),
} satisfies ChecksOf<CorsSettings>);

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
  /** One guarded function for both environments, or one for each. */
  readonly backend: GuardedFunction | ByEnvironment<GuardedFunction>;
}

/** The properties of a `ProtectedHttpApi` beside its backend and its refusals. */
export interface DocumentedApiProps extends KeyedApiProps {
  /** Its operations become the routes; its title and version name the API. */
  readonly definition: OpenApiDocument;
  /**
   * The rights of pages of other origins.
   * @default - nothing: browsers refuse calls of other origins
   */
  readonly cors?: CorsSettings;
  /**
   * Custom domains of the environments.
   * @default - the addresses that API Gateway gives
   */
  readonly domains?: ByEnvironment<EnvironmentDomain>;
  /**
   * How many calls a second API Gateway lets through, by environment and operation; the rest is 429 before anything
   * else runs. Each route has a bucket of its own.
   * @default - 1,000 a second and 2,000 at once in production; 100 and 200 in the sandbox
   * @example { production: { rateLimit: 500, burstLimit: 1000, routes: { 'POST /order': { rateLimit: 5, burstLimit: 10 } } } }
   */
  readonly throttling?: ApiThrottling;
  /**
   * How long API Gateway waits for the backend: 1 to 30 seconds. After that the caller gets a 503, while a function goes
   * on until its own time-out.
   * @default Duration.seconds(30)
   * @example Duration.seconds(5)
   */
  readonly integrationTimeout?: Duration;
  /**
   * Whether the address that API Gateway gives (`<id>.execute-api.<region>.amazonaws.com`) is closed, so that the custom
   * domains, and what stands before them, are the only way in.
   * @default - true with `domains`, else false
   */
  readonly disableExecuteApiEndpoint?: boolean;
}

/**
 * The properties of a `ProtectedHttpApi`. Without `refusals`, API Gateway answers refused calls.
 * @example { core, definition: readOpenApiDocument('orders.yaml'), context: '/orders/1.0.0', subscription: 'required', backend: { url: 'https://orders.example.com' } }
 */
export type ProtectedHttpApiProps = DocumentedApiProps & (PlainRefusals | DetailedRefusals);
/** Which refusals go with which backend, `checkProtectedHttpApi` says. */
export const ProtectedHttpApiProps = z.strictObject({
  ...({
    ...keyedApiChecks,
    definition: OpenApiDocument,
    cors: CorsSettings.optional(),
    domains: z
      .strictObject({ production: EnvironmentDomain, sandbox: EnvironmentDomain })
      .readonly()
      .optional(),
    throttling: ApiThrottling.optional(),
    integrationTimeout: duration.optional(),
    disableExecuteApiEndpoint: z.boolean().optional(),
  } satisfies ChecksOf<DocumentedApiProps>),
  refusals: z.enum(DETAILED_STYLES).optional(),
  backend: Backends,
});
