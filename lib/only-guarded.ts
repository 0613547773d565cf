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

/** What decides which function a call reaches. */
function settingsOf(part: Part): string {
  if (part instanceof CfnIntegration) {
    return JSON.stringify([part.apiId, part.integrationType, part.integrationUri, part.integrationSubtype]);
  }
  if (part instanceof CfnRoute) return JSON.stringify([part.apiId, part.target]);
  if (part instanceof CfnStage) return JSON.stringify([part.apiId, part.stageVariables]);
  return JSON.stringify([part.target, part.body, part.bodyS3Location]);
}
