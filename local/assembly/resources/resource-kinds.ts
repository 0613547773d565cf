import type { ResourceKind } from '../deployment.ts';
import { deployAuthorizer } from './authorizer.ts';
import { deployUserPool, deployUserPoolClient } from './cognito.ts';
import { deployCustomResource } from './custom-resource.ts';
import { deployApiMapping, deployDomainName } from './domain.ts';
import { deployEventSource } from './event-source.ts';
import { deployEventBus, deployRule } from './events.ts';
import { deployFunction } from './function.ts';
import { deployApi, deployDeployment, deployRoute, deployStage } from './http-api.ts';
import { deployManagedPolicy, deployPolicy, deployRole } from './iam.ts';
import { inert } from './inert.ts';
import { deployIntegration } from './integration.ts';
import { deployLogGroup, deploySubscriptionFilter } from './logs.ts';
import { deploySsmParameter } from './ssm-parameter.ts';
import { deployGlobalTable, deployTable } from './table.ts';

/** Every resource type that is run. */
const RUN: Readonly<Record<string, ResourceKind>> = {
  'AWS::ApiGatewayV2::Api': deployApi,
  'AWS::ApiGatewayV2::ApiMapping': deployApiMapping,
  'AWS::ApiGatewayV2::Authorizer': deployAuthorizer,
  'AWS::ApiGatewayV2::Deployment': deployDeployment,
  'AWS::ApiGatewayV2::DomainName': deployDomainName,
  'AWS::ApiGatewayV2::Integration': deployIntegration,
  'AWS::ApiGatewayV2::Route': deployRoute,
  'AWS::ApiGatewayV2::Stage': deployStage,
  'AWS::CloudFormation::CustomResource': deployCustomResource,
  'AWS::Cognito::UserPool': deployUserPool,
  'AWS::Cognito::UserPoolClient': deployUserPoolClient,
  'AWS::DynamoDB::GlobalTable': deployGlobalTable,
  'AWS::DynamoDB::Table': deployTable,
  'AWS::Events::EventBus': deployEventBus,
  'AWS::Events::Rule': deployRule,
  'AWS::IAM::ManagedPolicy': deployManagedPolicy,
  'AWS::IAM::Policy': deployPolicy,
  'AWS::IAM::Role': deployRole,
  'AWS::Lambda::EventSourceMapping': deployEventSource,
  'AWS::Lambda::Function': deployFunction,
  'AWS::Logs::LogGroup': deployLogGroup,
  'AWS::Logs::SubscriptionFilter': deploySubscriptionFilter,
  'AWS::SSM::Parameter': deploySsmParameter,
};

/**
 * Every type that is accepted without being run. A queue or topic only receives what a local event source could not
 * deliver, which the log shows instead; as the *source* of events it is an error. A failed asynchronous
 * invocation is a line in the log, too, and not tried again, so that there is nothing to configure about it. Metrics
 * do not exist here, and with them no alarm, nobody to be told of it, and nothing that a key would encrypt.
 */
const INERT: Readonly<Record<string, ResourceKind>> = {
  'AWS::CDK::Metadata': inert(undefined),
  'AWS::CloudWatch::Alarm': inert('cloudwatch', 'alarm:'),
  'AWS::CloudWatch::CompositeAlarm': inert('cloudwatch', 'alarm:'),
  'AWS::CloudWatch::Dashboard': inert(undefined),
  'AWS::Cognito::UserPoolDomain': inert(undefined),
  'AWS::Cognito::UserPoolGroup': inert(undefined),
  'AWS::KMS::Key': inert('kms', 'key/'),
  'AWS::Lambda::EventInvokeConfig': inert(undefined),
  'AWS::Lambda::Permission': inert(undefined),
  'AWS::Logs::MetricFilter': inert(undefined),
  'AWS::Logs::QueryDefinition': inert(undefined),
  'AWS::Logs::ResourcePolicy': inert(undefined),
  'AWS::SNS::Subscription': inert(undefined),
  'AWS::SNS::Topic': inert('sns'),
  'AWS::SNS::TopicPolicy': inert(undefined),
  'AWS::SQS::Queue': inert('sqs'),
  'AWS::SQS::QueuePolicy': inert(undefined),
};

/** How a resource type is deployed, or undefined for a type that this runner does not know. */
export function resourceKindOf(resourceType: string): ResourceKind | undefined {
  if (resourceType.startsWith('Custom::')) return deployCustomResource;
  return RUN[resourceType] ?? INERT[resourceType];
}

/** Whether a resource type is accepted without being run, so that its properties need no resolving. */
export function isInert(resourceType: string): boolean {
  return resourceType in INERT;
}
