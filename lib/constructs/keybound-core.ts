import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { z } from 'zod';
import {
  readPublishedCore,
  writePublishedCore,
  type PublishedCore,
} from '../../lambdas/contract/published-parameters.ts';
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
} satisfies ChecksOf<KeyboundCore>) satisfies z.ZodType<PublishedCore>;

const IDS = {
  authorizerArn: 'AuthorizerArn',
  registrarArn: 'RegistrarArn',
  usageArn: 'UsageArn',
} as const satisfies Record<keyof PublishedCore, string>;

/** Publishes the core to other apps of the account and region, as SSM parameters below `/keybound/<stage>/`. */
export function publishCore(scope: Construct, deployment: string, core: KeyboundCore): void {
  for (const { field, name, value } of writePublishedCore(deployment, core)) {
    new StringParameter(scope, IDS[field], { parameterName: name, stringValue: value });
  }
}

/**
 * Finds the core of a deployment that another app, or another stack, has made in this account and region. The deployment of
 * the stack of `scope` reads it from SSM parameters, so that neither stack imports from the other.
 * @param deployment the name of the deployment: `dev`, `prod`
 * @example findCore(this, 'prod')
 */
export function findCore(scope: Construct, deployment: string): KeyboundCore {
  return readPublishedCore(deployment, (name) => StringParameter.valueForStringParameter(scope, name));
}
