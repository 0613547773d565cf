// The public API of the package `keybound`. Everything that an app imports is here; everything else can change.
export type { Backend, ByEnvironment, FunctionBackend, UrlBackend } from './constructs/backend.ts';
export { GuardedFunction } from './constructs/guarded-function.ts';
export type {
  GuardedFunctionBundling,
  GuardedFunctionProps,
  BundleLoader,
} from './constructs/guarded-function-props.ts';
export { UserPoolIdentity, type Identity, type UserPoolIdentityProps } from './constructs/identity.ts';
export { findCore, type KeyboundCore } from './constructs/keybound-core.ts';
export { KeyboundAuthorizer } from './constructs/keybound-authorizer.ts';
export type {
  ApiName,
  EnvironmentUrls,
  KeyboundAuthorizerProps,
  StageNames,
} from './constructs/keybound-authorizer-props.ts';
export type { KeyedApiProps } from './constructs/keyed-api-props.ts';
export type { KeyLocation } from './constructs/key-location.ts';
export { KeyboundStack } from './stacks/keybound-stack.ts';
export type { KeyboundStackProps, OwnerLimitsProps } from './stacks/keybound-stack-props.ts';
export { readOpenApiDocument, type OpenApiDocument, type Operation } from './open-api/open-api-document.ts';
export { ProtectedHttpApi } from './constructs/protected-http-api.ts';
export type {
  CorsSettings,
  DetailedRefusals,
  DocumentedApiProps,
  EnvironmentDomain,
  PlainRefusals,
  ProtectedHttpApiProps,
} from './constructs/protected-http-api-props.ts';
export type { ReservedConcurrency } from './constructs/reserved-concurrency.ts';
export type {
  ApiThrottling,
  EnvironmentThrottle,
  ManagementThrottling,
  Throttle,
} from './constructs/throttling.ts';
export type { ProxyProof, TrustedProxies } from './constructs/trusted-proxies.ts';
export type { ExistingTable } from './internal/core/key-table.ts';
export type { Freshness } from '../lambdas/core/decision/freshness.ts';
