import { randomUUID } from 'node:crypto';
import type { InvocationResult } from '../gateway/model.ts';
import type { FunctionDefinition } from './function-definition.ts';
import {
  startInstance,
  type FunctionInstance,
  type InstanceOptions,
  type RunResult,
} from './function-instance.ts';

/**
 * Handling of an event while the reserved concurrency is used up: a caller who waits is told `throttled`;
 * what Lambda tries again by itself comes later.
 */
export type WhenBusy = 'throttle' | 'wait';

/** The instances of one function. */
export interface FunctionPool {
  /**
   * Runs one event as soon as an instance is free, first come first served.
   * After `timeoutMilliseconds` the caller gets 'timed-out'; an event that already runs goes on until the
   * function's own time-out, as behind API Gateway.
   */
  invoke(payload: unknown, timeoutMilliseconds: number, whenBusy?: WhenBusy): Promise<InvocationResult>;
  close(): Promise<void>;
}

export interface PoolOptions extends InstanceOptions {
  readonly maxInstances: number;
}

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const PAYLOAD_LIMIT_BYTES = 6 * 1024 * 1024;

interface Job {
  readonly payload: string;
  readonly settle: (result: RunResult) => void;
  abandoned: boolean;
}

export function createFunctionPool(definition: FunctionDefinition, options: PoolOptions): FunctionPool {
  const maxInstances = Math.min(options.maxInstances, definition.maxConcurrency ?? Infinity);
  const instances = new Set<FunctionInstance>();
  const idle: FunctionInstance[] = [];
  const queue: Job[] = [];
  let running = 0;
  let closed = false;
  const isExhausted = (): boolean =>
    definition.maxConcurrency !== undefined &&
    running + queue.filter(({ abandoned }) => !abandoned).length >= definition.maxConcurrency;

  const takeInstance = (): FunctionInstance | undefined => {
    for (let instance = idle.pop(); instance !== undefined; instance = idle.pop()) {
      if (instance.isAlive()) return instance;
      instances.delete(instance);
    }
    if (instances.size >= maxInstances) return undefined;
    const instance = startInstance(definition, options);
    instances.add(instance);
    return instance;
  };

  const runJob = async (instance: FunctionInstance, job: Job): Promise<void> => {
    running += 1;
    const result = await instance.run(randomUUID(), job.payload);
    running -= 1;
    if (instance.isAlive()) idle.push(instance);
    else instances.delete(instance);
    job.settle(result);
    dispatch();
  };

  const dispatch = (): void => {
    while (queue.length > 0 && !closed) {
      if (queue[0]?.abandoned === true) {
        queue.shift();
        continue;
      }
      const instance = takeInstance();
      const job = instance === undefined ? undefined : queue.shift();
      if (instance === undefined || job === undefined) return;
      void runJob(instance, job);
    }
  };

  return {
    async invoke(payload, timeoutMilliseconds, whenBusy = 'throttle') {
      if (whenBusy === 'throttle' && isExhausted()) return { outcome: 'throttled' };
      const text = JSON.stringify(payload ?? null);
      if (Buffer.byteLength(text) > PAYLOAD_LIMIT_BYTES) {
        return threw(
          'RequestEntityTooLargeException',
          `Request must be smaller than ${PAYLOAD_LIMIT_BYTES} bytes`,
        );
      }
      const result = await new Promise<RunResult>((resolve) => {
        const timer = setTimeout(() => {
          job.abandoned = true;
          resolve({ outcome: 'timed-out' });
        }, timeoutMilliseconds);
        const job: Job = {
          payload: text,
          abandoned: false,
          settle: (settled) => {
            clearTimeout(timer);
            resolve(settled);
          },
        };
        queue.push(job);
        dispatch();
      });
      return answerOf(result);
    },
    async close() {
      closed = true;
      for (const job of queue.splice(0)) job.settle({ outcome: 'timed-out' });
      await Promise.all(Array.from(instances, (instance) => instance.terminate()));
    },
  };
}

function answerOf(result: RunResult): InvocationResult {
  if (result.outcome !== 'returned') return result;
  if (Buffer.byteLength(result.payload) > PAYLOAD_LIMIT_BYTES) {
    return threw(
      'Function.ResponseSizeTooLarge',
      `Response payload size exceeded maximum allowed payload size (${PAYLOAD_LIMIT_BYTES} bytes).`,
    );
  }
  const payload: unknown = JSON.parse(result.payload);
  return { outcome: 'returned', payload };
}

function threw(errorType: string, errorMessage: string): InvocationResult {
  return { outcome: 'threw', errorType, errorMessage };
}
