import { describe, expect, it, onTestFinished } from 'vitest';
import { startServiceEndpoint } from '../../../local/runner/service-endpoint.ts';

async function start() {
  const reports: string[] = [];
  const services = await startServiceEndpoint((text) => reports.push(text));
  onTestFinished(() => services.close());
  return { services, reports };
}

describe('what functions reach in the place of AWS', () => {
  it('takes the answer of a custom resource at a URL of its own', async () => {
    const { services } = await start();
    const expected = services.responses.expect('11111111-aaaa');
    expect((await fetch(expected.url, { method: 'PUT', body: 'answer' })).status).toBe(200);
    expect(await expected.body).toBe('answer');
    expected.cancel();
    expect((await fetch(expected.url, { method: 'PUT', body: 'late' })).status).toBe(400);
  });

  it('resets the authorizer cache of the gateway', async () => {
    const { services } = await start();
    const resets: string[] = [];
    services.attachGateway({
      hasStage: (apiId, stage) => apiId === 'abc' && stage === 'production',
      resetAuthorizersCache: (apiId, stage) => resets.push(`${apiId}/${stage}`),
    });
    const reset = (apiId: string) =>
      fetch(`${services.url}/v2/apis/${apiId}/stages/production/cache/authorizers`, { method: 'DELETE' });
    expect((await reset('abc')).status).toBe(204);
    expect((await reset('other')).status).toBe(404);
    expect(resets).toEqual(['abc/production']);
  });

  it('refuses every other call in a way that is not tried again, and reports it by name', async () => {
    const { services, reports } = await start();
    const response = await fetch(services.url, {
      method: 'POST',
      headers: { 'x-amz-target': 'AmazonSSM.GetParameter' },
      body: '{}',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ __type: 'NotSupportedLocally' });
    expect(reports).toEqual([
      'This call to AWS cannot be run on one machine: POST / (AmazonSSM.GetParameter)',
    ]);
  });
});
