import { CustomResource } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import {
  writeContinuity,
  type AllowedChanges,
  type DeclaredContinuity,
} from '../../../lambdas/contract/continuity.ts';
import { RESOURCE_TYPES } from '../../../lambdas/contract/registration.ts';
import type { BundledFunction } from './bundled-function.ts';
import { REGISTRAR_SERVICE_TIMEOUT } from './registrar.ts';

export interface ContinuityProps extends DeclaredContinuity, AllowedChanges {
  /** Decides. */
  readonly registrar: BundledFunction;
}

/**
 * Refuses a deployment, before it changes anything that callers meet, that would accept the tokens of another issuer, look
 * for keys in another table or give a domain up: most often a setting that was forgotten.
 */
export class Continuity extends Construct {
  constructor(scope: Construct, id: string, { registrar, ...declared }: ContinuityProps) {
    super(scope, id);
    new CustomResource(this, 'Deployment', {
      serviceToken: registrar.function.functionArn,
      resourceType: RESOURCE_TYPES.continuity,
      serviceTimeout: REGISTRAR_SERVICE_TIMEOUT,
      properties: writeContinuity(declared),
    });
  }

  /** Lets what callers meet change after this alone. */
  holdBack(...parts: readonly Construct[]): void {
    for (const part of parts) part.node.addDependency(this);
  }
}
