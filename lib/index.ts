// The public API of the package `keybound`. Everything that an app imports is here; everything else can change.
export type { Backend, ByEnvironment } from './backend.ts';
export { GuardedFunction } from './guarded-function.ts';
export { UserPoolIdentity, type Identity, type UserPoolIdentityProps } from './identity.ts';
export { findCore, type KeyboundCore } from './keybound-core.ts';
export type { KeyPlace } from './key-place.ts';
export { KeyboundStack, type KeyboundStackProps } from './keybound-stack.ts';
export { readOpenApiDocument, type OpenApiDocument, type Operation } from './open-api-document.ts';
export { ProtectedHttpApi } from './protected-http-api.ts';
export type {
  CorsSettings,
  DetailedRefusals,
  EnvironmentDomain,
  PlainRefusals,
  ProtectedHttpApiProps,
} from './protected-http-api-props.ts';
export type { Freshness } from '../lambdas/core/freshness.ts';
