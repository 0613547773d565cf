import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ANY_TEXT } from '../any-text.ts';
import { compileFilterPattern } from '../../../local/functions/filter-pattern.ts';
import { createLogRouter } from '../../../local/functions/log-router.ts';
import type { InvocationResult } from '../../../local/gateway/model.ts';

const DELIVERED: InvocationResult = { outcome: 'returned', payload: null };

function router(
  filterPattern: string,
  answer: InvocationResult | Promise<InvocationResult> = DELIVERED,
  delayMilliseconds = 60_000,
) {
  const deliveries: { functionArn: string; data: unknown }[] = [];
  const failures: string[] = [];
  const created = createLogRouter({
    subscriptions: [
      {
        filterName: 'refusals',
        logGroupName: '/log',
        passes: compileFilterPattern(filterPattern),
        functionArn: 'arn:usage',
      },
    ],
    invoke: (functionArn, payload) => {
      const encoded: unknown = Reflect.get(Object(Reflect.get(Object(payload), 'awslogs')), 'data');
      const data: unknown = JSON.parse(gunzipSync(Buffer.from(String(encoded), 'base64')).toString());
      deliveries.push({ functionArn, data });
      return Promise.resolve(answer);
    },
    delayMilliseconds,
    now: () => 1_700_000_000_000,
    reportFailure: (text) => failures.push(text),
  });
  onTestFinished(() => created.close());
  return { router: created, deliveries, failures };
}

describe('a subscription filter', () => {
  it('delivers lines that pass, collected by log stream, in the form of CloudWatch Logs', async () => {
    const { router: logs, deliveries } = router('{ $.status = 403 }');
    logs.write('/log', 'one', '{"status":403,"n":1}');
    logs.write('/log', 'one', '{"status":200}');
    logs.write('/log', 'one', '{"status":403,"n":2}');
    logs.write('/log', 'two', '{"status":403,"n":3}');
    logs.write('/other', 'one', '{"status":403}');
    await logs.settle();
    const event = (message: string) => ({ id: ANY_TEXT, timestamp: 1_700_000_000_000, message });
    const envelope = {
      messageType: 'DATA_MESSAGE',
      owner: '000000000000',
      logGroup: '/log',
      subscriptionFilters: ['refusals'],
    };
    expect(deliveries).toEqual([
      {
        functionArn: 'arn:usage',
        data: {
          ...envelope,
          logStream: 'one',
          logEvents: [event('{"status":403,"n":1}'), event('{"status":403,"n":2}')],
        },
      },
      {
        functionArn: 'arn:usage',
        data: { ...envelope, logStream: 'two', logEvents: [event('{"status":403,"n":3}')] },
      },
    ]);
  });

  it('delivers by itself after a while', async () => {
    const { router: logs, deliveries } = router('', DELIVERED, 1);
    logs.write('/log', 'one', 'plain');
    await expect.poll(() => deliveries.length).toBe(1);
  });

  it('collects what a log stream gets while a delivery of it is on its way, and delivers that next', async () => {
    const { promise: taken, resolve: take } = Promise.withResolvers<InvocationResult>();
    const { router: logs, deliveries } = router('', taken, 1);
    logs.write('/log', 'one', 'first');
    await expect.poll(() => deliveries.length).toBe(1);
    logs.write('/log', 'one', 'second');
    logs.write('/log', 'two', 'of another stream');
    logs.write('/log', 'one', 'third');
    await expect.poll(() => deliveries.length).toBe(2);
    take(DELIVERED);
    await logs.settle();
    expect(deliveries.map(({ data }) => data)).toMatchObject([
      { logStream: 'one', logEvents: [{ message: 'first' }] },
      { logStream: 'two', logEvents: [{ message: 'of another stream' }] },
      { logStream: 'one', logEvents: [{ message: 'second' }, { message: 'third' }] },
    ]);
  });

  it('reports what its function does not take', async () => {
    const { router: logs, failures } = router('', {
      outcome: 'threw',
      errorType: 'Error',
      errorMessage: 'full',
    });
    logs.write('/log', 'one', 'plain');
    await logs.settle();
    expect(failures).toEqual(['Subscription filter refusals: lines not taken: 1 (full)']);
  });
});
