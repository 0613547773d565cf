import type { CfnAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { overridesOf } from './api-parts.ts';

/** Lets the synthesis fail when `authorizer` no longer asks as Keybound made it ask: in its properties, or by overrides. */
export function keepAuthorizer(authorizer: CfnAuthorizer): void {
  const made = settingsOf(authorizer);
  authorizer.node.addValidation({
    validate: () => {
      const now = settingsOf(authorizer);
      const names = Object.keys(now);
      const overridden = Object.keys(overridesOf(authorizer, names));
      const changed = ['Type', ...names].filter(
        (name) => now[name] !== made[name] || overridden.includes(name),
      );
      return changed.length === 0
        ? []
        : [
            `${authorizer.node.path} was changed after Keybound made it (${changed.join(', ')}), and would let calls pass that it has not decided on: leave it as it is; how long a decision holds is what the property freshness says`,
          ];
    },
  });
}

/** What decides when and how the function is asked, by the names that templates have. Tokens are texts, each its own. */
function settingsOf(authorizer: CfnAuthorizer): Readonly<Record<string, string>> {
  const settings: Readonly<Record<string, unknown>> = {
    ApiId: authorizer.apiId,
    AuthorizerType: authorizer.authorizerType,
    AuthorizerUri: authorizer.authorizerUri,
    AuthorizerCredentialsArn: authorizer.authorizerCredentialsArn,
    AuthorizerPayloadFormatVersion: authorizer.authorizerPayloadFormatVersion,
    AuthorizerResultTtlInSeconds: authorizer.authorizerResultTtlInSeconds,
    EnableSimpleResponses: authorizer.enableSimpleResponses,
    IdentitySource: authorizer.identitySource,
    IdentityValidationExpression: authorizer.identityValidationExpression,
    JwtConfiguration: authorizer.jwtConfiguration,
  };
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, JSON.stringify([value])]));
}
