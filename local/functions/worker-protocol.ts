import type { RedirectedHosts } from './redirect-hosts.ts';

/** The runner's first message to a worker. */
export interface WorkerStart {
  /** Absolute path of the module, without extension. */
  readonly modulePath: string;
  /** The export, with dots for nested ones. */
  readonly exportName: string;
  readonly handler: string;
  readonly functionArn: string;
  readonly functionName: string;
  readonly memoryMegabytes: number;
  readonly logGroupName: string;
  readonly logStreamName: string;
  readonly logFormat: 'JSON' | 'Text';
  readonly logLevel: string;
  readonly hosts: RedirectedHosts;
}

/** One event for the worker; the next one follows only after its answer. */
export interface WorkerEvent {
  readonly requestId: string;
  /** The event as JSON text. */
  readonly payload: string;
  readonly deadlineEpochMilliseconds: number;
}

/** A worker's messages to the runner. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'line'; readonly line: string }
  /** `payload` is JSON text. */
  | { readonly kind: 'returned'; readonly payload: string }
  | {
      readonly kind: 'threw';
      readonly errorType: string;
      readonly errorMessage: string;
      /** The module could not be loaded or the process is in doubt: the instance takes no further event. */
      readonly fatal: boolean;
    };
