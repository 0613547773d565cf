import { Aws, Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { acknowledge } from '../checks/acknowledge-findings.ts';
import type { BundledFunction } from './bundled-function.ts';

/** How long CloudFormation waits for the registrar's answer: not the hour that it waits by default for one that is lost. */
export const REGISTRAR_SERVICE_TIMEOUT = Duration.minutes(5);

/** How long the registrar may try what its new role does not allow yet. Well before CloudFormation gives up. */
export const REGISTRAR_TIMEOUT = Duration.minutes(2);

/**
 * Lets the registrar ask CloudFormation and API Gateway whether what it is told is true. Of all stacks and HTTP APIs of the
 * account and region: which will register is not known, and neither service has a narrower resource or a condition for
 * that. It can read their state and tags, and change nothing.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html
 */
export function allowProofs(registrar: BundledFunction): void {
  const stacks = `arn:${Aws.PARTITION}:cloudformation:${Aws.REGION}:${Aws.ACCOUNT_ID}:stack/*`;
  const gateways = `arn:${Aws.PARTITION}:apigateway:${Aws.REGION}::/apis/*`;
  registrar.function.addToRolePolicy(
    new PolicyStatement({
      actions: ['cloudformation:DescribeStackResource', 'cloudformation:DescribeStacks'],
      resources: [stacks],
    }),
  );
  registrar.function.addToRolePolicy(
    new PolicyStatement({ actions: ['apigateway:GET'], resources: [gateways] }),
  );
  acknowledge(
    registrar,
    ...[
      'arn:<AWS::Partition>:cloudformation:<AWS::Region>:<AWS::AccountId>:stack/*',
      'arn:<AWS::Partition>:apigateway:<AWS::Region>::/apis/*',
    ].map((arn) => ({
      id: `AwsSolutions::AwsSolutions-IAM5[Resource::${arn}]`,
      reason: 'The stacks that will register APIs are unknown; only their state and tags can be read.',
    })),
  );
}
