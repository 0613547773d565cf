import { Function } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { STAGE_VARIABLES } from '../../lambdas/contract/stage-variables.ts';
import type { ReadStack } from './read-stack.ts';
import { functionArn, stageVariables, synthesize } from './shop-api.ts';

const { stack } = synthesize();

describe('a Lambda backend', () => {
  const invocation = {
    ApiId: '${Shop/Api}',
    IntegrationType: 'AWS_PROXY',
    IntegrationMethod: 'POST',
    IntegrationUri: `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:\${stageVariables.${STAGE_VARIABLES.backend}}/invocations`,
    PayloadFormatVersion: '2.0',
  };
  const permission = (name: string) => ({
    Action: 'lambda:InvokeFunction',
    FunctionName: functionArn(name),
    Principal: 'apigateway.amazonaws.com',
    SourceArn: 'arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Shop/Api}/*/*',
  });
  const permissions = (read: ReadStack) =>
    read.ofType('AWS::Lambda::Permission').map(({ properties }) => properties);

  it('is called by one integration for all routes, through the variable of the stage', () => {
    expect(stack.ofType('AWS::ApiGatewayV2::Integration').map(({ properties }) => properties)).toMatchObject([
      invocation,
    ]);
    const targets = stack.ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => properties['Target']);
    expect(new Set(targets)).toEqual(new Set(['integrations/${Shop/Integration}']));
  });

  it('may be invoked by this API alone, with one permission for both environments', () => {
    expect(permissions(stack)).toEqual([permission('shop')]);
  });

  it('can be another in each environment, with a permission each', () => {
    const { stack: two } = synthesize({}, (scope) => ({
      backend: {
        production: { function: Function.fromFunctionArn(scope, 'Live', functionArn('live')) },
        sandbox: { function: Function.fromFunctionArn(scope, 'Test', functionArn('test')) },
      },
    }));
    expect(stageVariables(two, 'Production')[STAGE_VARIABLES.backend]).toBe('live');
    expect(stageVariables(two, 'Sandbox')[STAGE_VARIABLES.backend]).toBe('test');
    expect(permissions(two)).toEqual([permission('live'), permission('test')]);
    expect(two.ofType('AWS::ApiGatewayV2::Integration').map(({ properties }) => properties)).toMatchObject([
      invocation,
    ]);
  });
});

describe('an HTTP backend', () => {
  const { stack: urls } = synthesize({
    backend: {
      production: { url: 'https://shop.example.com/v2/' },
      sandbox: { url: 'https://test.example.com:8443' },
    },
  });
  const fromStage = `\${stageVariables.${STAGE_VARIABLES.backend}}`;

  it('is called below the address that the variable of the stage names, by one integration for each path', () => {
    const integrations = urls.ofType('AWS::ApiGatewayV2::Integration').map(({ properties }) => properties);
    expect(integrations).toMatchObject(
      ['/items', '/items/{itemId}', '/files/{path}'].map((path) => ({
        IntegrationType: 'HTTP_PROXY',
        IntegrationMethod: 'ANY',
        IntegrationUri: `https://${fromStage}${path}`,
        PayloadFormatVersion: '1.0',
      })),
    );
    expect(stageVariables(urls, 'Production')[STAGE_VARIABLES.backend]).toBe('shop.example.com/v2');
    expect(stageVariables(urls, 'Sandbox')[STAGE_VARIABLES.backend]).toBe('test.example.com:8443');
    expect(urls.ofType('AWS::Lambda::Permission')).toEqual([]);
  });

  it('is called on the path of the route', () => {
    const pairs = urls.ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => {
      const path = String(properties['Target']).replace(/^integrations\/\$\{(.*)\}$/, '$1');
      return [String(properties['RouteKey']).split(' ')[1], urls.at(path).properties['IntegrationUri']];
    });
    expect(pairs).toHaveLength(8);
    for (const [path, uri] of pairs) {
      expect(uri).toBe(`https://${fromStage}${String(path).replace('+}', '}')}`);
    }
  });

  it('can be one for both environments, without TLS', () => {
    const { stack: one } = synthesize({ backend: { url: 'http://127.0.0.1:9000/base' } });
    expect(one.at('Shop/Integration').properties['IntegrationUri']).toBe(`http://${fromStage}/items`);
    for (const stage of ['Production', 'Sandbox'] as const) {
      expect(stageVariables(one, stage)[STAGE_VARIABLES.backend]).toBe('127.0.0.1:9000/base');
    }
  });
});
