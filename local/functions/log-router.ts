import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { LOCAL_ACCOUNT } from '../assembly/physical-names.ts';
import type { InvocationResult } from '../gateway/model.ts';
import type { SubscriptionDefinition } from './subscription-definition.ts';

/** Takes log lines and delivers those that a subscription filter lets pass. */
export interface LogRouter {
  write(logGroupName: string, logStreamName: string, line: string): void;
  /** Resolves when every line written so far has been delivered and its function has ended. */
  settle(): Promise<void>;
  close(): Promise<void>;
}

export interface LogRouterOptions {
  readonly subscriptions: readonly SubscriptionDefinition[];
  readonly invoke: (functionArn: string, payload: unknown) => Promise<InvocationResult>;
  /** How long lines are collected before they are delivered together. */
  readonly delayMilliseconds: number;
  readonly now: () => number;
  /** Told of deliveries that failed; CloudWatch Logs would retry them, this router drops them. */
  readonly reportFailure: (text: string) => void;
}

interface LogEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

/** Lines of one log stream that wait: they are collected while those before them are on their way. */
interface Backlog {
  readonly events: LogEvent[];
  sending: boolean;
}

interface Delivery {
  readonly subscription: SubscriptionDefinition;
  readonly streams: Map<string, Backlog>;
}

// Keeps one delivery far below the limit for a function's payload.
const MAXIMUM_EVENTS = 500;

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html */
export function createLogRouter(options: LogRouterOptions): LogRouter {
  const byGroup = new Map<string, Delivery[]>();
  for (const subscription of options.subscriptions) {
    const delivery = { subscription, streams: new Map<string, Backlog>() };
    byGroup.set(subscription.logGroupName, [...(byGroup.get(subscription.logGroupName) ?? []), delivery]);
  }
  const running = new Set<Promise<void>>();
  let timer: NodeJS.Timeout | undefined;

  const send = async ({ subscription }: Delivery, logStream: string, events: LogEvent[]): Promise<void> => {
    const data = {
      messageType: 'DATA_MESSAGE',
      owner: LOCAL_ACCOUNT,
      logGroup: subscription.logGroupName,
      logStream,
      subscriptionFilters: [subscription.filterName],
      logEvents: events,
    };
    const result = await options
      .invoke(subscription.functionArn, {
        awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') },
      })
      .catch((error: unknown) => ({ outcome: 'threw' as const, errorMessage: String(error) }));
    if (result.outcome !== 'returned') {
      options.reportFailure(
        `Subscription filter ${subscription.filterName}: lines not taken: ${events.length} (${'errorMessage' in result ? result.errorMessage : result.outcome})`,
      );
    }
  };
  const sendAll = async (delivery: Delivery, logStream: string, { events }: Backlog): Promise<void> => {
    while (events.length > 0) await send(delivery, logStream, events.splice(0, MAXIMUM_EVENTS));
    delivery.streams.delete(logStream);
  };
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const delivery of Array.from(byGroup.values()).flat()) {
      for (const [logStream, backlog] of delivery.streams) {
        if (backlog.sending) continue;
        backlog.sending = true;
        const sending = sendAll(delivery, logStream, backlog);
        running.add(sending);
        void sending.finally(() => running.delete(sending));
      }
    }
  };
  const settle = async (): Promise<void> => {
    flush();
    // A function that was invoked can have written lines that go to another one.
    while (running.size > 0) {
      await Promise.all(running);
      flush();
    }
  };

  return {
    write(logGroupName, logStreamName, line) {
      for (const { subscription, streams } of byGroup.get(logGroupName) ?? []) {
        if (!subscription.passes(line)) continue;
        const backlog = streams.get(logStreamName) ?? { events: [], sending: false };
        streams.set(logStreamName, backlog);
        backlog.events.push({ id: randomUUID(), timestamp: options.now(), message: line });
        if (!backlog.sending) timer ??= setTimeout(flush, options.delayMilliseconds);
      }
    },
    settle,
    async close() {
      await settle();
      byGroup.clear();
    },
  };
}
