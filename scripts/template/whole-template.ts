import type { CheckedTemplate } from './template.ts';

const CLOUDFORMATION =
  'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html';
const IAM = 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html';
const LAMBDA = 'https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html';
const LOGS = 'https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/cloudwatch_limits_cwl.html';
const HTTP_API = 'https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html';

/** Checks a template as a whole: its size, and what many resources add to one. */
export function wholeTemplateProblems(template: CheckedTemplate, size: number): readonly string[] {
  const { Resources, Outputs, Parameters, Description = '' } = template;
  return [
    ...most('the template', size, 1_000_000, 'bytes', CLOUDFORMATION),
    ...most('the template', Object.keys(Resources).length, 500, 'resources', CLOUDFORMATION),
    ...most('the template', Object.keys(Outputs).length, 200, 'outputs', CLOUDFORMATION),
    ...most('the template', Object.keys(Parameters).length, 200, 'parameters', CLOUDFORMATION),
    ...most(
      'the description of the template',
      Buffer.byteLength(Description),
      1_024,
      'bytes',
      CLOUDFORMATION,
    ),
    ...Object.entries(Outputs).flatMap(([name, output]) => [
      ...most(
        `the description of the output ${name}`,
        (output.Description ?? '').length,
        1_024,
        'characters',
        CLOUDFORMATION,
      ),
      ...most(`the name of the output ${name}`, name.length, 255, 'characters', CLOUDFORMATION),
    ]),
    ...Object.keys(Resources).flatMap((id) =>
      /^[A-Za-z0-9]{1,255}$/.test(id)
        ? []
        : [`${id} must be at most 255 letters and digits (${CLOUDFORMATION})`],
    ),
    ...sums(Resources, 'AWS::IAM::Policy', 'Roles', 10_240, 'bytes of policies', IAM, ({ PolicyDocument }) =>
      length(PolicyDocument),
    ),
    ...sums(
      Resources,
      'AWS::Lambda::Permission',
      'FunctionName',
      20_480,
      'bytes of permissions',
      LAMBDA,
      (properties) => length(properties) + 100,
    ),
    ...sums(
      Resources,
      'AWS::Logs::SubscriptionFilter',
      'LogGroupName',
      2,
      'subscription filters',
      LOGS,
      () => 1,
    ),
    ...sums(Resources, 'AWS::ApiGatewayV2::Route', 'ApiId', 300, 'routes', HTTP_API, () => 1),
    ...sums(Resources, 'AWS::ApiGatewayV2::Integration', 'ApiId', 300, 'integrations', HTTP_API, () => 1),
    ...sums(Resources, 'AWS::ApiGatewayV2::Authorizer', 'ApiId', 10, 'authorizers', HTTP_API, () => 1),
    ...sums(Resources, 'AWS::ApiGatewayV2::Stage', 'ApiId', 10, 'stages', HTTP_API, () => 1),
  ];
}

/** Adds up what the resources of `type` bring to what their property `owner` names. */
function sums(
  resources: CheckedTemplate['Resources'],
  type: string,
  owner: string,
  limit: number,
  unit: string,
  source: string,
  sizeOf: (properties: Readonly<Record<string, unknown>>) => number,
): string[] {
  const totals = new Map<string, number>();
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type !== type) continue;
    const owners = Properties[owner];
    for (const each of Array.isArray(owners) ? owners : [owners]) {
      const name = JSON.stringify(each);
      totals.set(name, (totals.get(name) ?? 0) + sizeOf(Properties));
    }
  }
  return [...totals].flatMap(([name, total]) => most(name, total, limit, unit, source));
}

function most(what: string, is: number, limit: number, unit: string, source: string): string[] {
  return is <= limit
    ? []
    : [
        `${what} must have at most ${limit.toLocaleString('en')} ${unit}, and has ${is.toLocaleString('en')} (${source})`,
      ];
}

function length(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
