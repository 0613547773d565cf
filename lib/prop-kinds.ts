import { RemovalPolicy, type Duration, type StackProps } from 'aws-cdk-lib';
import type { IDomainName } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { mustBe } from './check-props.ts';
import { valueIn } from './value-in.ts';

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
export const duration = z.custom<Duration>(
  (value) => typeof valueIn(value, 'toSeconds') === 'function',
  mustBe('a Duration of CDK'),
);
export const retentionDays = z.enum(RetentionDays, mustBe('one of RetentionDays of CDK'));
export const removalPolicy = z.enum(RemovalPolicy);

export const texts = z.array(z.string()).readonly();

/** What every stack takes, of which CDK looks at the values. */
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
