import { Duration, Stack } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule } from 'aws-cdk-lib/aws-events';
import { describe, expect, it } from 'vitest';
import { KeyboundStack } from '../../lib/stacks/keybound-stack.ts';
import { quickApp } from './quick-app.ts';
import { readStack } from './read-stack.ts';
import { synthesize } from './shop-api.ts';

const alarm = (metric: Metric, scope: Stack, id: string) =>
  metric.createAlarm(scope, id, { threshold: 1, evaluationPeriods: 1 });

describe('a protected API', () => {
  it.each([
    ['metricCount', 'Count', 'SampleCount'],
    ['metricClientError', '4xx', 'Sum'],
    ['metricServerError', '5xx', 'Sum'],
    ['metricLatency', 'Latency', 'Average'],
    ['metricIntegrationLatency', 'IntegrationLatency', 'Average'],
  ] as const)('has %s of its gateway, for alarms', (name, metricName, statistic) => {
    const { api } = synthesize();
    const scope = Stack.of(api);
    const metric = api[name]({ period: Duration.minutes(1) });
    const { metricStat } = metric.toMetricConfig();
    expect(metricStat).toMatchObject({ namespace: 'AWS/ApiGateway', metricName, statistic });
    expect(metricStat?.period.toSeconds()).toBe(60);
    expect(JSON.stringify(scope.resolve(metricStat?.dimensions))).toMatch(
      /^\[\{"name":"ApiId","value":\{"Ref":"ShopApi\w+"\}\}\]$/,
    );
  });

  it('shows its gateway, its stages and its address', () => {
    const { api } = synthesize();
    const scope = Stack.of(api);
    expect(JSON.stringify(scope.resolve(api.api.apiId))).toMatch(/^\{"Ref":"ShopApi\w+"\}$/);
    expect([api.stages.production.stageName, api.stages.sandbox.stageName]).toEqual([
      'production',
      'sandbox',
    ]);
    expect(api.url).toBe(api.urls.production);
  });
});

describe('the core', () => {
  it('has metrics of refused and undecided calls, for alarms', () => {
    const core = new KeyboundStack(quickApp(), 'Core', { deployment: 'dev' });
    alarm(core.metricRefusals({ period: Duration.minutes(1) }), core, 'OwnRefusals');
    alarm(core.metricFaults(), core, 'OwnFaults');
    const read = readStack(core);
    expect(read.at('OwnRefusals').properties).toMatchObject({
      Namespace: 'Keybound/dev',
      MetricName: 'Refusals',
      Period: 60,
      Statistic: 'Sum',
    });
    expect(read.at('OwnFaults').properties).toMatchObject({ MetricName: 'Faults', Period: 300 });
  });

  it('has a bus for rules of others, and the address of its management API', () => {
    const app = quickApp();
    const core = new KeyboundStack(app, 'Core', { deployment: 'dev' });
    const other = new Stack(app, 'Other');
    new Rule(other, 'Revoked', {
      eventBus: core.eventBus,
      eventPattern: { source: ['keybound'] },
    });
    expect(readStack(other).at('Revoked').properties['EventBusName']).toContain('import');
    const reference = /\{"Ref":"ManagementApi\w+"\}/;
    expect(JSON.stringify(core.resolve(core.managementUrl))).toMatch(reference);
    expect(JSON.stringify(core.resolve(core.managementApi.apiId))).toMatch(reference);
  });
});
