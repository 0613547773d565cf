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
