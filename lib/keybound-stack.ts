import { CfnOutput, CustomResource, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { CfnSubscriptionFilter, RetentionDays, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { AUTHORIZER_TIMEOUT_SECONDS } from '../lambdas/core/freshness.ts';
import { KEY_PREFIX } from '../lambdas/core/key-value.ts';
import {
  API_PARTITION_PREFIX,
  BATCH_PARTITION_PREFIX,
  CALLS_PARTITION_PREFIX,
  COUNTER_PARTITION_PREFIX,
  CREDENTIAL_PARTITION_PREFIX,
  keyReferenceKey,
  ownerPartition,
  POLICY_PARTITION_PREFIX,
  REFUSAL_PARTITION_PREFIX,
} from '../lambdas/platform/dynamodb/keys.ts';
import { ACCESS_LOG_GROUP_PREFIX } from './access-log-group.ts';
import { allowItems, allowListings } from './allow-table.ts';
import { AuthorizerResets } from './authorizer-resets.ts';
import { BundledFunction, type BundledFunctionProps } from './bundled-function.ts';
import { checkProps } from './check-props.ts';
import { coreFunctionEntry, type CoreFunction } from './core-function.ts';
import { deadLetterQueue, keepFailedEvents } from './dead-letter-queue.ts';
import { Identity, UserPoolIdentity } from './identity.ts';
import { keyTable } from './key-table.ts';
import { publishCore, type KeyboundCore } from './keybound-core.ts';
import { LifecycleEvents } from './lifecycle-events.ts';
import { ManagementApi } from './management-api.ts';
import { Operations } from './operations/operations.ts';
import { retentionDays, texts } from './prop-kinds.ts';
import { tagComponents } from './tag-components.ts';

export type KeyboundStackProps = StackProps & Readonly<z.infer<typeof KeyboundStackProps>>;
const KeyboundStackProps = z.object({
  /** Names this deployment: `prod` protects its data from deletion, any other stage goes with its stack. */
  stage: z.string(),
  /** First part of key values, see `KEY_PREFIX`. */
  keyPrefix: z.string(),
  /** Absent: a Cognito user pool of its own. */
  identity: Identity.optional(),
  /** Origins of the pages that may call the management API, and that sign-in may return to. */
  portalOrigins: texts,
  /** How long logs are kept. Default: a year in `prod`, else a month. */
  logRetention: retentionDays.optional(),
  /** Gets a mail for every alarm. */
  alarmEmail: z.string().optional(),
});

/** The authorizer's lines about refused calls. */
const REFUSED_CALLS = '{ $.type = "refusal" }';
/** Longest runs, in seconds; 20 for the rest. Callers wait for the authorizer; nobody waits for the count. */
const TIMEOUT_SECONDS: Readonly<Record<string, number>> = {
  authorizer: AUTHORIZER_TIMEOUT_SECONDS,
  usage: 60,
};

/** The core: table, authorizer, management API, registrar. Deployed once an account and region. */
export class KeyboundStack extends Stack {
  /** What protected APIs need of it. */
  readonly core: KeyboundCore;

  private readonly isProduction: boolean;
  private readonly logRetention: RetentionDays;

  constructor(scope: Construct, id: string, props: KeyboundStackProps) {
    checkProps(scope, id, KeyboundStackProps, props);
    super(scope, id, props);
    if (!KEY_PREFIX.test(props.keyPrefix)) {
      throw new Error(`the key prefix ${JSON.stringify(props.keyPrefix)} must match ${KEY_PREFIX.source}`);
    }
    this.isProduction = props.stage === 'prod';
    this.logRetention =
      props.logRetention ?? (this.isProduction ? RetentionDays.ONE_YEAR : RetentionDays.ONE_MONTH);
    const table = keyTable(this, 'Table', this.retention());
    const identity = props.identity ?? this.userPool(props);
    const management = {
      TABLE_NAME: table.tableName,
      KEY_VALUE_PREFIX: props.keyPrefix,
      ROLES_CLAIM: identity.rolesClaim,
    };

    const authorizer = this.authorizer(table);
    const usage = this.usage(table, authorizer.logGroup);
    const registrar = this.bundle('Registrar', 'registrar', 'Registers protected APIs', {
      TABLE_NAME: table.tableName,
    });
    const portal = this.bundle('Portal', 'portal', 'Answers the Developer Portal API', management);
    const admin = this.bundle('Admin', 'admin', 'Answers the Admin API', management);
    const publisher = this.bundle('Publisher', 'publisher', 'Answers the Publisher API', management);
    const holder = this.bundle('Holder', 'holder', 'Lets the holder of a key value revoke it', {
      TABLE_NAME: table.tableName,
    });
    allowItems(registrar, table, ['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem']);
    for (const manager of [portal, admin, publisher]) {
      allowItems(manager, table, ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem']);
      allowListings(manager, table);
    }
    allowItems(holder, table, ['GetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem']);
    const following = {
      stage: props.stage,
      table,
      logRetention: this.logRetention,
      removalPolicy: this.retention().removalPolicy,
    };
    const events = new LifecycleEvents(this, 'Events', following);
    const { resets, undelivered: undeliveredResets } = new AuthorizerResets(this, 'Resets', following);
    new CustomResource(this, 'Policies', {
      serviceToken: registrar.function.functionArn,
      resourceType: 'Custom::KeyboundPolicies',
    });

    const managementApi = new ManagementApi(this, 'Management', {
      identity,
      functions: {
        '/api/am/devportal/v3': portal.function,
        '/api/am/admin/v4': admin.function,
        '/api/am/publisher/v4': publisher.function,
      },
      holder: holder.function,
      allowedOrigins: props.portalOrigins,
      logRetention: this.logRetention,
      removalPolicy: this.retention().removalPolicy,
    });

    const undeliveredUsage = deadLetterQueue(this, 'UndeliveredUsage', this.retention().removalPolicy);
    keepFailedEvents(usage.function, undeliveredUsage);
    new Operations(this, 'Operations', {
      stage: props.stage,
      ...(props.alarmEmail !== undefined && { alarmEmail: props.alarmEmail }),
      table,
      authorizer,
      usage,
      streamConsumers: { events: events.publisher, resets },
      resetters: { resets },
      deadLetterQueues: { events: events.undelivered, resets: undeliveredResets, usage: undeliveredUsage },
      managementApi: managementApi.api,
    });

    this.core = {
      authorizerArn: authorizer.function.functionArn,
      registrarArn: registrar.function.functionArn,
      usageArn: usage.function.functionArn,
    };
    publishCore(this, props.stage, this.core);
    new CfnOutput(this, 'ManagementApiId', { value: managementApi.api.apiId });
    new CfnOutput(this, 'ManagementApiUrl', { value: managementApi.url });
    new CfnOutput(this, 'TableName', { value: table.tableName });
    new CfnOutput(this, 'Issuer', { value: identity.issuer });
    new CfnOutput(this, 'Audience', { value: identity.audience });
    new CfnOutput(this, 'EventBusArn', { value: events.bus.eventBusArn });
    new CfnOutput(this, 'UndeliveredEventsUrl', { value: events.undelivered.queueUrl });
    new CfnOutput(this, 'UndeliveredResetsUrl', { value: undeliveredResets.queueUrl });
    new CfnOutput(this, 'UndeliveredUsageUrl', { value: undeliveredUsage.queueUrl });
    tagComponents(this);
  }

  /** One function for all APIs, so that one change of the rules reaches them all at once. */
  private authorizer(table: TableV2): BundledFunction {
    const authorizer = this.bundle('Authorizer', 'authorizer', 'Decides about calls by their API key', {
      TABLE_NAME: table.tableName,
    });
    const decidesBy = [CREDENTIAL_PARTITION_PREFIX, API_PARTITION_PREFIX, POLICY_PARTITION_PREFIX];
    const counters = `${COUNTER_PARTITION_PREFIX}*`;
    allowItems(authorizer, table, ['GetItem'], {
      partitions: [...decidesBy.map((prefix) => `${prefix}*`), counters],
    });
    allowItems(authorizer, table, ['UpdateItem'], { partitions: [counters] });
    // Of what is a developer's, the policy of an application and nothing else.
    allowItems(authorizer, table, ['GetItem'], {
      partitions: [`${ownerPartition('')}*`],
      attributes: ['pk', 'sk', 'throttlingPolicy'],
    });
    // One permission for the authorizers of all APIs of the account: a statement each would fill the
    // function's policy, which holds 20 KB, after some sixty.
    new CfnPermission(this, 'AuthorizerPermission', {
      action: 'lambda:InvokeFunction',
      functionName: authorizer.function.functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceAccount: this.account,
      sourceArn: `arn:${this.partition}:execute-api:${this.region}:${this.account}:*/authorizers/*`,
    });
    return authorizer;
  }

  /**
   * Takes the access log of all APIs (each protected API has a subscription filter that leads here) and what the
   * authorizer logs of refused calls.
   */
  private usage(table: TableV2, authorizerLog: ILogGroup): BundledFunction {
    const usage = this.bundle('Usage', 'usage', 'Counts calls and notes down when keys were last used', {
      TABLE_NAME: table.tableName,
    });
    const may = [
      [keyReferenceKey('').pk, ['BatchGetItem', 'GetItem', 'PutItem']],
      [CALLS_PARTITION_PREFIX, ['UpdateItem']],
      [BATCH_PARTITION_PREFIX, ['PutItem']],
      [REFUSAL_PARTITION_PREFIX, ['BatchWriteItem']],
    ] as const;
    for (const [partition, actions] of may) {
      allowItems(usage, table, actions, { partitions: [`${partition}*`] });
    }
    // As for the authorizer: one permission for the logs of all APIs.
    new CfnPermission(this, 'UsagePermission', {
      action: 'lambda:InvokeFunction',
      functionName: usage.function.functionArn,
      principal: 'logs.amazonaws.com',
      sourceAccount: this.account,
      sourceArn: `arn:${this.partition}:logs:${this.region}:${this.account}:log-group:${ACCESS_LOG_GROUP_PREFIX}*`,
    });
    const permission = new CfnPermission(this, 'RefusalsPermission', {
      action: 'lambda:InvokeFunction',
      functionName: usage.function.functionArn,
      principal: 'logs.amazonaws.com',
      sourceAccount: this.account,
      sourceArn: authorizerLog.logGroupArn,
    });
    const refusals = new CfnSubscriptionFilter(this, 'Refusals', {
      logGroupName: authorizerLog.logGroupName,
      destinationArn: usage.function.functionArn,
      filterPattern: REFUSED_CALLS,
    });
    // CloudWatch Logs makes no filter for a function that it may not invoke.
    refusals.node.addDependency(permission);
    return usage;
  }

  private bundle(
    id: string,
    folder: CoreFunction,
    description: string,
    environment: BundledFunctionProps['environment'],
  ): BundledFunction {
    return new BundledFunction(this, id, {
      entry: coreFunctionEntry(folder),
      description,
      environment,
      memorySize: 256,
      timeout: Duration.seconds(TIMEOUT_SECONDS[folder] ?? 20),
      logRetention: this.logRetention,
      removalPolicy: this.retention().removalPolicy,
    });
  }

  private userPool({ stage, portalOrigins }: KeyboundStackProps): Identity {
    return new UserPoolIdentity(this, 'Identity', {
      domainPrefix: `keybound-${stage}-${this.account}`,
      callbackUrls: portalOrigins.length > 0 ? portalOrigins : ['http://localhost:9443/'],
      ...this.retention(),
    });
  }

  private retention(): { readonly deletionProtection: boolean; readonly removalPolicy: RemovalPolicy } {
    return {
      deletionProtection: this.isProduction,
      // Not kept when the deployment that would have made it fails: the next one would find its name taken.
      removalPolicy: this.isProduction ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    };
  }
}
