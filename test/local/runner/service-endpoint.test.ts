import { ApiGatewayV2Client } from '@aws-sdk/client-apigatewayv2';
import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createControlPlanes } from '../../../lambdas/functions/registrar/control-planes.ts';
import { describedApi } from '../../../local/cloudformation/described-api.ts';
import { RESPONSE_HOST } from '../../../local/cloudformation/response-urls.ts';
import { createStackRegistry } from '../../../local/cloudformation/stack-registry.ts';
import { startServiceEndpoint } from '../../../local/runner/service-endpoint.ts';

async function start() {
  const reports: string[] = [];
  const stacks = createStackRegistry();
  const services = await startServiceEndpoint({
    report: (text) => reports.push(text),
    stacks,
    describeApi: (apiId) => describedApi(stacks, (id) => `https://${id}.test`, apiId),
  });
  onTestFinished(() => services.close());
  return { services, reports, stacks };
}

describe('what functions reach in the place of AWS', () => {
  it('takes the answer of a custom resource at a URL of its own, at the host of CloudFormation', async () => {
    const { services } = await start();
    const request = { requestId: '1-a', stackId: 'arn:aws:cloudformation:x:stack/Shop/1', logicalId: 'Seed' };
    const expected = services.responses.expect(request);
    const { host, pathname, search } = new URL(expected.url);
    expect(host).toBe(RESPONSE_HOST);
    const put = (target: string) =>
      fetch(`${services.hosts[RESPONSE_HOST] ?? ''}${target}`, { method: 'PUT', body: 'answer' });
    expect((await put('/another?X-Amz-Signature=forged')).status).toBe(403);
    expect((await put(`${pathname}${search}`)).status).toBe(200);
    expect(await expected.body).toBe('answer');
    expected.cancel();
    expect((await put(`${pathname}${search}`)).status).toBe(403);
  });

  it('tells of stacks and APIs as CloudFormation and API Gateway do', async () => {
    const { services, stacks } = await start();
    const stackId = 'arn:aws:cloudformation:us-east-1:000000000000:stack/Shop/1';
    stacks.setStack({ stackId, stackName: 'Shop', status: 'CREATE_COMPLETE' });
    stacks.setResource(stackId, {
      logicalId: 'Api',
      type: 'AWS::ApiGatewayV2::Api',
      status: 'CREATE_COMPLETE',
      physicalId: 'abc',
      tags: { team: 'shop' },
    });
    const settings = {
      endpoint: services.url,
      region: 'us-east-1',
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    };
    const cloudFormation = new CloudFormationClient(settings);
    const apiGateway = new ApiGatewayV2Client(settings);
    const planes = createControlPlanes(cloudFormation, apiGateway);
    expect(await planes.stackResource(stackId, 'Api')).toEqual({
      type: 'AWS::ApiGatewayV2::Api',
      status: 'CREATE_COMPLETE',
      physicalId: 'abc',
    });
    expect(await planes.stackResource(stackId, 'Other')).toBeUndefined();
    expect(await planes.stackResource(`${stackId}2`, 'Api')).toBeUndefined();
    // By its name a stack is found, too; that is no proof of an id.
    expect(await planes.stackResource('Shop', 'Api')).toBeUndefined();
    expect(await planes.stackStatus(stackId)).toBe('CREATE_COMPLETE');
    expect(await planes.stackStatus(`${stackId}2`)).toBeUndefined();
    expect(await planes.apiTags('abc')).toEqual({
      team: 'shop',
      'aws:cloudformation:logical-id': 'Api',
      'aws:cloudformation:stack-id': stackId,
      'aws:cloudformation:stack-name': 'Shop',
    });
    expect(await planes.apiTags('other')).toBeUndefined();
    cloudFormation.destroy();
    apiGateway.destroy();
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
