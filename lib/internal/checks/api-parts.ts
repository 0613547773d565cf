import { Reference, Tokenization, type CfnResource } from 'aws-cdk-lib';
import { CfnApi, CfnIntegration, CfnRoute, CfnStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IConstruct } from 'constructs';
import { valueIn } from './value-in.ts';

/** A part of an HTTP API that decides where a call goes. */
export type ApiPart = CfnApi | CfnIntegration | CfnRoute | CfnStage;

/** The API itself and all that is tied to it within `scope`, wherever it was made. */
export function partsOf(scope: IConstruct, api: CfnApi): readonly ApiPart[] {
  return scope.node
    .findAll()
    .filter((child) => isPart(child))
    .filter((part) => part === api || (!(part instanceof CfnApi) && referredTo(part.apiId) === api));
}

function isPart(construct: IConstruct): construct is ApiPart {
  return [CfnApi, CfnIntegration, CfnRoute, CfnStage].some((kind) => construct instanceof kind);
}

/** The construct that a text refers to, with or without other text around the reference. */
export function referredTo(text: string): IConstruct | undefined {
  return Tokenization.reverseString(text)
    .tokens.filter((token) => Reference.isReference(token))
    .map(({ target }) => target)
    .at(0);
}

/**
 * Remembers parts as they are.
 * @param settingsOf what counts of a part.
 * @returns what says of the parts there are later which came, and which changed.
 */
export function rememberParts(
  parts: readonly ApiPart[],
  settingsOf: (part: ApiPart) => string,
  says: { readonly added: string; readonly changed: string },
): (now: readonly ApiPart[]) => readonly string[] {
  const settings = new Map(parts.map((part) => [part, settingsOf(part)]));
  return (now) =>
    now.flatMap((part) => {
      const before = settings.get(part);
      if (before === undefined) return [`${part.node.path} ${says.added}`];
      return settingsOf(part) === before ? [] : [`${part.node.path} ${says.changed}`];
    });
}

/**
 * The overrides of a resource's type and of its properties `names`, by name; null: taken away. They take the place of
 * properties, unseen.
 */
export function overridesOf(
  resource: CfnResource,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  const overrides: unknown = Reflect.get(resource, 'rawOverrides');
  const properties = valueIn(overrides, 'Properties');
  return Object.fromEntries([
    ...entryOf(overrides, 'Type'),
    ...names.flatMap((name) => entryOf(properties, name)),
  ]);
}

function entryOf(record: unknown, name: string): readonly (readonly [name: string, value: unknown])[] {
  if (typeof record !== 'object' || record === null || !Object.hasOwn(record, name)) return [];
  // What is taken away by an override is there, and undefined.
  const value: unknown = Reflect.get(record, name) ?? null;
  return [[name, value]];
}
