import { CfnIntegration, CfnRoute, CfnStage, type CfnApi } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct } from 'constructs';
import { overridesOf, partsOf, rememberParts, type ApiPart } from './api-parts.ts';

/**
 * Lets the synthesis fail when anything is tied to `api` that is not within `scope` now, or when what is has been made
 * to lead elsewhere: an integration without the guard would serve refused calls.
 */
export function keepOnlyGuarded(scope: Construct, api: CfnApi): void {
  const problems = rememberParts(partsOf(scope, api), settingsOf, { added: ADDED, changed: CHANGED });
  scope.node.addValidation({ validate: () => [...problems(partsOf(scope.node.root, api))] });
}

const ADDED =
  'adds to an API with detailed refusals: add the operation to its OpenAPI document, so that the guard stands before what serves it';
const CHANGED =
  'was changed after ProtectedHttpApi made it: with detailed refusals, what the guard does not stand before would serve refused calls';

/** Of all kinds of parts, the properties that lead somewhere. */
const OVERRIDDEN = [
  'ApiId',
  'IntegrationType',
  'IntegrationUri',
  'IntegrationSubtype',
  'Target',
  'StageVariables',
  'Body',
  'BodyS3Location',
] as const;

/** What decides which function a call reaches. Overrides take the place of properties, which do not show them. */
function settingsOf(part: ApiPart): string {
  return JSON.stringify([propertiesOf(part), overridesOf(part, OVERRIDDEN)]);
}

function propertiesOf(part: ApiPart): readonly unknown[] {
  if (part instanceof CfnIntegration) {
    return [part.apiId, part.integrationType, part.integrationUri, part.integrationSubtype];
  }
  if (part instanceof CfnRoute) return [part.apiId, part.target];
  if (part instanceof CfnStage) return [part.apiId, part.stageVariables];
  return [part.target, part.body, part.bodyS3Location];
}
