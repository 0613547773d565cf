import { CustomResource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { Continued } from '../../../lambdas/core/apis/decide-continuity.ts';
import type { BundledFunction } from './bundled-function.ts';
import { REGISTRAR_SERVICE_TIMEOUT } from './registrar.ts';

export interface ContinuityProps {
  /** Decides. */
  readonly registrar: BundledFunction;
  readonly issuer: string;
  readonly audience: string;
  readonly table: string;
  /** Custom domains. */
  readonly domains: readonly string[];
  /** The changes that this one deployment is allowed. */
  readonly allowChange: readonly Continued[];
}

/**
 * Refuses a deployment, before it changes anything that callers meet, that would accept the tokens of another issuer, look
 * for keys in another table or give a domain up: most often a setting that was forgotten.
 */
export class Continuity extends Construct {
  constructor(scope: Construct, id: string, { registrar, ...properties }: ContinuityProps) {
    super(scope, id);
    new CustomResource(this, 'Deployment', {
      serviceToken: registrar.function.functionArn,
      resourceType: 'Custom::KeyboundContinuity',
      serviceTimeout: REGISTRAR_SERVICE_TIMEOUT,
      properties,
    });
  }

  /** Lets what callers meet change after this alone. */
  holdBack(...parts: readonly Construct[]): void {
    for (const part of parts) part.node.addDependency(this);
  }
}
