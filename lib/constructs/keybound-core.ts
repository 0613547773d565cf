import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { z } from 'zod';
import {
  readPublishedCore,
  writePublishedCore,
  type PublishedCore,
} from '../../lambdas/contract/published-parameters.ts';

/** What a protected API needs of the core, whichever stack or app it is in. */
export type KeyboundCore = Readonly<z.infer<typeof KeyboundCore>>;
export const KeyboundCore = z.strictObject({
  /** ARN of the shared authorizer function. */
  authorizerArn: z.string(),
  /** ARN of the function behind `Custom::KeyboundApi`. */
  registrarArn: z.string(),
  /** ARN of the function that takes the access log of protected APIs. */
  usageArn: z.string(),
}) satisfies z.ZodType<PublishedCore>;

const IDS = {
  authorizerArn: 'AuthorizerArn',
  registrarArn: 'RegistrarArn',
  usageArn: 'UsageArn',
} as const satisfies Record<keyof PublishedCore, string>;

/** Publishes the core to other apps of the account and region, as SSM parameters below `/keybound/<stage>/`. */
export function publishCore(scope: Construct, stage: string, core: KeyboundCore): void {
  for (const { field, name, value } of writePublishedCore(stage, core)) {
    new StringParameter(scope, IDS[field], { parameterName: name, stringValue: value });
  }
}

/** Finds the core that another app deployed as `stage` in this account and region, when the stack is deployed. */
export function findCore(scope: Construct, stage: string): KeyboundCore {
  return readPublishedCore(stage, (name) => StringParameter.valueForStringParameter(scope, name));
}
