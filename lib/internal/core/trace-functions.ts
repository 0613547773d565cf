import { acknowledge } from '../checks/acknowledge-findings.ts';
import { Aspects } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnFunction, Function } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/**
 * Turns on X-Ray for every function within `scope`, also for those that are still to come. Traces show that, when and
 * how long a function ran: the code adds nothing of its own to them, so that no key and no header gets there.
 */
export function traceFunctions(scope: IConstruct): void {
  Aspects.of(scope).add({ visit: trace });
}

function trace(node: IConstruct): void {
  if (!(node instanceof Function)) return;
  const resource = node.node.defaultChild;
  if (resource instanceof CfnFunction) resource.tracingConfig = { mode: 'Active' };
  node.addToRolePolicy(
    new PolicyStatement({
      actions: ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
      resources: ['*'],
    }),
  );
  if (node.role === undefined) return;
  acknowledge(node.role, {
    id: 'AwsSolutions::AwsSolutions-IAM5[Resource::*]',
    reason: 'X-Ray has no resources: whoever may send segments may send them for the account.',
  });
}
