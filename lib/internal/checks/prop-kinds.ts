import { RemovalPolicy, type Duration, type StackProps } from 'aws-cdk-lib';
import type { IDomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { mustBe } from './check-props.ts';
import { valueIn } from './value-in.ts';

export const KMS_KEY_ARN =
  /^arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:key\/(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * What CDK makes, among the properties of constructs. It is known by what it has, not by its class: an app may bring a
 * copy of CDK of its own.
 */
export type LambdaFunction = Pick<IFunction, 'functionArn' | 'env' | 'node'>;
export const lambdaFunction = z.custom<LambdaFunction>(
  (value) => typeof valueIn(value, 'functionArn') === 'string',
  mustBe('a Lambda function of CDK'),
);
export const domainName = z.custom<IDomainName>(
  (value) => typeof valueIn(value, 'name') === 'string',
  mustBe('a DomainName of CDK'),
);
export const keyOfKms = z.custom<IKey | string>(
  (value) =>
    typeof value === 'string' ? KMS_KEY_ARN.test(value) : typeof valueIn(value, 'keyArn') === 'string',
  mustBe('a KMS key of CDK, or the ARN of one'),
);
export const duration = z.custom<Duration>(
  (value) => typeof valueIn(value, 'toSeconds') === 'function',
  mustBe('a Duration of CDK'),
);
export const retentionDays = z.enum(RetentionDays, mustBe('one of RetentionDays of CDK'));
export const removalPolicy = z.enum(RemovalPolicy);

/** A text that is no secret, so that what is wrong with it can show it. */
export function mustMatch(pattern: RegExp, what: string) {
  return z.string().regex(pattern, {
    error: ({ input }) => `must be ${what}, and is ${JSON.stringify(input)}`,
  });
}

export const texts = z.array(z.string()).readonly();

/** Properties of every stack, whose values CDK checks. */
const anything = z.unknown().optional();
export const stackProps = {
  analyticsReporting: anything,
  crossRegionReferences: anything,
  description: anything,
  env: anything,
  notificationArns: anything,
  permissionsBoundary: anything,
  propertyInjectors: anything,
  stackName: anything,
  suppressTemplateIndentation: anything,
  synthesizer: anything,
  tags: anything,
  terminationProtection: anything,
} satisfies Record<keyof StackProps, z.ZodType>;

/** Whether a value is no plain object but made by a class: a construct may have more properties than it is used for. */
export function isInstance(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype !== null && prototype !== Object.prototype;
}
