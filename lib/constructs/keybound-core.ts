import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { z } from 'zod';

/** What a protected API needs of the core, whichever stack or app it is in. */
export type KeyboundCore = Readonly<z.infer<typeof KeyboundCore>>;
export const KeyboundCore = z.strictObject({
  /** ARN of the shared authorizer function. */
  authorizerArn: z.string(),
  /** ARN of the function behind `Custom::KeyboundApi`. */
  registrarArn: z.string(),
  /** ARN of the function that takes the access log of protected APIs. */
  usageArn: z.string(),
});

/** Publishes the core to other apps of the account and region, as SSM parameters below `/keybound/<stage>/`. */
export function publishCore(scope: Construct, stage: string, core: KeyboundCore): void {
  for (const [id, name, stringValue] of entries(stage, core)) {
    new StringParameter(scope, id, { parameterName: name, stringValue });
  }
}

/** Finds the core that another app deployed as `stage` in this account and region, when the stack is deployed. */
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
