import * as cdk from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A finding of cdk-nag, and why it stays. */
export interface AcknowledgedFinding {
  /** `AwsSolutions::AwsSolutions-IAM5[Resource::*]` */
  readonly id: string;
  readonly reason: string;
}

/**
 * Acknowledges findings about a construct, so that an app with cdk-nag can have Keybound in it. CDK before 2.272 has no
 * place for that: there the metadata of cdk-nag 2 says it.
 */
export function acknowledge(construct: IConstruct, ...findings: readonly AcknowledgedFinding[]): void {
  if (Reflect.has(cdk, 'Validations')) {
    cdk.Validations.of(construct).acknowledge(...findings);
    return;
  }
  for (const child of construct.node.findAll()) {
    if (!cdk.CfnResource.isCfnResource(child)) continue;
    child.addMetadata('cdk_nag', { rules_to_suppress: [...suppressionsOf(child), ...findings.map(asRule)] });
  }
}

function suppressionsOf(resource: cdk.CfnResource): readonly unknown[] {
  const metadata: unknown = resource.getMetadata('cdk_nag');
  const rules: unknown = Reflect.get(Object(metadata), 'rules_to_suppress');
  return Array.isArray(rules) ? rules : [];
}

function asRule({ id, reason }: AcknowledgedFinding) {
  const [, rule = id, finding] = /^(?:\w+::)?([^[]+)(?:\[(.+)\])?$/.exec(id) ?? [];
  return { id: rule, reason, ...(finding !== undefined && { applies_to: [finding] }) };
}
