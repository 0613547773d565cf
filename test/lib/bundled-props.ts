import { fileURLToPath } from 'node:url';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { GuardedFunctionProps } from '../../lib/constructs/guarded-function-props.ts';

/** A function of `entry`; default: the backend of the Petstore. */
export function bundledProps(
  entry = fileURLToPath(new URL('../../examples/samples/petstore/handler.ts', import.meta.url)),
): GuardedFunctionProps {
  return {
    entry,
    description: 'A backend',
    memorySize: 256,
    timeout: Duration.seconds(3),
    environment: {},
    logRetention: RetentionDays.ONE_DAY,
    removalPolicy: RemovalPolicy.DESTROY,
  };
}
