import { CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { overridesOf, type ApiPart } from '../checks/api-parts.ts';

/** The properties that keep a key out of a backend, and those that an override must not hide. */
const GUARDING = [
  'ApiId',
  'AccessLogSettings',
  'AuthorizationType',
  'AuthorizerId',
  'AutoDeploy',
  'Body',
  'BodyS3Location',
  'IntegrationSubtype',
  'RequestParameters',
  'StageName',
  'StageVariables',
  'Target',
] as const;

/** Problems of overrides, which take the place of what Keybound sets. */
export function overrideProblems(parts: readonly ApiPart[]): readonly string[] {
  return parts.flatMap((part) => {
    const [type, ...overrides] = overridesOf(part, GUARDING);
    const names = [
      ...(type === undefined ? [] : ['Type']),
      ...GUARDING.filter((_, index) => overrides[index] !== undefined),
    ];
    return names.map(
      (name) =>
        `${part.node.path} overrides ${name}, which Keybound must set: use the property of the construct`,
    );
  });
}

/** Remembers `parts` as they are. @returns what asks for problems with what they are later. */
export function rememberParts(parts: readonly ApiPart[]): (now: readonly ApiPart[]) => readonly string[] {
  const settings = new Map(parts.map((part) => [part, settingsOf(part)]));
  return (now) => [
    ...overrideProblems(now),
    ...now.flatMap((part) => {
      const before = settings.get(part);
      if (before === undefined) {
        return [
          `${part.node.path} was added by an aspect, after the key was taken out of the others: add it in the app`,
        ];
      }
      return settingsOf(part).every((value, index) => value === before[index])
        ? []
        : [`${part.node.path} was changed by an aspect, after the key was taken out: change it in the app`];
    }),
  ];
}

function settingsOf(part: ApiPart): readonly unknown[] {
  if (part instanceof CfnIntegration) return [part.apiId, part.integrationSubtype, part.requestParameters];
  if (part instanceof CfnRoute) return [part.apiId, part.target, part.authorizerId, part.authorizationType];
  if (part instanceof CfnStage) {
    return [part.apiId, part.stageName, part.autoDeploy, part.stageVariables, part.accessLogSettings];
  }
  return [part.target, part.body, part.bodyS3Location];
}
