const STAGE_VARIABLE = /\$\{stageVariables\.(\w+)\}/g;

/**
 * Puts stage variables into an integration URI. Undefined when the stage lacks one of them: the real service then
 * cannot call anything either.
 */
export function resolveStageVariables(
  uri: string,
  variables: Readonly<Record<string, string>>,
): string | undefined {
  const names = [...uri.matchAll(STAGE_VARIABLE)].map((match) => match[1] ?? '');
  if (!names.every((name) => Object.hasOwn(variables, name))) return undefined;
  return uri.replace(STAGE_VARIABLE, (_match, name: string) => variables[name] ?? '');
}

/** The function ARN of a Lambda integration or authorizer URI, which may be the plain ARN itself. */
export function functionArnOf(uri: string): string | undefined {
  const arn = /\/functions\/(?<arn>arn:[^/]+)\/invocations$/.exec(uri)?.groups?.['arn'] ?? uri;
  return /^arn:[^:/]+:lambda:[^:/]+:\d+:function:[^/]+$/.test(arn) ? arn : undefined;
}

/** https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html */
const MOST_URI_CHARACTERS = 2048;

/**
 * Why API Gateway refuses the URI of an integration, or undefined. Of a function's ARN, stage variables can stand for what
 * follows `:function:` alone.
 */
export function integrationUriProblem(type: 'AWS_PROXY' | 'HTTP_PROXY', uri: string): string | undefined {
  if (uri.length > MOST_URI_CHARACTERS) {
    return `has ${uri.length} characters, of at most ${MOST_URI_CHARACTERS}`;
  }
  if (type === 'HTTP_PROXY') {
    const greedy = /\{[^{}]*\+\}/.exec(uri)?.[0];
    return greedy === undefined
      ? undefined
      : `names the parameter ${greedy}, which a URI names without its +: ${greedy.replace('+', '')}`;
  }
  const ownPart = uri.replace(/(:function:)[^/]*/, '$1');
  return STAGE_VARIABLE_AT_ALL.test(ownPart)
    ? 'has a stage variable in the place of more than the name, version or alias of a function'
    : undefined;
}

const STAGE_VARIABLE_AT_ALL = /\$\{stageVariables\./;
