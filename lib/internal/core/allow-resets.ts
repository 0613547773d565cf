import { Aws } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from '../checks/acknowledge-findings.ts';
import { STAGE_NAMES } from '../../../lambdas/core/decision/environment.ts';
import type { BundledFunction } from './bundled-function.ts';

const CACHES = Object.values(STAGE_NAMES).map((stage) => `/apis/*/stages/${stage}/cache/authorizers`);

/**
 * Lets a function reset what API Gateway keeps of the decisions about protected APIs. Which HTTP APIs those are is known to
 * the table alone: other stacks register theirs later.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
 */
export function allowResets(resets: BundledFunction): void {
  resets.function.addToRolePolicy(
    new PolicyStatement({
      actions: ['apigateway:DELETE'],
      resources: CACHES.map((path) => `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}::${path}`),
    }),
  );
  acknowledge(
    resets,
    ...CACHES.map((path) => ({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:apigateway:<AWS::Region>::${path}]`,
      reason:
        'Protected APIs register themselves later; nothing but what is cached of decisions can be deleted.',
    })),
  );
}
