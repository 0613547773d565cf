/** A function as the template declares it, every intrinsic resolved. */
export interface FunctionDefinition {
  readonly functionName: string;
  readonly functionArn: string;
  /** A directory of modules, or the source of an inline function. */
  readonly code: { readonly directory: string } | { readonly inlineSource: string };
  /** `index.handler`: the module's path without extension, then the export. */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly memoryMegabytes: number;
  readonly timeoutSeconds: number;
  readonly logFormat: 'JSON' | 'Text';
  /** Lines of the patched console below this level are dropped; only with the JSON format. */
  readonly logLevel: string;
  readonly logGroupName: string;
  /** From `ReservedConcurrentExecutions`. */
  readonly maxConcurrency?: number;
}
