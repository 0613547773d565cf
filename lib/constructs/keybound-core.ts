import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { z } from 'zod';
import type { ChecksOf } from '../internal/checks/check-props.ts';

/**
 * What a protected API needs of the core, whichever stack or app it is in: `KeyboundStack` has it as `core`, and `findCore`
 * finds that of another app.
 */
export interface KeyboundCore {
  /** ARN of the shared authorizer function. */
  readonly authorizerArn: string;
  /** ARN of the function behind `Custom::KeyboundApi`. */
  readonly registrarArn: string;
  /** ARN of the function that takes the access log of protected APIs. */
  readonly usageArn: string;
}
export const KeyboundCore = z.strictObject({
  authorizerArn: z.string(),
  registrarArn: z.string(),
  usageArn: z.string(),
} satisfies ChecksOf<KeyboundCore>);

/** Publishes the core to other apps of the account and region, as SSM parameters below `/keybound/<stage>/`. */
export function publishCore(scope: Construct, stage: string, core: KeyboundCore): void {
  for (const [id, name, stringValue] of entries(stage, core)) {
    new StringParameter(scope, id, { parameterName: name, stringValue });
  }
}

/**
 * Finds the core of a deployment that another app, or another stack, has made in this account and region. The deployment of
 * the stack of `scope` reads it from SSM parameters, so that neither stack imports from the other.
 * @param stage the name of the deployment: `dev`, `prod`
 * @example findCore(this, 'prod')
 */
export function findCore(scope: Construct, stage: string): KeyboundCore {
  return {
    authorizerArn: StringParameter.valueForStringParameter(scope, parameterName(stage, 'authorizer-arn')),
    registrarArn: StringParameter.valueForStringParameter(scope, parameterName(stage, 'registrar-arn')),
    usageArn: StringParameter.valueForStringParameter(scope, parameterName(stage, 'usage-arn')),
  };
}

function entries(stage: string, core: KeyboundCore): readonly (readonly [string, string, string])[] {
  return [
    ['AuthorizerArn', parameterName(stage, 'authorizer-arn'), core.authorizerArn],
    ['RegistrarArn', parameterName(stage, 'registrar-arn'), core.registrarArn],
    ['UsageArn', parameterName(stage, 'usage-arn'), core.usageArn],
  ];
}

function parameterName(stage: string, name: string): string {
  return `/keybound/${stage}/${name}`;
}
