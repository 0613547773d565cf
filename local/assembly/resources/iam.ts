import { z } from 'zod';
import { PolicyDocument, type Statement } from '../../iam/policy-document.ts';
import type { DeployedResource, ResourceContext } from '../deployment.ts';
import { LOCAL_ACCOUNT, physicalName } from '../physical-names.ts';
import { harmless, parseProperties } from './parse-properties.ts';

/** ARNs of IAM have no region. */
function iamArn(resource: string): string {
  return `arn:aws:iam::${LOCAL_ACCOUNT}:${resource}`;
}

const names = z.array(z.string()).default([]);
const noBoundary = z.undefined('permissions boundaries are not supported').optional();

const roleProperties = z.strictObject({
  RoleName: z.string().optional(),
  ManagedPolicyArns: names,
  Policies: z.array(z.strictObject({ PolicyName: harmless, PolicyDocument })).default([]),
  PermissionsBoundary: noBoundary,
  // Who may take a role is not asked: functions take theirs.
  AssumeRolePolicyDocument: harmless,
  Description: harmless,
  MaxSessionDuration: harmless,
  Path: z.literal('/', 'paths of roles are not supported').optional(),
  Tags: harmless,
});

/** `AWS::IAM::Role` */
export function deployRole(context: ResourceContext): DeployedResource {
  const { RoleName, ManagedPolicyArns, Policies } = parseProperties(context, roleProperties);
  const name = RoleName ?? physicalName(context.stack, context.logicalId, 64);
  context.roles.addStatements(
    name,
    Policies.flatMap(({ PolicyDocument: statements }) => statements),
  );
  for (const arn of ManagedPolicyArns) {
    const statements = context.roles.managedPolicy(arn);
    if (statements === undefined) {
      throw context.cannotRun(
        `what the policy ${arn} allows is not known here`,
        'Properties.ManagedPolicyArns',
      );
    }
    context.roles.addStatements(name, statements);
  }
  return { ref: name, attributes: { Arn: iamArn(`role/${name}`), RoleId: name } };
}

const policyProperties = z.strictObject({
  PolicyName: harmless,
  PolicyDocument,
  Roles: names,
  Groups: harmless,
  Users: harmless,
});

/** `AWS::IAM::Policy`, in roles. */
export function deployPolicy(context: ResourceContext): DeployedResource {
  const { PolicyDocument: statements, Roles } = parseProperties(context, policyProperties);
  attach(context, Roles, statements);
  return { ref: physicalName(context.stack, context.logicalId, 128), attributes: {} };
}

const managedPolicyProperties = policyProperties.omit({ PolicyName: true }).extend({
  ManagedPolicyName: z.string().optional(),
  Description: harmless,
  Path: z.literal('/', 'paths of policies are not supported').optional(),
  Tags: harmless,
});

/** `AWS::IAM::ManagedPolicy` */
export function deployManagedPolicy(context: ResourceContext): DeployedResource {
  const {
    PolicyDocument: statements,
    Roles,
    ManagedPolicyName,
  } = parseProperties(context, managedPolicyProperties);
  const arn = iamArn(`policy/${ManagedPolicyName ?? physicalName(context.stack, context.logicalId, 128)}`);
  context.roles.addManagedPolicy(arn, statements);
  attach(context, Roles, statements);
  return { ref: arn, attributes: { PolicyArn: arn } };
}

function attach(context: ResourceContext, roles: readonly string[], statements: readonly Statement[]): void {
  for (const role of roles) context.roles.addStatements(role, statements);
}
