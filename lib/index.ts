// The public API of the package `keybound`. Everything that an app imports is here; everything else can change.
export type { Backend, ByEnvironment } from './constructs/backend.ts';
export { GuardedFunction } from './constructs/guarded-function.ts';
export { UserPoolIdentity, type Identity, type UserPoolIdentityProps } from './constructs/identity.ts';
export { findCore, type KeyboundCore } from './constructs/keybound-core.ts';
export type { KeyPlace } from './constructs/key-place.ts';
export { KeyboundStack, type KeyboundStackProps } from './stacks/keybound-stack.ts';
export { readOpenApiDocument, type OpenApiDocument, type Operation } from './open-api/open-api-document.ts';
export { ProtectedHttpApi } from './constructs/protected-http-api.ts';
export type {
  CorsSettings,
  DetailedRefusals,
  EnvironmentDomain,
  PlainRefusals,
  ProtectedHttpApiProps,
} from './constructs/protected-http-api-props.ts';
export type { Freshness } from '../lambdas/core/decision/freshness.ts';
