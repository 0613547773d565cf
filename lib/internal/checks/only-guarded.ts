import { Reference, Tokenization } from 'aws-cdk-lib';
import { CfnApi, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Construct, IConstruct } from 'constructs';

type Part = CfnApi | CfnIntegration | CfnRoute | CfnStage;

/**
 * Lets the synthesis fail when anything is tied to `api` that is not within `scope` now, or when what is has been made
 * to lead elsewhere: an integration without the guard would serve refused calls.
 */
export function keepOnlyGuarded(scope: Construct, api: CfnApi): void {
  const settings = new Map(partsOf(scope, api).map((part) => [part, settingsOf(part)]));
  scope.node.addValidation({
    validate: () =>
      partsOf(scope.node.root, api).flatMap((part) => {
        const before = settings.get(part);
        if (before === undefined) return [`${part.node.path} ${ADDED}`];
        return settingsOf(part) === before ? [] : [`${part.node.path} ${CHANGED}`];
      }),
  });
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

function partsOf(scope: IConstruct, api: CfnApi): readonly Part[] {
  return scope.node
    .findAll()
    .filter((child) => isPart(child))
    .filter((part) => part === api || (!(part instanceof CfnApi) && refersTo(part.apiId, api)));
}

function isPart(construct: IConstruct): construct is Part {
  return [CfnApi, CfnIntegration, CfnRoute, CfnStage].some((kind) => construct instanceof kind);
}

function refersTo(apiId: string, api: CfnApi): boolean {
  const token = Tokenization.reverse(apiId, { failConcat: false });
  return Reference.isReference(token) && token.target === api;
}

/** What decides which function a call reaches. Overrides take the place of properties, which do not show them. */
function settingsOf(part: Part): string {
  const overrides: unknown = Reflect.get(part, 'rawOverrides');
  const properties = valueOf(overrides, 'Properties');
  return JSON.stringify([
    propertiesOf(part),
    valueOf(overrides, 'Type'),
    OVERRIDDEN.map((name) => valueOf(properties, name)),
  ]);
}

function valueOf(record: unknown, name: string): unknown {
  if (typeof record !== 'object' || record === null || !Object.hasOwn(record, name)) return undefined;
  // What is taken away by an override is there, and undefined.
  const value: unknown = Reflect.get(record, name) ?? null;
  return value;
}

function propertiesOf(part: Part): readonly unknown[] {
  if (part instanceof CfnIntegration) {
    return [part.apiId, part.integrationType, part.integrationUri, part.integrationSubtype];
  }
  if (part instanceof CfnRoute) return [part.apiId, part.target];
  if (part instanceof CfnStage) return [part.apiId, part.stageVariables];
  return [part.target, part.body, part.bodyS3Location];
}
