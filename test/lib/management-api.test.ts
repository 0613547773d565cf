import { describe, expect, it } from 'vitest';
import { HOLDER_PATH, MANAGERS, OWN_ISSUER, synthesizeCore } from './core-stack.ts';
import type { ReadStack } from './read-stack.ts';

const dev = synthesizeCore();
const external = synthesizeCore({ identity: OWN_ISSUER, portalOrigins: ['https://portal.example.com'] });

describe('the management API', () => {
  const routes = dev.ofType('AWS::ApiGatewayV2::Route').map(({ properties }) => properties);
  const holderRoutes = ['GET', 'POST'].map((method) => `${method} ${HOLDER_PATH}/{proxy+}`);

  it('has the JWT authorizer on every route but those of holders, whose token is the value of their key', () => {
    const managed = Object.values(MANAGERS).flatMap((path) =>
      ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'].map((method) => `${method} ${path}/{proxy+}`),
    );
    expect(routes.map(({ RouteKey }) => RouteKey).toSorted()).toEqual(
      [...managed, ...holderRoutes].toSorted(),
    );
    for (const { RouteKey, ApiId, AuthorizationType, AuthorizerId } of routes) {
      expect({ RouteKey, ApiId, AuthorizationType, AuthorizerId }).toEqual({
        RouteKey,
        ApiId: '${Management/Api}',
        ...(holderRoutes.includes(String(RouteKey))
          ? { AuthorizationType: 'NONE', AuthorizerId: undefined }
          : { AuthorizationType: 'JWT', AuthorizerId: '${Management/Api/Token}' }),
      });
    }
  });

  it('sends each path to the function that answers it', () => {
    const targets = routes.map(({ RouteKey, Target }) => {
      const integration = String(Target).replace(/^integrations\/\$\{(.*)\}$/, '$1');
      const { IntegrationUri, IntegrationType, PayloadFormatVersion } = dev.at(integration).properties;
      const path = String(RouteKey).replace(/^\w+ (.*)\/\{proxy\+\}$/, '$1');
      return [path, IntegrationType, PayloadFormatVersion, IntegrationUri].join(' ');
    });
    expect(new Set(targets)).toEqual(
      new Set(
        Object.entries({ ...MANAGERS, Holder: HOLDER_PATH }).map(
          ([name, path]) => `${path} AWS_PROXY 2.0 \${${name}/Function.Arn}`,
        ),
      ),
    );
  });

  it('takes tokens of its own user pool by default, and of the issuer that it is given', () => {
    const authorizer = (stack: ReadStack) =>
      stack.ofType('AWS::ApiGatewayV2::Authorizer').map((it) => it.properties);
    const settings = (issuer: string, audience: string) => [
      {
        ApiId: '${Management/Api}',
        Name: 'Token',
        AuthorizerType: 'JWT',
        IdentitySource: ['$request.header.Authorization'],
        JwtConfiguration: { Issuer: issuer, Audience: [audience] },
      },
    ];
    expect(authorizer(dev)).toEqual(settings('${Identity/Users.ProviderURL}', '${Identity/Users/Client}'));
    expect(authorizer(external)).toEqual(settings('https://login.example.com/', 'keybound'));
  });

  it('answers browsers from the origins that it is given, and from no other', () => {
    expect(dev.at('Management/Api').properties).not.toHaveProperty('CorsConfiguration');
    expect(external.at('Management/Api').properties['CorsConfiguration']).toEqual({
      AllowOrigins: ['https://portal.example.com'],
      AllowMethods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
      AllowHeaders: ['authorization', 'content-type', 'idempotency-key', 'if-match', 'x-keybound-group'],
      ExposeHeaders: ['etag', 'idempotent-replayed', 'location'],
    });
  });

  it('logs who called what, and neither query strings nor headers nor tokens', () => {
    const [stage, ...others] = dev.ofType('AWS::ApiGatewayV2::Stage');
    expect(others).toEqual([]);
    expect(stage?.properties).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      AccessLogSettings: { DestinationArn: '${Management/AccessLogs.Arn}' },
    });
    const format = JSON.stringify(stage?.properties['AccessLogSettings']);
    expect(format).toContain('$context.authorizer.claims.sub');
    expect(format).not.toMatch(
      /\$request|querystring|\$context\.(?:requestOverride|identity\.(?!sourceIp))/i,
    );
  });
});

describe('the user pool of the management API', () => {
  it('has a group for each role, and nobody signs up alone', () => {
    const groups = dev.ofType('AWS::Cognito::UserPoolGroup').map(({ properties }) => properties);
    expect(groups).toEqual(
      ['developer', 'publisher', 'administrator'].map((name) => ({
        GroupName: name,
        UserPoolId: '${Identity/Users}',
      })),
    );
    expect(dev.at('Identity/Users').properties).toMatchObject({
      AdminCreateUserConfig: { AllowAdminCreateUserOnly: true },
      UserPoolTier: 'ESSENTIALS',
      MfaConfiguration: 'ON',
      EnabledMfas: ['SOFTWARE_TOKEN_MFA'],
    });
  });

  it('has one public client, which signs in with the code flow and no other', () => {
    const stack = synthesizeCore({ portalOrigins: ['https://a.example.com'], commandLineSignIn: true });
    const clients = stack.ofType('AWS::Cognito::UserPoolClient').map(({ properties }) => properties);
    expect(clients).toEqual([
      {
        UserPoolId: '${Identity/Users}',
        GenerateSecret: false,
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ['code'],
        AllowedOAuthScopes: ['openid', 'profile'],
        CallbackURLs: ['https://a.example.com', 'http://localhost:8976/'],
        ExplicitAuthFlows: ['ALLOW_USER_SRP_AUTH', 'ALLOW_REFRESH_TOKEN_AUTH'],
        PreventUserExistenceErrors: 'ENABLED',
        SupportedIdentityProviders: ['COGNITO'],
      },
    ]);
    expect(dev.at('Identity/Users/Domain').properties['Domain']).toBe('keybound-dev-${AWS::AccountId}');
  });

  it('sends users back to the origins of the portal', () => {
    const stack = synthesizeCore({ portalOrigins: ['https://a.example.com', 'https://b.example.com'] });
    expect(stack.at('Identity/Users/Client').properties['CallbackURLs']).toEqual([
      'https://a.example.com',
      'https://b.example.com',
    ]);
  });

  it('is not there when tokens come from elsewhere', () => {
    expect(external.resources.filter(({ type }) => type.startsWith('AWS::Cognito::'))).toEqual([]);
  });
});
