import { dirname } from 'node:path';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { ManagedPolicy, Role, ServicePrincipal, type IGrantable, type IPrincipal } from 'aws-cdk-lib/aws-iam';
import {
  ApplicationLogLevel,
  Architecture,
  Code,
  Function,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays, type ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { GuardedFunctionProps } from '../../constructs/guarded-function-props.ts';
import { acknowledge } from '../checks/acknowledge-findings.ts';
import { checkProps } from '../checks/check-props.ts';
import { bundle, type BundledCode } from './bundle.ts';
import { isCoreBundle } from './core-function.ts';

/**
 * A Lambda function as Keybound runs them: Node.js 24 on arm64, one minified ESM file with the SDK inside, JSON
 * logs in a group of its own, and a role that may write just there until more is granted.
 */
export class BundledFunction extends Construct implements IGrantable {
  /** The function itself, to grant it more, or to measure it. */
  readonly function: Function;
  /** The group that it logs to. */
  readonly logGroup: ILogGroup;
  /** Whom `table.grantReadData(backend)` and its like grant to: the role of the function. */
  readonly grantPrincipal: IPrincipal;

  /** `codeOf`: what is bundled instead of the entry alone; `functionId`: the id of `function` within this construct. */
  constructor(
    scope: Construct,
    id: string,
    props: GuardedFunctionProps,
    codeOf: (entry: string) => BundledCode = (entry) => ({ entryPoints: [entry] }),
    functionId = 'Function',
  ) {
    checkProps(scope, id, GuardedFunctionProps, props);
    super(scope, id);
    const { entry, bundling = {}, logRetention, removalPolicy, logGroup, ...options } = props;
    const { description = this.node.path.replaceAll(/[^\u0020-\u007E]/g, '?').slice(-256) } = props;
    const { environment, runtime = Runtime.NODEJS_24_X, loggingFormat = LoggingFormat.JSON } = props;
    if (logGroup !== undefined && (logRetention ?? removalPolicy) !== undefined) {
      throw new Error(
        `${this.node.path}: logRetention and removalPolicy are for its own log group: set them where the logGroup is made`,
      );
    }
    this.logGroup =
      logGroup ??
      new LogGroup(this, 'Logs', {
        retention: logRetention ?? RetentionDays.THREE_MONTHS,
        removalPolicy: removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
      });
    const role = props.role ?? this.role(description, props.vpc !== undefined);
    this.logGroup.grantWrite(role);
    this.function = new Function(this, functionId, {
      ...options,
      architecture: props.architecture ?? Architecture.ARM_64,
      memorySize: props.memorySize ?? 256,
      timeout: props.timeout ?? Duration.seconds(10),
      ...(loggingFormat === LoggingFormat.JSON && {
        applicationLogLevelV2: props.applicationLogLevelV2 ?? ApplicationLogLevel.INFO,
        // Start and report lines of every call would cost more than the calls' own reads.
        systemLogLevelV2: props.systemLogLevelV2 ?? SystemLogLevel.WARN,
      }),
      description,
      role,
      runtime,
      loggingFormat,
      logGroup: this.logGroup,
      code: isCoreBundle(entry)
        ? Code.fromAsset(dirname(entry))
        : bundle(entry, codeOf(entry), { bundling, target: `node${/\d+/.exec(runtime.name)?.[0] ?? ''}` }),
      handler: 'index.handler',
      environment: {
        ...(bundling.sourceMap === true && { NODE_OPTIONS: '--enable-source-maps' }),
        ...environment,
      },
    });
    this.grantPrincipal = this.function.grantPrincipal;
  }

  private role(description: string, isInVpc: boolean): Role {
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Role of: ${description}`,
    });
    if (isInVpc) {
      const policy = 'service-role/AWSLambdaVPCAccessExecutionRole';
      role.addManagedPolicy(ManagedPolicy.fromAwsManagedPolicyName(policy));
      acknowledge(role, {
        id: `AwsSolutions::AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/${policy}]`,
        reason:
          'AWS keeps what a function in a VPC needs of network interfaces in this policy, as CDK uses it.',
      });
    }
    return role;
  }
}
