import { Stack } from 'aws-cdk-lib';
import { CfnAuthorizer, CfnIntegration } from 'aws-cdk-lib/aws-apigatewayv2';
import { type IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { ProtectedHttpApi } from '../../lib/constructs/protected-http-api.ts';
import { quickApp } from './quick-app.ts';
import { readStack } from './read-stack.ts';
import { functionArn, shop } from './shop-api.ts';

import { changedLate, orders, ORDERS_PROPS } from './existing-api.ts';

describe('an API that the authorizer cannot protect', () => {
  it('is one whose integrations an aspect changes after the key was taken out', () => {
    expect(() =>
      changedLate((child) => {
        if (child instanceof CfnIntegration) child.requestParameters = {};
      }),
    ).toThrow(/was changed by an aspect, after the key was taken out: change it in the app/);
  });

  it('is one whose mappings an aspect changes in place', () => {
    expect(() =>
      changedLate((child) => {
        if (!(child instanceof CfnIntegration)) return;
        Object.assign(child.requestParameters ?? {}, { 'append:header.x-copy': '$request.header.apikey' });
      }),
    ).toThrow(
      /Backend\/Resource was changed by an aspect, after the key was taken out: change it in the app/,
    );
  });

  it('is one whose integrations an aspect leads elsewhere', () => {
    expect(() =>
      changedLate((child) => {
        if (child instanceof CfnIntegration) child.integrationUri = 'https://orders.example.com';
      }),
    ).toThrow(/Backend\/Resource was changed by an aspect, after the key was taken out/);
  });

  it.each<[string, (authorizer: CfnAuthorizer) => unknown]>([
    ['AuthorizerResultTtlInSeconds', (authorizer) => (authorizer.authorizerResultTtlInSeconds = 3600)],
    ['IdentitySource', ({ identitySource }) => identitySource?.push('$request.header.apikey')],
    ['AuthorizerUri', (authorizer) => (authorizer.authorizerUri = functionArn('other'))],
    ['EnableSimpleResponses', (authorizer) => (authorizer.enableSimpleResponses = false)],
    [
      'AuthorizerPayloadFormatVersion',
      (authorizer) => {
        authorizer.addPropertyOverride('AuthorizerPayloadFormatVersion', '1.0');
      },
    ],
    [
      'AuthorizerType',
      (authorizer) => {
        authorizer.addPropertyDeletionOverride('AuthorizerType');
      },
    ],
    [
      'Type',
      (authorizer) => {
        authorizer.addOverride('Type', 'AWS::ApiGatewayV2::Other');
      },
    ],
  ])('is one whose authorizer is changed: its %s', (name, change) => {
    const changed = (child: IConstruct) => {
      if (child instanceof CfnAuthorizer) change(child);
    };
    const message = new RegExp(
      `Orders/Api/Keys/Authorizer was changed after Keybound made it \\(${name}\\), .*: leave it as it is; how long a decision holds is what the property freshness says`,
    );
    expect(() => changedLate(changed)).toThrow(message);
    // Nor by the app, before all aspects.
    expect(() => orders({}, ({ stack }) => stack.node.findAll().map(changed))).toThrow(message);
  });

  it('is a ProtectedHttpApi whose authorizer is changed, too', () => {
    const app = quickApp();
    const stack = new Stack(app, 'Shop');
    const api = new ProtectedHttpApi(stack, 'Api', {
      ...ORDERS_PROPS,
      definition: shop,
      backend: { url: 'https://orders.example.com' },
    });
    const authorizer = api.node.findChild('Authorizer');
    if (authorizer instanceof CfnAuthorizer) authorizer.authorizerResultTtlInSeconds = 3600;
    expect(() => readStack(stack)).toThrow(
      /Shop\/Api\/Authorizer was changed after Keybound made it \(AuthorizerResultTtlInSeconds\)/,
    );
  });
});
