import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AssetHashType, DockerImage, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type AssetCode,
  Code,
  Function,
  ApplicationLogLevel,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type * as Esbuild from 'esbuild';
import type { BuildOptions } from 'esbuild';
import { z } from 'zod';
import { isCoreBundle } from './core-function.ts';
import { checkProps, mustBe } from '../checks/check-props.ts';
import { duration, mustMatch, removalPolicy, retentionDays, texts } from '../checks/prop-kinds.ts';

/** How every function is bundled; the benchmarks build theirs the same way. */
export const BUNDLE_SETTINGS = {
  bundle: true,
  minify: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  // The SDK is bundled, too: that of the runtime is loaded file by file, and changes without notice.
  mainFields: ['module', 'main'],
  logLevel: 'warning',
  // CommonJS inside asks for modules of Node.js with `require`, which a module of ECMAScript does not have.
  banner: {
    js: 'import{createRequire as keyboundCreateRequire}from"node:module";var require=keyboundCreateRequire(import.meta.url);',
  },
} as const satisfies BuildOptions;

/** What IAM takes in the description of a role, which tells whose it is: https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const DESCRIPTION = /^[\u0020-\u007E\u00A1-\u00FF]{0,256}$/;

export type BundledFunctionProps = Readonly<z.infer<typeof BundledFunctionProps>>;
const BundledFunctionProps = z.strictObject({
  /**
   * Path of the TypeScript or JavaScript file whose export `handler` is invoked.
   * @example 'backends/orders.ts'
   */
  entry: z.string(),
  /**
   * At most 256 characters of Latin-1: it also stands in the description of the role.
   * @default the path of the construct
   */
  description: mustMatch(DESCRIPTION, 'at most 256 characters of Latin-1').optional(),
  /**
   * For a function that others refer to: what they have stays right.
   * @default a name that CloudFormation makes
   */
  functionName: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .exactOptional(),
  /**
   * In MB, from 128 to 10,240.
   * @default 256
   */
  memorySize: z
    .int(mustBe('a whole number of MB'))
    .min(128, mustBe('at least 128 MB'))
    .max(10_240, mustBe('at most 10,240 MB'))
    .optional(),
  /**
   * Callers of an HTTP API get no answer after 30 seconds.
   * @default 10 seconds
   */
  timeout: duration.optional(),
  /**
   * Variables of the environment.
   * @default none
   */
  environment: z.record(z.string(), z.string()).readonly().optional(),
  /**
   * How long its log is kept.
   * @default three months
   */
  logRetention: retentionDays.optional(),
  /**
   * The removal policy of its log.
   * @default the log is kept
   */
  removalPolicy: removalPolicy.optional(),
  /**
   * Modules that are left out of the bundle, because the runtime or a layer has them.
   * @default none: the SDK is bundled, too
   * @example ['@aws-sdk/*', 'sharp']
   */
  externals: texts.optional(),
  /**
   * Whether the code is made small.
   * @default true
   */
  minify: z.boolean().optional(),
  /**
   * Whether stack traces name the lines of the source. The map is deployed with the code, and read at the first error.
   * @default false
   */
  sourceMap: z.boolean().optional(),
});

/**
 * A Lambda function as Keybound runs them: Node.js 24 on arm64, one minified ESM file with the SDK inside, JSON
 * logs in a group of its own, and a role that may write just there until more is granted.
 */
export class BundledFunction extends Construct {
  readonly function: Function;
  readonly logGroup: LogGroup;

  /** `codeOf`: what is bundled instead of the entry alone; `functionId`: the id of `function` within this construct. */
  constructor(
    scope: Construct,
    id: string,
    props: BundledFunctionProps,
    codeOf: (entry: string) => Pick<BuildOptions, 'entryPoints' | 'stdin'> = (entry) => ({
      entryPoints: [entry],
    }),
    functionId = 'Function',
  ) {
    checkProps(scope, id, BundledFunctionProps, props);
    super(scope, id);
    const { entry, environment, sourceMap = false, externals = [], minify = true } = props;
    const { description = this.node.path.replaceAll(/[^\u0020-\u007E]/g, '?').slice(-256) } = props;
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: props.logRetention ?? RetentionDays.THREE_MONTHS,
      removalPolicy: props.removalPolicy ?? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Role of: ${description}`,
    });
    this.logGroup.grantWrite(role);
    this.function = new Function(this, functionId, {
      ...(props.functionName !== undefined && { functionName: props.functionName }),
      description,
      memorySize: props.memorySize ?? 256,
      timeout: props.timeout ?? Duration.seconds(10),
      code: isCoreBundle(entry)
        ? Code.fromAsset(dirname(entry))
        : bundle(entry, { ...codeOf(entry), external: [...externals], minify, sourcemap: sourceMap }),
      handler: 'index.handler',
      environment: { ...(sourceMap && { NODE_OPTIONS: '--enable-source-maps' }), ...environment },
      role,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // Start and report lines of every call would cost more than the calls' own reads.
      systemLogLevelV2: SystemLogLevel.WARN,
    });
  }
}

/**
 * Bundles `input` with esbuild, in this process: no Docker, and no package manager started for each function. `entry`:
 * the file that it is about, for its place.
 */
export function bundle(
  entry: string,
  input: Pick<BuildOptions, 'entryPoints' | 'stdin' | 'external' | 'minify' | 'sourcemap'>,
): AssetCode {
  return Code.fromAsset(dirname(entry), {
    assetHashType: AssetHashType.OUTPUT,
    bundling: {
      image: DockerImage.fromRegistry('none'),
      // Never run. CDK takes two bundles of one folder for the same when all but their functions is equal: without
      // this, one of two entries that lie side by side would get the other's code.
      command: [JSON.stringify(input)],
      local: {
        tryBundle: (outputDirectory) => {
          esbuild().buildSync({ ...BUNDLE_SETTINGS, ...input, outfile: join(outputDirectory, 'index.mjs') });
          return true;
        },
      },
    },
  });
}

/** Loaded only to bundle something: an app whose backends are not bundled here does not need esbuild. */
function esbuild(): typeof Esbuild {
  let loaded: unknown;
  try {
    loaded = createRequire(import.meta.url)('esbuild');
  } catch (error) {
    throw new Error('esbuild is not installed. It bundles your backend: npm install --save-dev esbuild', {
      cause: error,
    });
  }
  if (isEsbuild(loaded)) return loaded;
  throw new Error('the package esbuild that is installed cannot bundle: it has no buildSync');
}

function isEsbuild(loaded: unknown): loaded is typeof Esbuild {
  return typeof Reflect.get(Object(loaded), 'buildSync') === 'function';
}
