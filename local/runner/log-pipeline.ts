import type { FunctionLine } from '../functions/function-host.ts';
import { createLogRouter, type LogRouter } from '../functions/log-router.ts';
import type { SubscriptionDefinition } from '../functions/subscription-definition.ts';
import type { InvocationResult, WriteAccessLog } from '../gateway/model.ts';
import type { RunnerLine } from '../runner.ts';

/** Takes every log line: shows it, and hands it to the subscription filters once they are known. */
export interface LogPipeline {
  readonly writeFunctionLine: (line: FunctionLine) => void;
  readonly writeAccessLog: WriteAccessLog;
  connect(
    subscriptions: readonly SubscriptionDefinition[],
    invoke: (functionArn: string, payload: unknown) => Promise<InvocationResult>,
  ): void;
  settle(): Promise<void>;
  close(): Promise<void>;
}

const DELIVERY_DELAY_MILLISECONDS = 100;

export function createLogPipeline(options: {
  readonly writeLine: (line: RunnerLine) => void;
  readonly now: () => number;
}): LogPipeline {
  // Functions run before the subscriptions are known: custom resources are part of the deployment.
  const early: [group: string, stream: string, line: string][] = [];
  let router: LogRouter | undefined;
  const route = (group: string, stream: string, line: string): void => {
    if (router === undefined) early.push([group, stream, line]);
    else router.write(group, stream, line);
  };
  return {
    writeFunctionLine({ functionName, logGroupName, logStreamName, line }) {
      options.writeLine({ source: 'function', name: functionName, line });
      route(logGroupName, logStreamName, line);
    },
    writeAccessLog(destinationArn, line) {
      const group = /:log-group:([^:]+)/.exec(destinationArn)?.[1] ?? destinationArn;
      options.writeLine({ source: 'access-log', name: group, line });
      route(group, 'access-log', line);
    },
    connect(subscriptions, invoke) {
      router = createLogRouter({
        subscriptions,
        invoke,
        delayMilliseconds: DELIVERY_DELAY_MILLISECONDS,
        now: options.now,
        reportFailure: (line) => options.writeLine({ source: 'runner', name: 'runner', line }),
      });
      for (const [group, stream, line] of early.splice(0)) router.write(group, stream, line);
    },
    settle: () => router?.settle() ?? Promise.resolve(),
    close: () => router?.close() ?? Promise.resolve(),
  };
}
