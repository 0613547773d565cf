import { atMost, between, bytes, entries, matches, oneOf, type Rule } from './rule.ts';

/** Limits of one resource type, by the path of the property: `*` is every entry, `#` the name of every entry. */
export type TypeRules =
  | { readonly source: string; readonly properties: Readonly<Record<string, readonly Rule[]>> }
  | { readonly none: string };

const API = 'https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html';
const APIS = 'https://docs.aws.amazon.com/apigatewayv2/latest/api-reference';
const CFN = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference';
const RETENTION = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];
const PART = String.raw`(?:\{[\w.:-]+\}|[a-zA-Z0-9.:_-]+)`;
const ROUTE_KEY = new RegExp(
  String.raw`^(?:\$default|(?:ANY|GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /(?:${PART}/)*(?:${PART}|\{[\w.:-]+\+\})?)$`,
);
/** `http` is for the issuer of the local runner, on this machine alone. */
const ISSUER = matches(/^(?:https:\/\/[^/]|http:\/\/localhost(?::\d+)?(?:\/|$))/, 'an https address');
const ARN = matches(/^arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:\d*:/, 'an ARN');
const LATIN = matches(/^[\t\n\r\u0020-\u007E\u00A1-\u00FF]*$/, 'characters of Latin-1');
const POLICY = [bytes(10_240)];

