import { CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { overridesOf, rememberParts, type ApiPart } from '../checks/api-parts.ts';
import { resolved } from '../checks/resolved.ts';
import { reservedVariables } from './keyed-stages.ts';

/** The properties that keep a key out of a backend, and those that an override must not hide. */
const GUARDING = [
  'ApiId',
  'AccessLogSettings',
  'AuthorizationType',
  'AuthorizerId',
  'AutoDeploy',
  'Body',
  'BodyS3Location',
  'ConnectionId',
  'ConnectionType',
  'IntegrationSubtype',
  'IntegrationType',
  'IntegrationUri',
  'RequestParameters',
  'StageName',
  'StageVariables',
  'Target',
] as const;

/** Problems of overrides, which take the place of what Keybound sets. */
export function overrideProblems(parts: readonly ApiPart[]): readonly string[] {
  return parts.flatMap((part) =>
    Object.keys(overridesOf(part, GUARDING)).map(
      (name) =>
        `${part.node.path} overrides ${name}, which Keybound must set: use the property of the construct`,
    ),
  );
}

/** Remembers `parts` as they are. @returns what asks for problems with what they are later. */
export function rememberKeyed(parts: readonly ApiPart[]): (now: readonly ApiPart[]) => readonly string[] {
  const problems = rememberParts(parts, settingsOf, {
    added: 'was added by an aspect, after the key was taken out of the others: add it in the app',
    changed: 'was changed by an aspect, after the key was taken out: change it in the app',
  });
  return (now) => [...overrideProblems(now), ...problems(now)];
}

/** What `part` is at this moment, whether a property was set anew or changed in place. */
function settingsOf(part: ApiPart): string {
  return JSON.stringify(resolved(part, propertiesOf(part)));
}

function propertiesOf(part: ApiPart): Readonly<Record<string, unknown>> {
  if (part instanceof CfnIntegration) {
    return {
      apiId: part.apiId,
      connectionId: part.connectionId,
      connectionType: part.connectionType,
      integrationSubtype: part.integrationSubtype,
      integrationType: part.integrationType,
      integrationUri: part.integrationUri,
      requestParameters: part.requestParameters,
    };
  }
  if (part instanceof CfnRoute) {
    return {
      apiId: part.apiId,
      target: part.target,
      authorizerId: part.authorizerId,
      authorizationType: part.authorizationType,
    };
  }
  if (part instanceof CfnStage) {
    return {
      apiId: part.apiId,
      stageName: part.stageName,
      autoDeploy: part.autoDeploy,
      // Theirs may still change.
      stageVariables: reservedVariables(part),
      accessLogSettings: part.accessLogSettings,
    };
  }
  return { target: part.target, body: part.body, bodyS3Location: part.bodyS3Location };
}
