import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { REFUSAL_REASONS } from '../../../lambdas/core/refusals/refusal.ts';
import { compileFilterPattern } from '../../../local/functions/filter-pattern.ts';
import { synthesizeCore } from '../core-stack.ts';

const stack = synthesizeCore();

describe('the metrics of the logs', () => {
  const Filter = z.object({
    LogGroupName: z.string(),
    FilterPattern: z.string(),
    MetricTransformations: z.tuple([
      z.strictObject({
        MetricNamespace: z.literal('Keybound/dev'),
        MetricName: z.string(),
        MetricValue: z.enum(['1', '$.count']),
        Dimensions: z.array(z.object({ Key: z.string(), Value: z.string() })).optional(),
      }),
    ]),
  });
  const filters = stack.ofType('AWS::Logs::MetricFilter').map(({ properties }) => Filter.parse(properties));

  it('count the lines that the functions write', () => {
    const counted = filters.map(
      ({ LogGroupName, FilterPattern, MetricTransformations: [{ MetricName }] }) =>
        `${MetricName} ${LogGroupName} ${FilterPattern}`,
    );
    const authorizer = '${Authorizer/Logs}';
    expect(counted.toSorted()).toEqual([
      `Faults ${authorizer} { $.type = "authorizer_fault" }`,
      `LimitsUnavailable ${authorizer} { $.type = "limits_unavailable" }`,
      `ReadsThrottled ${authorizer} { $.type = "read_throttled" }`,
      `Refusals ${authorizer} { $.type = "refusal" }`,
      `RefusalsByReason ${authorizer} { $.type = "refusal" }`,
      'ResetsFailed ${Resets/Resets/Logs} { $.type = "reset_failed" }',
      `Unauthorized ${authorizer} { $.message.errorMessage = "Unauthorized" }`,
    ]);
  });

  it('count as many refused calls as a line tells of', () => {
    const ofLines = filters.filter(({ MetricTransformations: [{ MetricValue }] }) => MetricValue !== '1');
    expect(ofLines.map(({ MetricTransformations: [{ MetricName }] }) => MetricName).toSorted()).toEqual([
      'Refusals',
      'RefusalsByReason',
    ]);
  });

  it.each<[string, object, readonly string[]]>([
    ['a refusal', { type: 'refusal', reason: 'key_unknown' }, ['Refusals', 'RefusalsByReason']],
    ['a fault', { type: 'authorizer_fault', errorMessage: 'Unauthorized' }, ['Faults']],
    [
      "the runtime's own line about a 401",
      {
        level: 'ERROR',
        requestId: 'r',
        message: { errorType: 'Unauthorized', errorMessage: 'Unauthorized' },
      },
      ['Unauthorized'],
    ],
    ['any other error', { level: 'ERROR', message: { errorMessage: 'no answer in time' } }, []],
    ['a throttled read', { level: 'WARN', type: 'read_throttled', answered: true }, ['ReadsThrottled']],
    ['a reset that failed', { level: 'ERROR', type: 'reset_failed' }, ['ResetsFailed']],
  ])('see %s for what it is', (_, line, expected) => {
    const seen = filters
      .filter(({ FilterPattern }) => compileFilterPattern(FilterPattern)(JSON.stringify(line)))
      .map(({ MetricTransformations: [{ MetricName }] }) => MetricName);
    expect([...new Set(seen)].toSorted()).toEqual(expected);
  });

  it('have no dimension but the reason of a refusal, of which there are few', () => {
    const dimensions = filters.flatMap(({ MetricTransformations: [{ Dimensions: found = [] }] }) => found);
    expect(dimensions).toEqual([{ Key: 'Reason', Value: '$.reason' }]);
    expect(REFUSAL_REASONS.length).toBeLessThan(50);
  });
});
