import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { auditItemKey } from '../../lambdas/platform/dynamodb/keys.ts';
import { matchesEventPattern } from '../../local/functions/event-pattern.ts';
import { synthesizeCore } from './core-stack.ts';

const dev = synthesizeCore();
const thrownAway = synthesizeCore({ throwAway: true });
const Filters = z.object({ Filters: z.array(z.object({ Pattern: z.string() })) });

const FOLLOWERS = [
  { place: 'Events', follower: 'Publisher', schedule: 'Reminders' },
  { place: 'Resets', follower: 'Resets', schedule: 'Ends' },
];

describe.each(FOLLOWERS)("the follower of the table's stream in $place", ({ place, follower, schedule }) => {
  it('gets new audit entries, from the first on, and no other record', () => {
    const { FilterCriteria, ...mapping } = dev.at(`${place}/Changes`).properties;
    expect(mapping).toMatchObject({
      EventSourceArn: '${Table.StreamArn}',
      FunctionName: `\${${place}/${follower}/Function}`,
      StartingPosition: 'TRIM_HORIZON',
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      DestinationConfig: { OnFailure: { Destination: `\${${place}/Undelivered.Arn}` } },
    });
    const patterns = Filters.parse(FilterCriteria).Filters.map(({ Pattern }): unknown => JSON.parse(Pattern));
    const passes = (eventName: string, pk: string) =>
      patterns.some((pattern) =>
        matchesEventPattern(pattern, { eventName, dynamodb: { Keys: { pk: { S: pk } } } }),
      );
    const { pk } = auditItemKey('2026-01-01T00:00:00.000Z', 'id');
    expect(passes('INSERT', pk)).toBe(true);
    expect(passes('REMOVE', pk)).toBe(false);
    expect(passes('INSERT', 'KEY#1')).toBe(false);
  });

  it('gives what fails for good to a queue that is encrypted, takes TLS only, and is kept where data are', () => {
    const queue = `${place}/Undelivered`;
    expect(dev.at(queue)).toMatchObject({
      deletionPolicy: 'RetainExceptOnCreate',
      properties: { SqsManagedSseEnabled: true, MessageRetentionPeriod: 1_209_600 },
    });
    expect(thrownAway.at(queue).deletionPolicy).toBe('Delete');
    expect(dev.at(`${queue}/Policy`).properties).toMatchObject({
      PolicyDocument: {
        Statement: [
          { Effect: 'Deny', Action: 'sqs:*', Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
          {
            Effect: 'Allow',
            Action: 'sqs:SendMessage',
            Principal: { Service: 'events.amazonaws.com' },
            Condition: { ArnEquals: { 'aws:SourceArn': `\${${place}/${schedule}.Arn}` } },
          },
        ],
      },
    });
  });
});
