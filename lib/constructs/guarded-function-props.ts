import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { FunctionOptions, Runtime } from 'aws-cdk-lib/aws-lambda';
import type { BundlingOptions } from 'aws-cdk-lib/aws-lambda-nodejs';
import type { ILogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { z } from 'zod';
import { mustBe, type ChecksOf } from '../internal/checks/check-props.ts';
import { duration, mustMatch, removalPolicy, retentionDays, texts } from '../internal/checks/prop-kinds.ts';
import { valueIn } from '../internal/checks/value-in.ts';

/** Options of functions that this one has under another name, or that CDK keeps for old apps only. */
type Replaced =
  | 'applicationLogLevel'
  | 'logFormat'
  | 'logGroup'
  | 'logRemovalPolicy'
  | 'logRetention'
  | 'logRetentionRetryOptions'
  | 'logRetentionRole'
  | 'systemLogLevel';

/**
 * How esbuild bundles a backend: options of CDK's `NodejsFunction`. The bundle is one ESM file for the runtime, with all
 * dependencies, CommonJS ones too, and the AWS SDK inside.
 * @example { sourceMap: true, externalModules: ['@aws-sdk/*', 'sharp'] }
 */
export interface GuardedFunctionBundling extends Pick<
  BundlingOptions,
  'banner' | 'define' | 'footer' | 'inject' | 'keepNames' | 'mainFields' | 'sourcesContent' | 'tsconfig'
> {
  /**
   * Whether the code is made small.
   * @default true
   */
  readonly minify?: boolean;
  /**
   * Whether stack traces name the lines of the source. The map is deployed with the code, and read at the first error.
   * @default false
   */
  readonly sourceMap?: boolean;
  /**
   * Modules that are left out of the bundle, because the runtime or a layer has them.
   * @default - none: the SDK is bundled, too
   * @example ['@aws-sdk/*', 'sharp']
   */
  readonly externalModules?: readonly string[];
  /**
   * How files are bundled, by their ending.
   * @default - as esbuild does: https://esbuild.github.io/content-types/
   * @example { '.html': 'text' }
   */
  readonly loader?: Readonly<Record<string, BundleLoader>>;
}

const LOADERS = [
  'base64',
  'binary',
  'copy',
  'dataurl',
  'empty',
  'file',
  'js',
  'json',
  'jsx',
  'text',
  'ts',
  'tsx',
] as const;
/** A loader of esbuild: the kind of content that a file becomes. */
export type BundleLoader = (typeof LOADERS)[number];

/**
 * The properties of a `GuardedFunction`: those of every function of CDK, and its entry.
 * @example { entry: 'backends/orders.ts' }
 * @example { entry: 'backends/orders.ts', memorySize: 512, timeout: Duration.seconds(5), environment: { TABLE: table.tableName } }
 */
export interface GuardedFunctionProps extends Omit<FunctionOptions, Replaced> {
  /**
   * Path of the TypeScript or JavaScript file, ESM or CommonJS, whose export `handler` serves the allowed calls.
   * @example 'backends/orders.ts'
   */
  readonly entry: string;
  /**
   * At most 256 characters of Latin-1: it also stands in the description of the role.
   * @default - the path of the construct
   */
  readonly description?: string;
  /**
   * In MB, from 128 to 10,240.
   * @default 256
   */
  readonly memorySize?: number;
  /**
   * Callers of an HTTP API get no answer after 30 seconds.
   * @default Duration.seconds(10)
   */
  readonly timeout?: Duration;
  /**
   * A version of Node.js.
   * @default Runtime.NODEJS_24_X
   */
  readonly runtime?: Runtime;
  /**
   * How the backend is bundled.
   * @default - one minified ESM file
   */
  readonly bundling?: GuardedFunctionBundling;
  /**
   * The group that it logs to.
   * @default - one of its own
   */
  readonly logGroup?: ILogGroup;
  /**
   * How long its own log group keeps lines.
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays;
  /**
   * The fate of its own log group when that leaves the stack.
   * @default RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
   */
  readonly removalPolicy?: RemovalPolicy;
}

/** The description of a role, which tells whose it is, as IAM takes it: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const DESCRIPTION = /^[\u0020-\u007E\u00A1-\u00FF]{0,256}$/;
const option = z.unknown().optional();

const GuardedFunctionBundling = z.strictObject({
  minify: z.boolean().optional(),
  sourceMap: z.boolean().optional(),
  externalModules: texts.optional(),
  loader: z.record(z.string(), z.enum(LOADERS)).readonly().optional(),
  banner: z.string().optional(),
  define: z.record(z.string(), z.string()).optional(),
  footer: z.string().optional(),
  inject: z.array(z.string()).optional(),
  keepNames: z.boolean().optional(),
  mainFields: z.array(z.string()).optional(),
  sourcesContent: z.boolean().optional(),
  tsconfig: z.string().optional(),
} satisfies ChecksOf<GuardedFunctionBundling>);

/** The function's own options, and by name alone those that CDK checks. */
export const GuardedFunctionProps = z.strictObject({
  entry: z.string(),
  description: mustMatch(DESCRIPTION, 'at most 256 characters of Latin-1').optional(),
  functionName: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .optional(),
  memorySize: z
    .int(mustBe('a whole number of MB'))
    .min(128, mustBe('at least 128 MB'))
    .max(10_240, mustBe('at most 10,240 MB'))
    .optional(),
  timeout: duration.optional(),
  environment: z.record(z.string(), z.string()).readonly().optional(),
  runtime: z
    .custom<Runtime>(
      (value) => /^nodejs\d+\.x$/.test(String(valueIn(value, 'name'))),
      mustBe('a Node.js runtime'),
    )
    .optional(),
  bundling: GuardedFunctionBundling.optional(),
  logGroup: z
    .custom<ILogGroup>(
      (value) => typeof valueIn(value, 'logGroupName') === 'string',
      mustBe('a LogGroup of CDK'),
    )
    .optional(),
  logRetention: retentionDays.optional(),
  removalPolicy: removalPolicy.optional(),
  adotInstrumentation: option,
  allowAllIpv6Outbound: option,
  allowAllOutbound: option,
  allowPublicSubnet: option,
  applicationLogLevelV2: option,
  architecture: option,
  codeSigningConfig: option,
  currentVersionOptions: option,
  deadLetterQueue: option,
  deadLetterQueueEnabled: option,
  deadLetterTopic: option,
  durableConfig: option,
  environmentEncryption: option,
  ephemeralStorageSize: option,
  events: option,
  filesystem: option,
  initialPolicy: option,
  insightsVersion: option,
  ipv6AllowedForDualStack: option,
  layers: option,
  loggingFormat: option,
  maxEventAge: option,
  onFailure: option,
  onSuccess: option,
  paramsAndSecrets: option,
  profiling: option,
  profilingGroup: option,
  recursiveLoop: option,
  reservedConcurrentExecutions: option,
  retryAttempts: option,
  role: option,
  runtimeManagementMode: option,
  securityGroups: option,
  snapStart: option,
  systemLogLevelV2: option,
  tenancyConfig: option,
  tracing: option,
  vpc: option,
  vpcSubnets: option,
} satisfies Readonly<Record<keyof GuardedFunctionProps, z.ZodType>>);
