import type { CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { z } from 'zod';
import type { ChecksOf } from '../internal/checks/check-props.ts';

/**
 * A limit of API Gateway: a token bucket. `rateLimit` tokens come back each second, `burstLimit` fit in; a call
 * without a token is 429, before any function runs. API Gateway aims at these numbers and does not promise them.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-throttling.html
 * @example { rateLimit: 50, burstLimit: 100 }
 */
export interface Throttle {
  /** Calls a second, in the long run: a number above 0. */
  readonly rateLimit: number;
  /** Calls at once: a whole number of 1 or more. */
  readonly burstLimit: number;
}
const throttleChecks = { rateLimit: z.number(), burstLimit: z.number() } satisfies ChecksOf<Throttle>;
export const Throttle = z.strictObject(throttleChecks);

/** The limit of one environment of an API, for each of its routes unless `routes` names another. */
export interface EnvironmentThrottle extends Throttle {
  /**
   * Limits of single routes, by operation of the document.
   * @default none
   * @example { 'POST /order': { rateLimit: 5, burstLimit: 10 } }
   */
  readonly routes?: Readonly<Record<string, Throttle>>;
}
const EnvironmentThrottle = z.strictObject({
  ...throttleChecks,
  routes: z.record(z.string(), Throttle).readonly().optional(),
} satisfies ChecksOf<EnvironmentThrottle>);

/** The limits of an API, by environment. */
export interface ApiThrottling {
  /** @default { rateLimit: 1000, burstLimit: 2000 } */
  readonly production?: EnvironmentThrottle;
  /** @default { rateLimit: 100, burstLimit: 200 } */
  readonly sandbox?: EnvironmentThrottle;
}
export const ApiThrottling = z.strictObject({
  production: EnvironmentThrottle.readonly().optional(),
  sandbox: EnvironmentThrottle.readonly().optional(),
} satisfies ChecksOf<ApiThrottling>);

/** The limits of the management API. */
export interface ManagementThrottling {
  /**
   * Each route that wants a token: one for each method of each API.
   * @default { rateLimit: 200, burstLimit: 400 }
   */
  readonly management?: Throttle;
  /**
   * Each route for holders of a value, which is open to everybody.
   * @default { rateLimit: 5, burstLimit: 10 }
   */
  readonly holder?: Throttle;
}
export const ManagementThrottling = z.strictObject({
  management: Throttle.readonly().optional(),
  holder: Throttle.readonly().optional(),
} satisfies ChecksOf<ManagementThrottling>);

/** Well below what AWS gives an account and region for all its APIs together: 10,000 a second, 5,000 at once. */
export const DEFAULT_THROTTLING = {
  production: { rateLimit: 1_000, burstLimit: 2_000 },
  sandbox: { rateLimit: 100, burstLimit: 200 },
  management: { rateLimit: 200, burstLimit: 400 },
  holder: { rateLimit: 5, burstLimit: 10 },
} as const satisfies Readonly<Record<string, Throttle>>;

/** The settings of the stage of one environment. */
export function stageThrottling(
  environment: 'production' | 'sandbox',
  throttling: ApiThrottling | undefined,
): {
  readonly defaultRouteSettings: CfnStage.RouteSettingsProperty;
  readonly routeSettings?: Readonly<Record<string, Record<string, number>>>;
} {
  const settings = throttling?.[environment];
  const { rateLimit, burstLimit } = settings ?? DEFAULT_THROTTLING[environment];
  return {
    defaultRouteSettings: { throttlingRateLimit: rateLimit, throttlingBurstLimit: burstLimit },
    ...(settings?.routes !== undefined && { routeSettings: routeSettings(settings.routes) }),
  };
}

/** As CloudFormation takes them, by key of route: as JSON, whose names CDK does not change. */
export function routeSettings(
  routes: Readonly<Record<string, Throttle>>,
): Readonly<Record<string, Record<string, number>>> {
  return Object.fromEntries(
    Object.entries(routes).map(([routeKey, { rateLimit, burstLimit }]) => [
      routeKey,
      { ThrottlingRateLimit: rateLimit, ThrottlingBurstLimit: burstLimit },
    ]),
  );
}

/** Problems of the throttling of an API's environments. */
export function throttlingProblems(
  throttling: ApiThrottling | undefined,
  routeKeys: readonly string[],
): readonly string[] {
  return (['production', 'sandbox'] as const).flatMap((environment) => {
    const settings = throttling?.[environment];
    if (settings === undefined) return [];
    const routes: Readonly<Record<string, Throttle>> = settings.routes ?? {};
    return [
      ...throttleProblems(`throttling.${environment}`, settings),
      ...Object.entries(routes).flatMap(([routeKey, throttle]) => [
        ...(routeKeys.includes(routeKey)
          ? []
          : [
              `throttling.${environment}.routes names ${JSON.stringify(routeKey)}, which is not one of its operations`,
            ]),
        ...throttleProblems(`throttling.${environment}.routes[${JSON.stringify(routeKey)}]`, throttle),
      ]),
    ];
  });
}

/** Problems of one limit; `name`: of the property. */
export function throttleProblems(name: string, { rateLimit, burstLimit }: Throttle): readonly string[] {
  return [
    ...(rateLimit > 0 && Number.isFinite(rateLimit)
      ? []
      : [`${name}.rateLimit must be a number of calls a second above 0`]),
    ...(Number.isSafeInteger(burstLimit) && burstLimit >= 1
      ? []
      : [`${name}.burstLimit must be a whole number of calls of 1 or more`]),
  ];
}
