import { EventBridgeClient, PutEventsCommand, type PutEventsResultEntry } from '@aws-sdk/client-eventbridge';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, it } from 'vitest';
import { publishChanges } from '../../../lambdas/functions/changes/publish-changes.ts';
import type { LogEntry } from '../../../lambdas/platform/log.ts';
import { auditEntry, KEY, recordOf } from './stream-records.ts';

const bridge = mockClient(EventBridgeClient);
const logged: LogEntry[] = [];
const publisher = {
  client: new EventBridgeClient({ region: 'us-east-1' }),
  eventBusName: 'keybound-test',
  log: (entry: LogEntry) => void logged.push(entry),
};

beforeEach(() => {
  bridge.reset();
  logged.length = 0;
});

const ACCEPTED: PutEventsResultEntry = { EventId: 'accepted' };
const THROTTLED = { ErrorCode: 'ThrottlingException', ErrorMessage: 'Too many' };
const accepted = (count: number) => ({ Entries: Array.from({ length: count }, () => ACCEPTED) });
/** Records of generated keys, with the sequence numbers 1, 2 … */
const records = (count: number) =>
  Array.from({ length: count }, (_, index) =>
    recordOf(auditEntry('key.generate', { after: KEY }), String(index + 1)),
  );
const sizes = () =>
  bridge.commandCalls(PutEventsCommand).map((call) => call.args[0].input.Entries?.length ?? 0);
const identifiers = ({ batchItemFailures }: Awaited<ReturnType<typeof publishChanges>>) =>
  batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);

describe('publishing the changes of a batch', () => {
  it('sends ten events at a time to the bus, in order, with the time of the change', async () => {
    bridge.on(PutEventsCommand).callsFake((input: { Entries: unknown[] }) => accepted(input.Entries.length));
    const entry = auditEntry('key.suspend', { before: KEY, after: { ...KEY, status: 'SUSPENDED' } });
    const answer = await publishChanges(publisher, [...records(22), recordOf(entry, '23')]);
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(sizes()).toEqual([10, 10, 3]);
    const last = bridge.commandCalls(PutEventsCommand).at(-1)?.args[0].input.Entries?.at(-1);
    expect(last).toMatchObject({
      EventBusName: 'keybound-test',
      Source: 'keybound',
      DetailType: 'API Key Suspended',
      Time: new Date(entry.at),
    });
    expect(JSON.parse(last?.Detail ?? '')).toMatchObject({ eventId: entry.auditId, status: 'SUSPENDED' });
  });

  it('reports the records of the entries that were refused, and of all that was not tried any more', async () => {
    bridge
      .on(PutEventsCommand)
      .resolvesOnce(accepted(10))
      .resolvesOnce({ Entries: accepted(10).Entries.with(3, THROTTLED).with(7, THROTTLED) });
    const answer = await publishChanges(publisher, records(25));
    expect(identifiers(answer)).toEqual(['14', '18', '21', '22', '23', '24', '25']);
    expect(sizes()).toEqual([10, 10]);
    expect(logged).toMatchObject([
      { level: 'ERROR', type: 'event_refused', errorCode: 'ThrottlingException' },
      { level: 'ERROR', type: 'event_refused' },
    ]);
  });

  it.each([
    ['a call that fails', () => bridge.on(PutEventsCommand).rejects(new Error('no network'))],
    ['an answer without entries', () => bridge.on(PutEventsCommand).resolves({})],
    ['an answer with too few entries', () => bridge.on(PutEventsCommand).resolves(accepted(0))],
  ])('reports every record after %s', async (_, arrange) => {
    arrange();
    expect(identifiers(await publishChanges(publisher, records(3)))).toEqual(['1', '2', '3']);
    expect(logged[0]).toMatchObject({ level: 'ERROR' });
  });

  it('gives the same event the same id when a record is delivered again', async () => {
    bridge.on(PutEventsCommand).resolvesOnce({}).resolves(accepted(2));
    const batch = records(2);
    await publishChanges(publisher, batch);
    await publishChanges(publisher, batch);
    const [first, second] = bridge
      .commandCalls(PutEventsCommand)
      .map((call) => call.args[0].input.Entries?.map(({ Detail }) => Detail));
    expect(first).toEqual(second);
  });

  it('logs what it does not know or cannot read, and publishes the rest', async () => {
    bridge.on(PutEventsCommand).resolves(accepted(1));
    const answer = await publishChanges(publisher, [
      recordOf(auditEntry('key.teleport'), '1'),
      recordOf({ action: 'key.revoke' }, '2'),
      recordOf(auditEntry('policy.create'), '3'),
      { eventName: 'REMOVE', dynamodb: { SequenceNumber: '4' } },
      ...records(1),
    ]);
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(sizes()).toEqual([1]);
    expect(logged).toMatchObject([
      { level: 'WARN', type: 'unknown_action', action: 'key.teleport', sequenceNumber: '1' },
      { level: 'ERROR', type: 'unreadable_change', sequenceNumber: '2' },
    ]);
  });

  it('calls nobody when there is nothing to tell', async () => {
    expect(await publishChanges(publisher, [recordOf(auditEntry('policy.create'), '1')])).toEqual({
      batchItemFailures: [],
    });
    expect(sizes()).toEqual([]);
  });
});
