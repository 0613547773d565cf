import { EventBridgeClient, PutEventsCommand, type PutEventsRequestEntry } from '@aws-sdk/client-eventbridge';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createEventBuses } from '../../../local/runner/event-buses.ts';
import { createStackRegistry } from '../../../local/cloudformation/stack-registry.ts';
import { startServiceEndpoint } from '../../../local/runner/service-endpoint.ts';

const NOW = Date.parse('2026-01-01T12:00:00Z');
const ENTRY: PutEventsRequestEntry = {
  EventBusName: 'orders',
  Source: 'shop',
  DetailType: 'Order Placed',
  Detail: '{"order":1}',
};

/** Buses behind the endpoint that functions reach, called as functions do: with the SDK. */
async function start() {
  const lines: [string, string][] = [];
  const buses = createEventBuses({
    names: ['orders'],
    now: () => NOW,
    show: (name, line) => void lines.push([name, line]),
  });
  const services = await startServiceEndpoint({
    report: () => undefined,
    stacks: createStackRegistry(),
    describeApi: () => undefined,
  });
  onTestFinished(() => services.close());
  services.attachEventBuses(buses);
  const client = new EventBridgeClient({
    endpoint: services.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(() => client.destroy());
  const put = (...Entries: PutEventsRequestEntry[]) => client.send(new PutEventsCommand({ Entries }));
  return { buses, lines, put };
}

describe('an event that a function publishes', () => {
  it('is kept and shown as a rule’s target would get it', async () => {
    const { buses, lines, put } = await start();
    const answer = await put(ENTRY, {
      ...ENTRY,
      EventBusName: 'arn:aws:events:us-east-1:000000000000:event-bus/orders',
      Time: new Date('2025-12-31T23:59:59.500Z'),
      Resources: ['arn:order'],
    });
    expect(answer).toMatchObject({ FailedEntryCount: 0, Entries: [{}, {}] });
    const event = {
      version: '0',
      source: 'shop',
      'detail-type': 'Order Placed',
      account: '000000000000',
      region: 'us-east-1',
      detail: { order: 1 },
    };
    expect(buses.events()).toMatchObject([
      { ...event, time: '2026-01-01T12:00:00Z', resources: [], id: answer.Entries?.[0]?.EventId },
      { ...event, time: '2025-12-31T23:59:59Z', resources: ['arn:order'], id: answer.Entries?.[1]?.EventId },
    ]);
    expect(lines).toEqual(buses.events().map((kept) => ['orders', JSON.stringify(kept)]));
  });

  it.each<[string, Partial<PutEventsRequestEntry>, string]>([
    ['without a source', { Source: '' }, 'InvalidArgument'],
    ['without a detail type', { DetailType: '' }, 'InvalidArgument'],
    ['without a detail', { Detail: '' }, 'InvalidArgument'],
    ['whose detail is no JSON', { Detail: '{' }, 'MalformedDetail'],
    ['whose detail is no object', { Detail: '[1]' }, 'MalformedDetail'],
    ['of AWS itself', { Source: 'aws.s3' }, 'NotAuthorizedForSourceException'],
    ['on a bus that is not there', { EventBusName: 'invoices' }, 'InvalidArgument'],
    ['of more than 256 KB', { Detail: JSON.stringify({ a: 'x'.repeat(256 * 1024) }) }, 'InvalidArgument'],
  ])('%s is refused, and the others of the call are not', async (_, wrong, code) => {
    const { buses, put } = await start();
    const answer = await put(ENTRY, { ...ENTRY, ...wrong }, ENTRY);
    expect(answer).toMatchObject({ FailedEntryCount: 1, Entries: [{}, { ErrorCode: code }, {}] });
    expect(answer.Entries?.map(({ EventId }) => EventId !== undefined)).toEqual([true, false, true]);
    expect(buses.events()).toHaveLength(2);
  });

  it('is not taken with more than ten in one call, or with none', async () => {
    const { buses, put } = await start();
    await expect(put(...Array.from({ length: 11 }, () => ENTRY))).rejects.toThrow('between 1 and 10');
    await expect(put()).rejects.toThrow('between 1 and 10');
    expect(buses.events()).toEqual([]);
    expect(await put(...Array.from({ length: 10 }, () => ENTRY))).toMatchObject({ FailedEntryCount: 0 });
  });

  it('is kept until a thousand newer ones have come', async () => {
    const { buses } = await start();
    const body = (order: number) =>
      JSON.stringify({ Entries: [{ ...ENTRY, Detail: JSON.stringify({ order }) }] });
    for (let order = 0; order < 1_003; order += 1) buses.putEvents(body(order));
    expect(buses.events()).toHaveLength(1_000);
    expect(buses.events()[0]?.detail).toEqual({ order: 3 });
  });

  it('must be in a request that can be read', async () => {
    const { buses } = await start();
    for (const body of ['', '[]', '{"Entries":"none"}', '{"Entries":[1]}']) {
      expect(buses.putEvents(body)).toMatchObject({ status: 400 });
    }
  });
});
