import { CfnOutput, CustomResource, Duration, RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import type { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import { CfnSubscriptionFilter, RetentionDays, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { ADMIN_BASE, PORTAL_BASE, PUBLIC_PATHS, PUBLISHER_BASE } from '../../lambdas/contract/api-paths.ts';
import { REFUSAL_LINES } from '../../lambdas/contract/refusal-line.ts';
import { RESOURCE_TYPES } from '../../lambdas/contract/registration.ts';
import { AUTHORIZER_TIMEOUT_SECONDS } from '../../lambdas/core/decision/freshness.ts';
import {
  DEFAULT_OWNER_LIMITS,
  formatOwnerLimits,
  type OwnerLimits,
} from '../../lambdas/core/limits/owner-limits.ts';
import { ACCESS_LOG_GROUP_PREFIX } from '../internal/gateway/access-log-group.ts';
import { allowTable } from '../internal/core/allow-table.ts';
import { AuthorizerResets } from '../internal/core/authorizer-resets.ts';
import { BundledFunction } from '../internal/core/bundled-function.ts';
import { deploymentProblems } from '../settings/check-deployment.ts';
import { checkProps } from '../internal/checks/check-props.ts';
import { Continuity } from '../internal/core/continuity.ts';
import { coreFunctionEntry, type CoreFunction } from '../internal/core/core-function.ts';
import { deadLetterQueue, keepFailedEvents } from '../internal/core/dead-letter-queue.ts';
import { UserPoolIdentity, type Identity } from '../constructs/identity.ts';
import { encryptWith } from '../internal/core/encrypt-with.ts';
import { attachTable, keyTable, type KeyTable } from '../internal/core/key-table.ts';
import { publishCore, type KeyboundCore } from '../constructs/keybound-core.ts';
import { LifecycleEvents } from '../internal/core/lifecycle-events.ts';
import { ManagementApi } from '../internal/core/management-api.ts';
import type { LogMetrics } from '../operations/log-metrics.ts';
import { Operations } from '../operations/operations.ts';
import { allowProofs, REGISTRAR_SERVICE_TIMEOUT, REGISTRAR_TIMEOUT } from '../internal/core/registrar.ts';
import { DEFAULT_ACCOUNT_CONCURRENCY, reserveConcurrency } from '../constructs/reserved-concurrency.ts';
import { tagComponents } from '../internal/core/tag-components.ts';
import { throttleProblems, type Throttle } from '../constructs/throttling.ts';
import { KeyboundStackProps, type OwnerLimitsProps } from './keybound-stack-props.ts';

/** The limits that are set; `undefined` is not set. */
function defined(limits: OwnerLimitsProps = {}): Partial<OwnerLimits> {
  return Object.fromEntries(Object.entries(limits).filter(([, limit]) => limit !== undefined));
}

const DEFAULT_KEY_PREFIX = 'kb';

/** Functions that the stacks of protected APIs refer to: their names never change. */
const NAMED_FUNCTIONS: ReadonlySet<string> = new Set(['authorizer', 'registrar', 'usage']);
/** Longest runs, in seconds; 20 for the rest. Callers wait for the authorizer; nobody waits for the count. */
const TIMEOUT_SECONDS: Readonly<Record<string, number>> = {
  authorizer: AUTHORIZER_TIMEOUT_SECONDS,
  usage: 60,
  registrar: REGISTRAR_TIMEOUT.toSeconds(),
};

/** The core: table, authorizer, management API, registrar. Deployed once an account and region. */
export class KeyboundStack extends Stack {
  /** What protected APIs need of it. */
  readonly core: KeyboundCore;
  /** The gateway of the management API, for alarms and dashboards. */
  readonly managementApi: HttpApi;
  /** Address of the management API, for `npx keybound login --url`. */
  readonly managementUrl: string;
  /** Bus with the lifecycle events, for rules of your own. */
  readonly eventBus: EventBus;

  private readonly logs: LogMetrics;
  private readonly throwAway: boolean;
  private readonly deployment: string;
  private readonly logRetention: RetentionDays;

  constructor(scope: Construct, id: string, props: KeyboundStackProps) {
    checkProps(scope, id, KeyboundStackProps, props);
    super(scope, id, {
      ...props,
      terminationProtection: props.terminationProtection ?? props.throwAway !== true,
    });
    const problems = [
      ...deploymentProblems({
        ...props,
        keyPrefix: props.keyPrefix ?? DEFAULT_KEY_PREFIX,
        portalOrigins: props.portalOrigins ?? [],
      }),
      ...Object.entries<Throttle | undefined>({ ...props.throttling }).flatMap(([name, throttle]) =>
        throttle === undefined ? [] : throttleProblems(`throttling.${name}`, throttle),
      ),
    ];
    if (problems.length > 0) throw new Error(`${this.node.path}: ${problems.join('; ')}`);
    this.throwAway = props.throwAway ?? false;
    this.deployment = props.deployment;
    this.logRetention =
      props.logRetention ?? (this.throwAway ? RetentionDays.ONE_MONTH : RetentionDays.ONE_YEAR);
    const { existingTable } = props;
    const encryptionKey =
      typeof props.encryptionKey === 'string'
        ? Key.fromKeyArn(this, 'EncryptionKey', props.encryptionKey)
        : props.encryptionKey;
    if (encryptionKey !== undefined && existingTable === undefined && Token.isUnresolved(this.region)) {
      throw new Error(`${this.node.path}: with an encryptionKey, env must name the region of the stack`);
    }
    const table =
      existingTable === undefined
        ? keyTable(this, 'Table', { ...this.retention(), encryptionKey })
        : attachTable(this, 'Table', existingTable);
    const identity = props.identity ?? this.userPool(props);
    const management = {
      TABLE_NAME: table.tableName,
      KEY_VALUE_PREFIX: props.keyPrefix ?? DEFAULT_KEY_PREFIX,
      ROLES_CLAIM: identity.rolesClaim,
      ...(identity.accessScope !== undefined && { ACCESS_SCOPE: identity.accessScope }),
      OWNER_LIMITS: formatOwnerLimits({ ...DEFAULT_OWNER_LIMITS, ...defined(props.ownerLimits) }),
    };

    const authorizer = this.authorizer(table);
    const usage = this.usage(table, authorizer.logGroup);
    const registrar = this.bundle('Registrar', 'registrar', 'Registers protected APIs', {
      TABLE_NAME: table.tableName,
      CORE_STACK_ID: this.stackId,
    });
    allowProofs(registrar);
    const isAnonymous = props.anonymousCatalogue === true;
    const portal = this.bundle('Portal', 'portal', 'Answers the Developer Portal API', {
      ...management,
      ...(isAnonymous && { ANONYMOUS_CATALOGUE: 'true' }),
    });
    const admin = this.bundle('Admin', 'admin', 'Answers the Admin API', management);
    const publisher = this.bundle('Publisher', 'publisher', 'Answers the Publisher API', management);
    const holder = this.bundle('Holder', 'holder', 'Lets the holder of a key value revoke it', {
      TABLE_NAME: table.tableName,
      IMPORTED_VALUES: props.importedKeysCanBeSelfRevoked === true ? 'accepted' : 'refused',
    });
    reserveConcurrency(
      { authorizer, portal, admin, publisher, holder, registrar, usage },
      props.reservedConcurrency ?? {},
      props.accountConcurrency ?? DEFAULT_ACCOUNT_CONCURRENCY,
    );
    allowTable(authorizer, table, 'Authorizer');
    allowTable(usage, table, 'Usage');
    allowTable(registrar, table, 'Registrar');
    allowTable(portal, table, 'Portal');
    allowTable(admin, table, 'Admin');
    allowTable(publisher, table, 'Publisher');
    allowTable(holder, table, 'Holder');
    const following = {
      stage: props.deployment,
      table,
      logRetention: this.logRetention,
      removalPolicy: this.retention().removalPolicy,
    };
    const events = new LifecycleEvents(this, 'Events', following);
    const { resets, undelivered: undeliveredResets } = new AuthorizerResets(this, 'Resets', following);
    new CustomResource(this, 'Policies', {
      serviceToken: registrar.function.functionArn,
      resourceType: RESOURCE_TYPES.policies,
      serviceTimeout: REGISTRAR_SERVICE_TIMEOUT,
    });

    const managementApi = new ManagementApi(this, 'Management', {
      identity,
      functions: {
        [PORTAL_BASE]: portal.function,
        [ADMIN_BASE]: admin.function,
        [PUBLISHER_BASE]: publisher.function,
      },
      holder: holder.function,
      ...(isAnonymous && { anonymous: { paths: PUBLIC_PATHS, function: portal.function } }),
      allowedOrigins: props.portalOrigins ?? [],
      throttling: props.throttling,
      logRetention: this.logRetention,
      removalPolicy: this.retention().removalPolicy,
    });

    if (!this.throwAway) {
      new Continuity(this, 'Continuity', {
        registrar,
        issuer: identity.issuer,
        audience: identity.audience,
        table: table.tableName,
        domains: props.domains ?? [],
        allowChange: props.allowChange ?? [],
      }).holdBack(managementApi, authorizer);
    }

    const undeliveredUsage = deadLetterQueue(this, 'UndeliveredUsage', this.retention().removalPolicy);
    keepFailedEvents(usage.function, undeliveredUsage);
    const { logs } = new Operations(this, 'Operations', {
      stage: props.deployment,
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
    publishCore(this, props.deployment, this.core);
    this.managementApi = managementApi.api;
    this.managementUrl = managementApi.url;
    this.eventBus = events.bus;
    this.logs = logs;
    this.putOut({
      ManagementApiId: [managementApi.api.apiId, 'Id of the management API'],
      ManagementApiUrl: [managementApi.url, 'Address of the management API: npx keybound login --url'],
      TableName: [table.tableName, 'Name of the table with keys, applications and subscriptions'],
      Issuer: [identity.issuer, 'Issuer whose access tokens the management API accepts'],
      Audience: [identity.audience, 'What access tokens must name as audience or client'],
      EventBusArn: [events.bus.eventBusArn, 'Bus with the lifecycle events, for rules of your own'],
      UndeliveredEventsUrl: [events.undelivered.queueUrl, 'Dead-letter queue of the publisher of events'],
      UndeliveredResetsUrl: [undeliveredResets.queueUrl, 'Dead-letter queue of the resets of decisions'],
      UndeliveredUsageUrl: [undeliveredUsage.queueUrl, 'Dead-letter queue of the usage function'],
    });
    if (encryptionKey !== undefined) encryptWith(this, encryptionKey);
    tagComponents(this);
  }

  /**
   * Calls that the authorizer refused, of all APIs and for any reason. Without refusals there are no data.
   * @default - the sum over five minutes
   */
  metricRefusals(options?: MetricOptions): Metric {
    return this.logs.refusals.with({ ...options });
  }

  /**
   * Calls that could not be decided, and so were answered 500. Without such calls there are no data.
   * @default - the sum over five minutes
   */
  metricFaults(options?: MetricOptions): Metric {
    return this.logs.faults.with({ ...options });
  }

  /** One function for all APIs, so that one change of the rules reaches them all at once. */
  private authorizer(table: KeyTable): BundledFunction {
    const authorizer = this.bundle('Authorizer', 'authorizer', 'Decides about calls by their API key', {
      TABLE_NAME: table.tableName,
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
  private usage(table: KeyTable, authorizerLog: ILogGroup): BundledFunction {
    const usage = this.bundle('Usage', 'usage', 'Counts calls and notes down when keys were last used', {
      TABLE_NAME: table.tableName,
      AUTHORIZER_LOG_GROUP: authorizerLog.logGroupName,
    });
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
      filterPattern: REFUSAL_LINES,
    });
    // CloudWatch Logs makes no filter for a function that it may not invoke.
    refusals.node.addDependency(permission);
    return usage;
  }

  private bundle(
    id: string,
    folder: CoreFunction,
    description: string,
    environment: Readonly<Record<string, string>>,
  ): BundledFunction {
    return new BundledFunction(this, id, {
      entry: coreFunctionEntry(folder),
      description,
      // The ARNs of these stand in the stacks of other teams, which nothing updates when the core changes.
      ...(NAMED_FUNCTIONS.has(folder) && { functionName: `keybound-${this.deployment}-${folder}` }),
      environment,
      memorySize: 256,
      timeout: Duration.seconds(TIMEOUT_SECONDS[folder] ?? 20),
      logRetention: this.logRetention,
      removalPolicy: this.retention().removalPolicy,
    });
  }

  private putOut(outputs: Readonly<Record<string, readonly [value: string, description: string]>>): void {
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description });
    }
  }

  private userPool({ deployment, portalOrigins = [], commandLineSignIn, mfa }: KeyboundStackProps): Identity {
    return new UserPoolIdentity(this, 'Identity', {
      domainPrefix: `keybound-${deployment}-${this.account}`,
      portalOrigins,
      commandLineSignIn: commandLineSignIn ?? this.throwAway,
      mfa: mfa ?? (this.throwAway ? 'off' : 'required'),
      ...this.retention(),
    });
  }

  private retention(): { readonly deletionProtection: boolean; readonly removalPolicy: RemovalPolicy } {
    return {
      deletionProtection: !this.throwAway,
      // Not kept when the deployment that would have made it fails: nothing is in it yet.
      removalPolicy: this.throwAway ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    };
  }
}
