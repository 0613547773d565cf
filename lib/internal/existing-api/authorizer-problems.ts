import type { CfnApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import { keyedApiProblems } from '../../constructs/keyed-api-check.ts';
import type { KeyLocation } from '../../constructs/key-location.ts';
import type { KeyboundAuthorizerProps } from '../../constructs/keybound-authorizer-props.ts';
import { definitionSizeProblems } from '../../open-api/registered-definition.ts';
import { domainProblems } from '../checks/check-domains.ts';
import { stageNameProblems } from './keyed-stages.ts';

/** Problems of the properties of a `KeyboundAuthorizer`, which are known before the API is whole. */
export function authorizerProblems(
  scope: Construct,
  api: CfnApi,
  props: KeyboundAuthorizerProps,
  location: KeyLocation,
): readonly string[] {
  const { definition, urls } = props;
  return [
    ...keyedApiProblems(props, location),
    ...('json' in definition ? definitionSizeProblems(definition) : []),
    ...domainProblems(scope, { context: props.context }),
    ...stageNameProblems(props),
    ...(api.disableExecuteApiEndpoint === true &&
    (urls?.production === undefined || urls.sandbox === undefined)
      ? [
          'its API has disableExecuteApiEndpoint, so that nobody can call it at the addresses that API Gateway gives: say with urls where consumers reach production and sandbox',
        ]
      : []),
  ];
}
