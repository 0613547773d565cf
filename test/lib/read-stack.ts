import type { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { templateProblems } from '../../scripts/template/check-template.ts';

const Resource = z.object({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  DeletionPolicy: z.string().optional(),
  UpdateReplacePolicy: z.string().optional(),
  DependsOn: z.array(z.string()).default([]),
  Metadata: z.object({ 'aws:cdk:path': z.string() }),
});
const TemplateJson = z.object({
  Parameters: z
    .record(z.string(), z.object({ Type: z.string(), Default: z.string().optional() }))
    .default({}),
  Resources: z.record(z.string(), Resource),
  Outputs: z.record(z.string(), z.object({ Value: z.unknown() })).default({}),
});

/** A resource of a template. */
export interface StackResource {
  /** Of its construct, without the stack: `Authorizer/Role`. */
  readonly path: string;
  readonly type: string;
  /** With every intrinsic written as text: `${Table.Arn}`, `${AWS::Region}`. */
  readonly properties: Readonly<Record<string, unknown>>;
  readonly deletionPolicy: string | undefined;
  readonly updateReplacePolicy: string | undefined;
  /** Paths of what must be there before. */
  readonly dependsOn: readonly string[];
}

/** A synthesized template that can be compared as text. */
export interface ReadStack {
  readonly resources: readonly StackResource[];
  /** Values of the outputs by logical id. */
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly ofType: (type: string) => readonly StackResource[];
  /** @throws Error when there is no such resource. */
  readonly at: (path: string) => StackResource;
}

/**
 * Synthesizes `stack`.
 * @throws Error that names everything in its template that AWS would refuse.
 */
export function readStack(stack: Stack): ReadStack {
  const json: unknown = Template.fromStack(stack).toJSON();
  const problems = templateProblems(json);
  if (problems.length > 0) throw new Error(`AWS would refuse this template: ${problems.join('; ')}`);
  const { Parameters, Resources, Outputs } = TemplateJson.parse(json);
  const paths = new Map([
    ...Object.entries(Parameters).map(([id, { Type, Default = '' }]): [string, string] => [
      id,
      `${Type} ${Default}`,
    ]),
    ...Object.entries(Resources).map(([logicalId, { Metadata }]): [string, string] => [
      logicalId,
      Metadata['aws:cdk:path'].replace(`${stack.node.path}/`, '').replace(/\/(?:Resource|Default)$/, ''),
    ]),
  ]);
  const resources = Object.entries(Resources).map(([logicalId, resource]) => ({
    path: paths.get(logicalId) ?? logicalId,
    type: resource.Type,
    properties: TextualProperties.parse(asText(resource.Properties, paths)),
    deletionPolicy: resource.DeletionPolicy,
    updateReplacePolicy: resource.UpdateReplacePolicy,
    dependsOn: resource.DependsOn.map((id) => paths.get(id) ?? id),
  }));
  return {
    resources,
    outputs: Object.fromEntries(Object.entries(Outputs).map(([id, { Value }]) => [id, asText(Value, paths)])),
    ofType: (type) => resources.filter((resource) => resource.type === type),
    at: (path) => {
      const found = resources.find((resource) => resource.path === path);
      if (found === undefined) {
        throw new Error(`no ${path} among ${resources.map((resource) => resource.path).join(', ')}`);
      }
      return found;
    },
  };
}

const TextualProperties = z.record(z.string(), z.unknown());
const Intrinsic = z.union([
  z.strictObject({ Ref: z.string() }),
  z.strictObject({ 'Fn::GetAtt': z.tuple([z.string(), z.string()]) }),
  z.strictObject({ 'Fn::Join': z.tuple([z.string(), z.array(z.unknown())]) }),
  z.strictObject({ 'Fn::ImportValue': z.unknown() }),
  z.strictObject({ 'Fn::Sub': z.string() }),
  z.strictObject({
    'Fn::Select': z.tuple([
      z.union([z.string(), z.number()]),
      z.strictObject({ 'Fn::Split': z.tuple([z.string(), z.unknown()]) }),
    ]),
  }),
]);

/** Writes every intrinsic within `value` as text. An unknown one stays what it is. */
function asText(value: unknown, paths: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((entry) => asText(entry, paths));
  if (typeof value !== 'object' || value === null) return value;
  const intrinsic = Intrinsic.safeParse(value);
  if (!intrinsic.success) {
    return Object.fromEntries(Object.entries(value).map(([name, entry]) => [name, asText(entry, paths)]));
  }
  const { data } = intrinsic;
  if ('Ref' in data) return `\${${paths.get(data.Ref) ?? data.Ref}}`;
  if ('Fn::GetAtt' in data) {
    const [logicalId, attribute] = data['Fn::GetAtt'];
    return `\${${paths.get(logicalId) ?? logicalId}.${attribute}}`;
  }
  if ('Fn::Join' in data) {
    const [separator, parts] = data['Fn::Join'];
    return parts.map((part) => String(asText(part, paths))).join(separator);
  }
  if ('Fn::ImportValue' in data) return `\${import ${String(asText(data['Fn::ImportValue'], paths))}}`;
  if ('Fn::Sub' in data) return data['Fn::Sub'];
  const [index, { 'Fn::Split': split }] = data['Fn::Select'];
  return `part ${index} of ${String(asText(split[1], paths))} at ${split[0]}`;
}
