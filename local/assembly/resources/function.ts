import { z } from 'zod';
import type { FunctionDefinition } from '../../functions/function-definition.ts';
import type { DeployedResource, ResourceContext } from '../deployment.ts';
import { localArn, physicalName } from '../physical-names.ts';
import { harmless, numberProperty, parseProperties } from './parse-properties.ts';

const functionProperties = z.strictObject({
  FunctionName: z.string().optional(),
  Code: z.union([
    z.strictObject({ S3Bucket: harmless, S3Key: z.string(), SourceKMSKeyArn: harmless }),
    z.strictObject({ ZipFile: z.string() }),
  ]),
  Handler: z.string(),
  Runtime: z.string().regex(/^nodejs\d+\.x$/, 'only Node.js runtimes can be run'),
  PackageType: z.literal('Zip').optional(),
  Environment: z
    .strictObject({
      Variables: z
        .record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String))
        .default({}),
    })
    .optional(),
  MemorySize: numberProperty.default(128),
  Timeout: numberProperty.default(3),
  ReservedConcurrentExecutions: numberProperty.optional(),
  Layers: z.array(z.never('layers are not supported')).optional(),
  LoggingConfig: z
    .strictObject({
      LogFormat: z.enum(['JSON', 'Text']).default('Text'),
      ApplicationLogLevel: z.string().optional(),
      SystemLogLevel: harmless,
      LogGroup: z.string().optional(),
    })
    .optional(),
  Role: z.string().regex(/^arn:aws:iam::\d{12}:role\/[\w+=,.@/-]+$/, 'a function needs the ARN of a role'),
  // Processor, tracing, encryption and what happens to failed asynchronous invocations cannot be seen by the code.
  Architectures: harmless,
  DeadLetterConfig: harmless,
  Description: harmless,
  EphemeralStorage: harmless,
  KmsKeyArn: harmless,
  RecursiveLoop: harmless,
  RuntimeManagementConfig: harmless,
  Tags: harmless,
  TracingConfig: harmless,
});

/** `AWS::Lambda::Function` */
export function deployFunction(context: ResourceContext): DeployedResource {
  const properties = parseProperties(context, functionProperties);
  const functionName = properties.FunctionName ?? physicalName(context.stack, context.logicalId, 64);
  const functionArn = localArn('lambda', `function:${functionName}`);
  const logging = properties.LoggingConfig;
  if (properties.ReservedConcurrentExecutions === 0) {
    throw context.cannotRun('a function that may not run at all', 'Properties.ReservedConcurrentExecutions');
  }
  const definition: FunctionDefinition = {
    functionName,
    functionArn,
    code:
      'ZipFile' in properties.Code
        ? { inlineSource: properties.Code.ZipFile }
        : assetOf(context, properties.Code),
    handler: properties.Handler,
    environment: properties.Environment?.Variables ?? {},
    memoryMegabytes: properties.MemorySize,
    timeoutSeconds: properties.Timeout,
    logFormat: logging?.LogFormat ?? 'Text',
    logLevel: logging?.ApplicationLogLevel ?? 'INFO',
    logGroupName: logging?.LogGroup ?? `/aws/lambda/${functionName}`,
    ...(properties.ReservedConcurrentExecutions === undefined
      ? {}
      : { maxConcurrency: properties.ReservedConcurrentExecutions }),
  };
  context.roles.assign(functionName, properties.Role.split('/').at(-1) ?? '');
  context.provisioner.function(definition);
  return { ref: functionName, attributes: { Arn: functionArn } };
}

function assetOf(context: ResourceContext, code: { S3Key: string }): { directory: string } {
  const directory = context.assets.get(code.S3Key);
  if (directory !== undefined && !directory.endsWith('.zip')) return { directory };
  throw context.cannotRun(
    directory === undefined
      ? `the assembly has no asset with the key ${code.S3Key}`
      : `the asset ${code.S3Key} is an archive; only directories can be run`,
    'Properties.Code.S3Key',
  );
}
