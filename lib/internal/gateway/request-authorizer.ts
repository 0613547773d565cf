import { Lazy, Stack } from 'aws-cdk-lib';
import { CfnAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import type { Freshness } from '../../../lambdas/core/decision/freshness.ts';
import type { KeyboundCore } from '../../constructs/keybound-core.ts';
import type { KeyLocation } from '../../constructs/key-location.ts';
import { keepAuthorizer } from '../checks/keep-authorizer.ts';

/** The parts of an authorizer. */
export interface RequestAuthorizerProps {
  readonly gatewayApiId: string;
  readonly core: KeyboundCore;
  readonly freshness: Freshness;
  readonly location: KeyLocation;
  /** Whether the authorizer looks at paths, as it does before a backend at a URL. Asked at synthesis. */
  readonly looksAtPaths: () => boolean;
}

/**
 * The shared authorizer in front of an API. Without a source and a cache the function runs for every request, also for one
 * without a key, and a revoked key is refused at the next. With a cache, all that a decision depends on beside the table
 * must be a source. What changes it afterwards is an error of the synthesis.
 */
export function requestAuthorizer(scope: Construct, props: RequestAuthorizerProps): CfnAuthorizer {
  const { gatewayApiId, core, freshness, location, looksAtPaths } = props;
  const { region, partition } = Stack.of(scope);
  const authorizer = new CfnAuthorizer(scope, 'Authorizer', {
    apiId: gatewayApiId,
    name: 'keybound',
    authorizerType: 'REQUEST',
    authorizerUri: `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${core.authorizerArn}/invocations`,
    authorizerPayloadFormatVersion: '2.0',
    enableSimpleResponses: true,
    ...(freshness.mode === 'gateway'
      ? {
          identitySource: Lazy.list({
            produce: () => [
              `$request.header.${location.header ?? ''}`,
              '$context.identity.sourceIp',
              ...(looksAtPaths() ? ['$context.path'] : []),
            ],
          }),
          authorizerResultTtlInSeconds: freshness.ttlSeconds,
        }
      : { identitySource: [], authorizerResultTtlInSeconds: 0 }),
  });
  keepAuthorizer(authorizer);
  return authorizer;
}