/** Every resource type that a template of this project can have. */
export const RULES: Readonly<Record<string, TypeRules>> = {
  'AWS::ApiGatewayV2::Api': {
    source: `${APIS}/apis.html`,
    properties: {
      Name: [atMost(128)],
      Description: [atMost(1_024)],
      Version: [atMost(64)],
      ProtocolType: [oneOf('HTTP')],
      'CorsConfiguration.MaxAge': [between(-1, 86_400)],
      'CorsConfiguration.AllowOrigins.*': [matches(/^(?:\*|https?:\/\/\S+)$/, '* or an origin')],
      'CorsConfiguration.AllowMethods.*': [
        oneOf('*', 'GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'),
      ],
    },
  },
  'AWS::ApiGatewayV2::ApiMapping': {
    source: `${APIS}/domainnames-domainname-apimappings.html`,
    properties: {
      ApiMappingKey: [atMost(300), matches(/^[A-Za-z0-9$_.+!*'()/-]*$/, "letters, digits and $-_.+!*'()/")],
    },
  },
  'AWS::ApiGatewayV2::Authorizer': {
    source: `${APIS}/apis-apiid-authorizers.html`,
    properties: {
      Name: [atMost(128)],
      AuthorizerType: [oneOf('REQUEST', 'JWT')],
      AuthorizerPayloadFormatVersion: [oneOf('1.0', '2.0')],
      AuthorizerResultTtlInSeconds: [between(0, 3_600)],
      AuthorizerUri: [atMost(2_048)],
      'IdentitySource.*': [
        matches(/^\$(?:request\.(?:header|querystring)|context|stageVariables)\.[\w.-]+$/, 'a selection'),
      ],
      'JwtConfiguration.Issuer': [ISSUER],
      'JwtConfiguration.Audience': [entries(50)],
    },
  },
  'AWS::ApiGatewayV2::DomainName': {
    source: `${APIS}/domainnames-domainname.html`,
    properties: {
      DomainName: [atMost(512), matches(/^[a-z0-9*.-]+$/i, 'a host name')],
      'DomainNameConfigurations.*.CertificateArn': [ARN],
      'DomainNameConfigurations.*.EndpointType': [oneOf('REGIONAL')],
    },
  },
  'AWS::ApiGatewayV2::Integration': {
    source: API,
    properties: {
      IntegrationType: [oneOf('AWS_PROXY', 'HTTP_PROXY')],
      IntegrationUri: [atMost(2_048)],
      PayloadFormatVersion: [oneOf('1.0', '2.0')],
      TimeoutInMillis: [between(50, 30_000)],
      'RequestParameters.*': [atMost(512)],
    },
  },
  'AWS::ApiGatewayV2::Route': {
    source: 'https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html',
    properties: {
      RouteKey: [matches(ROUTE_KEY, 'a method and a path whose parts are names or {parameters}')],
      AuthorizationType: [oneOf('NONE', 'JWT', 'CUSTOM', 'AWS_IAM')],
      Target: [atMost(128)],
    },
  },
  'AWS::ApiGatewayV2::Stage': {
    source: API,
    properties: {
      StageName: [atMost(128), matches(/^(?:\$default|[\w-]+)$/, 'letters, digits, - and _')],
      Description: [atMost(1_024)],
      StageVariables: [entries(100)],
      'StageVariables.#': [atMost(64), matches(/^\w+$/, 'letters, digits and _')],
      'StageVariables.*': [
        atMost(512),
        matches(/^[A-Za-z0-9\-._~:/?#&=,]+$/, 'letters, digits and -._~:/?#&=,'),
      ],
      'AccessLogSettings.Format': [
        atMost(1_024),
        matches(
          /^[^\n\r]*\$context\.(?:extendedR|r)equestId[^\n\r]*$/,
          'one line with the id of the request',
        ),
      ],
      'DefaultRouteSettings.ThrottlingBurstLimit': [between(0, 2_147_483_647)],
    },
  },
  'AWS::CDK::Metadata': { none: 'It tells CDK which constructs the stack has.' },
  'AWS::CloudFormation::CustomResource': { none: 'Its function says what it takes.' },
  'AWS::CloudWatch::Alarm': {
    source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html',
    properties: {
      AlarmName: [atMost(255)],
      AlarmDescription: [atMost(1_024)],
      EvaluationPeriods: [between(1, 100)],
      Metrics: [entries(20)],
      'Metrics.*.Id': [matches(/^[a-z]\w{0,254}$/, 'a lower-case letter, then letters, digits and _')],
      'Metrics.*.Expression': [atMost(2_048)],
      AlarmActions: [entries(5)],
      OKActions: [entries(5)],
      Dimensions: [entries(30)],
      Period: [between(10, 86_400)],
      TreatMissingData: [oneOf('breaching', 'notBreaching', 'ignore', 'missing')],
    },
  },
  'AWS::CloudWatch::Dashboard': {
    source: 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html',
    properties: { DashboardName: [matches(/^[\w-]{1,255}$/, 'at most 255 letters, digits, - and _')] },
  },
  'AWS::Cognito::UserPool': {
    source:
      'https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPool.html',
    properties: {
      UserPoolName: [atMost(128)],
      'Policies.PasswordPolicy.MinimumLength': [between(6, 99)],
      MfaConfiguration: [oneOf('ON', 'OFF', 'OPTIONAL')],
      DeletionProtection: [oneOf('ACTIVE', 'INACTIVE')],
    },
  },
  'AWS::Cognito::UserPoolClient': {
    source:
      'https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html',
    properties: {
      ClientName: [atMost(128)],
      CallbackURLs: [entries(100)],
      'CallbackURLs.*': [
        atMost(1_024),
        matches(
          /^(?:https:\/\/|http:\/\/localhost[:/])[^#]*$/,
          'https, or http of localhost, without a fragment',
        ),
      ],
      LogoutURLs: [entries(100)],
    },
  },
  'AWS::Cognito::UserPoolDomain': {
    source:
      'https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html',
    properties: {
      Domain: [
        atMost(63),
        matches(
          /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
          'lower-case letters, digits and hyphens, none of these first or last',
        ),
        { says: 'without aws, amazon and cognito', holds: (_, { text }) => !/aws|amazon|cognito/.test(text) },
      ],
    },
  },
  'AWS::Cognito::UserPoolGroup': {
    source:
      'https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateGroup.html',
    properties: { GroupName: [matches(/^[^\s]{1,128}$/, 'at most 128 characters without spaces')] },
  },
  'AWS::DynamoDB::GlobalTable': {
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html',
    properties: {
      TableName: [matches(/^[\w.-]{3,255}$/, 'from 3 to 255 letters, digits, -, _ and .')],
      GlobalSecondaryIndexes: [entries(20)],
      'GlobalSecondaryIndexes.*.IndexName': [
        matches(/^[\w.-]{3,255}$/, 'from 3 to 255 letters, digits, -, _ and .'),
      ],
      LocalSecondaryIndexes: [entries(5)],
      BillingMode: [oneOf('PAY_PER_REQUEST', 'PROVISIONED')],
    },
  },
  'AWS::Events::EventBus': {
    source: 'https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html',
    properties: {
      Name: [matches(/^(?!aws)[/.\w-]{1,256}$/, 'at most 256 letters, digits, /, ., - and _, not aws first')],
      Description: [atMost(512)],
    },
  },
  'AWS::Events::Rule': {
    source: 'https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html',
    properties: {
      Name: [matches(/^[.\w-]{1,64}$/, 'at most 64 letters, digits, ., - and _')],
      Description: [atMost(512)],
      ScheduleExpression: [atMost(256), matches(/^(?:rate|cron)\(.+\)$/, 'rate(…) or cron(…)')],
      Targets: [entries(5)],
      'Targets.*.Id': [matches(/^[.\w-]{1,64}$/, 'at most 64 letters, digits, ., - and _')],
      'Targets.*.RetryPolicy.MaximumRetryAttempts': [between(0, 185)],
    },
  },
  'AWS::IAM::ManagedPolicy': {
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
    properties: { Description: [atMost(1_000)], PolicyDocument: [bytes(6_144)] },
  },
  'AWS::IAM::Policy': {
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html',
    properties: {
      PolicyName: [atMost(128), matches(/^[\w+=,.@-]+$/, 'letters, digits and +=,.@-_')],
      PolicyDocument: POLICY,
    },
  },
  'AWS::IAM::Role': {
    source: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html',
    properties: {
      RoleName: [atMost(64)],
      Description: [atMost(1_000), LATIN],
      AssumeRolePolicyDocument: [bytes(2_048)],
      ManagedPolicyArns: [entries(10)],
      'Policies.*.PolicyDocument': POLICY,
    },
  },
  'AWS::KMS::Key': {
    source: 'https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html',
    properties: { Description: [atMost(8_192)], KeyPolicy: [bytes(32_768)] },
  },
  'AWS::Lambda::EventInvokeConfig': {
    source: 'https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html',
    properties: { MaximumEventAgeInSeconds: [between(60, 21_600)], MaximumRetryAttempts: [between(0, 2)] },
  },
  'AWS::Lambda::EventSourceMapping': {
    source: 'https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html',
    properties: {
      BatchSize: [between(1, 10_000)],
      MaximumBatchingWindowInSeconds: [between(0, 300)],
      MaximumRecordAgeInSeconds: [between(-1, 604_800)],
      MaximumRetryAttempts: [between(-1, 10_000)],
      ParallelizationFactor: [between(1, 10)],
      'FilterCriteria.Filters': [entries(5)],
      'FilterCriteria.Filters.*.Pattern': [atMost(4_096)],
    },
  },
  'AWS::Lambda::Alias': {
    source: 'https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html',
    properties: {
      Name: [matches(/^(?!\d+$)[\w-]{1,128}$/, 'at most 128 letters, digits, - and _, and no number')],
      Description: [atMost(256)],
    },
  },
  'AWS::Lambda::Function': {
    source: 'https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html',
    properties: {
      FunctionName: [matches(/^[\w-]{1,64}$/, 'at most 64 letters, digits, - and _')],
      Description: [atMost(256)],
      Handler: [atMost(128)],
      MemorySize: [between(128, 10_240)],
      Timeout: [between(1, 900)],
      'Environment.Variables': [bytes(4_096)],
      'Environment.Variables.#': [matches(/^[a-zA-Z]\w+$/, 'a letter, then letters, digits and _')],
      Layers: [entries(5)],
      ReservedConcurrentExecutions: [between(0, 100_000)],
    },
  },
  'AWS::Lambda::Permission': {
    source: 'https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html',
    properties: {
      Action: [matches(/^lambda:\w+$/, 'an action of Lambda')],
      Principal: [matches(/^[^\s]+$/, 'a principal')],
      SourceAccount: [matches(/^\d{12}$/, 'an account')],
      SourceArn: [ARN],
    },
  },
  'AWS::Logs::LogGroup': {
    source: 'https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html',
    properties: {
      LogGroupName: [atMost(512), matches(/^[.\-\w/#]+$/, 'letters, digits and . - _ / #')],
      RetentionInDays: [oneOf(...RETENTION)],
    },
  },
  'AWS::Logs::MetricFilter': {
    source: 'https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html',
    properties: {
      FilterName: [atMost(512)],
      FilterPattern: [atMost(1_024)],
      MetricTransformations: [entries(1)],
      'MetricTransformations.*.MetricName': [atMost(255), matches(/^[^:*$]*$/, 'no : * $')],
      'MetricTransformations.*.MetricNamespace': [atMost(255), matches(/^[^:*$]*$/, 'no : * $')],
      'MetricTransformations.*.Dimensions': [entries(3)],
    },
  },
  'AWS::Logs::SubscriptionFilter': {
    source:
      'https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutSubscriptionFilter.html',
    properties: { FilterName: [atMost(512)], FilterPattern: [atMost(1_024)], DestinationArn: [ARN] },
  },
  'AWS::S3::Bucket': {
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html',
    properties: { BucketName: [matches(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'the name of a bucket')] },
  },
  'AWS::SNS::Subscription': {
    source: `${CFN}/aws-resource-sns-subscription.html`,
    properties: {
      Protocol: [
        oneOf('http', 'https', 'email', 'email-json', 'sms', 'sqs', 'application', 'lambda', 'firehose'),
      ],
      Endpoint: [atMost(2_048)],
    },
  },
  'AWS::SNS::Topic': {
    source: 'https://docs.aws.amazon.com/sns/latest/api/API_CreateTopic.html',
    properties: {
      TopicName: [matches(/^[\w-]{1,256}(?:\.fifo)?$/, 'at most 256 letters, digits, - and _')],
      DisplayName: [atMost(100)],
    },
  },
  'AWS::SNS::TopicPolicy': {
    source: 'https://docs.aws.amazon.com/sns/latest/api/API_SetTopicAttributes.html',
    properties: { PolicyDocument: [bytes(30_720)] },
  },
  'AWS::SQS::Queue': {
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-quotas.html',
    properties: {
      QueueName: [matches(/^[\w-]{1,80}(?:\.fifo)?$/, 'at most 80 letters, digits, - and _')],
      MessageRetentionPeriod: [between(60, 1_209_600)],
      VisibilityTimeout: [between(0, 43_200)],
      DelaySeconds: [between(0, 900)],
    },
  },
  'AWS::SQS::QueuePolicy': {
    source: 'https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html',
    properties: { PolicyDocument: [bytes(8_192)], 'PolicyDocument.Statement': [entries(20)] },
  },
  'AWS::SSM::Parameter': {
    source: 'https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html',
    properties: {
      Name: [
        atMost(1_011),
        matches(
          /^\/?(?!aws|ssm)(?:[\w.-]+\/){0,14}[\w.-]+$/i,
          'at most 15 levels of letters, digits, . - and _, not aws or ssm first',
        ),
      ],
      Value: [atMost(4_096)],
      Description: [atMost(1_024)],
    },
  },
};
