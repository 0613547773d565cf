import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { synthesizeCore } from '../lib/core-stack.ts';

const read = (name: string) => readFileSync(new URL(`../../docs/operate/${name}`, import.meta.url), 'utf8');
const page = read('alarms.md');
const stack = synthesizeCore();
const alarms = stack.ofType('AWS::CloudWatch::Alarm').map(({ properties }) =>
  z
    .object({
      AlarmName: z.string(),
      AlarmDescription: z.string(),
      Threshold: z.number(),
      EvaluationPeriods: z.number(),
    })
    .transform((alarm) => ({
      name: alarm.AlarmName.replace('keybound-dev-', ''),
      anchor: /docs\/operate\/alarms\.md#([a-z-]+)$/.exec(alarm.AlarmDescription)?.[1] ?? 'none',
      from: alarm.Threshold,
      periods: alarm.EvaluationPeriods,
    }))
    .parse(properties),
);
const runbooks = [...page.matchAll(/^## Alarm ([a-z-]+)$/gm)].map(([, name = '']) => name);

describe('the runbooks', () => {
  it('are there for alarms that there are', () => {
    expect(alarms.length).toBeGreaterThan(10);
    expect(runbooks.map((name) => `alarm-${name}`).toSorted()).toEqual(
      [...new Set(alarms.map(({ anchor }) => anchor))].toSorted(),
    );
  });

  it.each(alarms)('tell of $name what it watches, from $from on, for $periods periods', (alarm) => {
    const kind = alarm.anchor.replace('alarm-', '');
    const name = kind === alarm.name ? kind : `${kind}-<who>`;
    const row = page
      .split('\n')
      .map((line) => line.split('|').map((cell) => cell.trim()))
      .find(([, first]) => first === `[\`${name}\`](#${alarm.anchor})`);
    expect(row?.slice(3, 5)).toEqual([String(alarm.from), String(alarm.periods)]);
  });

  it.each(runbooks)('of %s says what it means and what to do', (name) => {
    const [, section = ''] = page.split(`## Alarm ${name}\n`);
    const text = section.split(/^##/m)[0] ?? '';
    expect(text).toContain('**Means**: ');
    expect(text).toContain('**Do**: ');
  });

  it('name the outputs that say where the queues are', () => {
    const named = [page, read('dead-letters.md')].flatMap((text) =>
      [...text.matchAll(/`(Undelivered\w+Url|AlarmTopicArn)`/g)].map(([, name = '']) => name),
    );
    expect(new Set(named).size).toBe(4);
    for (const name of named) expect(Object.keys(stack.outputs).join()).toContain(name);
  });
});
