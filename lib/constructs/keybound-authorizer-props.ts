import { z } from 'zod';
import { mustBe, type ChecksOf } from '../internal/checks/check-props.ts';
import { OpenApiDocument } from '../open-api/open-api-document.ts';
import { keyedApiChecks, type KeyedApiProps } from './keyed-api-props.ts';
import { ApiThrottling } from './throttling.ts';

/**
 * The name of an API without an OpenAPI document. Its routes with keys become the document that developers see.
 * @example { title: 'Orders', version: '1.0.0' }
 */
export interface ApiName {
  readonly title: string;
  readonly version: string;
  /** @default - none */
  readonly description?: string;
}
const ApiName = z.strictObject({
  title: z.string(),
  version: z.string(),
  description: z.string().optional(),
} satisfies ChecksOf<ApiName>);

/** Names of the stages that are the environments. */
export interface StageNames {
  /** @default '$default' */
  readonly production?: string;
  /** @default 'sandbox' */
  readonly sandbox?: string;
}
const StageNames = z.strictObject({
  production: z.string().optional(),
  sandbox: z.string().optional(),
} satisfies ChecksOf<StageNames>);

/** Where consumers reach an environment, without a slash at the end. */
export interface EnvironmentUrls {
  /** @default - the address that API Gateway gives to the stage */
  readonly production?: string;
  /** @default - the address that API Gateway gives to the stage */
  readonly sandbox?: string;
}
const EnvironmentUrls = z.strictObject({
  production: z.string().optional(),
  sandbox: z.string().optional(),
} satisfies ChecksOf<EnvironmentUrls>);

/**
 * The properties of a `KeyboundAuthorizer`.
 * @example { core, definition: { title: 'Orders', version: '1.0.0' }, context: '/orders/1.0.0', subscription: 'optional' }
 */
export interface KeyboundAuthorizerProps extends KeyedApiProps {
  /** The OpenAPI document that developers see, or title and version alone. They name the API. */
  readonly definition: OpenApiDocument | ApiName;
  /**
   * Which stages of the API are the environments. With the freshness `gateway` they must be `production` and `sandbox`:
   * only decisions of stages with these names can be taken back.
   * @default { production: '$default', sandbox: 'sandbox' }
   * @example { production: 'prod', sandbox: 'test' }
   */
  readonly stageNames?: StageNames;
  /**
   * Whether the authorizer adds the stage of the sandbox to the API. It leads to the same backends as production. Say
   * `false` if the API has a stage of that name itself.
   * @default true
   */
  readonly createSandboxStage?: boolean;
  /**
   * Where consumers reach the API, for developers to see: your custom domain.
   * @default - the addresses that API Gateway gives to the stages
   * @example { production: 'https://api.example.com/orders', sandbox: 'https://sandbox.example.com/orders' }
   */
  readonly urls?: EnvironmentUrls;
  /**
   * How many calls a second API Gateway lets through, by environment and route. A stage that you have given a `throttle`
   * keeps it.
   * @default - 1,000 a second and 2,000 at once in production; 100 and 200 in the sandbox
   * @example { production: { rateLimit: 500, burstLimit: 1000 } }
   */
  readonly throttling?: ApiThrottling;
}
export const KeyboundAuthorizerProps = z.strictObject({
  ...keyedApiChecks,
  definition: z.union([OpenApiDocument, ApiName], mustBe('an OpenAPI document, or { title, version }')),
  stageNames: StageNames.optional(),
  createSandboxStage: z.boolean().optional(),
  urls: EnvironmentUrls.optional(),
  throttling: ApiThrottling.optional(),
} satisfies ChecksOf<KeyboundAuthorizerProps>);
