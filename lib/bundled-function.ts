import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { AssetHashType, DockerImage } from 'aws-cdk-lib';
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
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type * as Esbuild from 'esbuild';
import type { BuildOptions } from 'esbuild';
import { z } from 'zod';
import { checkProps } from './check-props.ts';
import { duration, removalPolicy, retentionDays } from './prop-kinds.ts';

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
} as const satisfies BuildOptions;

export type BundledFunctionProps = Readonly<z.infer<typeof BundledFunctionProps>>;
const BundledFunctionProps = z.object({
  /** Path of the TypeScript file whose export `handler` is invoked. */
  entry: z.string(),
  description: z.string(),
  memorySize: z.number(),
  timeout: duration,
  environment: z.record(z.string(), z.string()).readonly(),
  logRetention: retentionDays,
  removalPolicy,
});

/**
 * A Lambda function as Keybound runs them: Node.js 24 on arm64, one minified ESM file with the SDK inside, JSON
 * logs in a group of its own, and a role that may write just there until more is granted.
 */
export class BundledFunction extends Construct {
  readonly function: Function;
  readonly logGroup: LogGroup;

  /** `codeOf`: what runs instead of the entry alone; `functionId`: the id of `function` within this construct. */
  constructor(
    scope: Construct,
    id: string,
    props: BundledFunctionProps,
    codeOf: (entry: string) => AssetCode = codeOfEntry,
    functionId = 'Function',
  ) {
    checkProps(scope, id, BundledFunctionProps, props);
    super(scope, id);
    const { entry, logRetention, removalPolicy, environment, ...rest } = props;
    this.logGroup = new LogGroup(this, 'Logs', { retention: logRetention, removalPolicy });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
      description: `Role of: ${props.description}`,
    });
    this.logGroup.grantWrite(role);
    this.function = new Function(this, functionId, {
      ...rest,
      code: codeOf(entry),
      handler: 'index.handler',
      environment: { ...environment },
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

/** The code of a module: a bundle by itself, if it was made when the package was built, else bundled now. */
function codeOfEntry(entry: string): AssetCode {
  return entry.endsWith('.mjs') ? Code.fromAsset(dirname(entry)) : bundle(entry, { entryPoints: [entry] });
}

/**
 * Bundles `input` with esbuild, in this process: no Docker, and no package manager started for each function. `entry`:
 * the file that it is about, for its place.
 */
export function bundle(entry: string, input: Pick<BuildOptions, 'entryPoints' | 'stdin'>): AssetCode {
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
