import { Fn, Stack, Token } from 'aws-cdk-lib';
import { CfnPermission } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { parseUrl } from '../../lambdas/core/general/parse-url.ts';
import { STAGE_VARIABLES, type BackendKind } from '../../lambdas/contract/stage-variables.ts';
import { mustBe } from '../internal/checks/check-props.ts';
import { backendPathOf } from '../open-api/route-key.ts';
import { isInstance, lambdaFunction, type LambdaFunction } from '../internal/checks/prop-kinds.ts';
import { valueIn } from '../internal/checks/value-in.ts';

/** A Lambda function that serves an API: a `Function`, an `Alias` or a `Version` of CDK. */
export interface FunctionBackend {
  readonly function: LambdaFunction;
}

/** A server that serves an API. */
export interface UrlBackend {
  /**
   * The address below which the paths of the API lie: http or https, a host, perhaps a path, and no more.
   * @example 'https://orders.example.com/v1'
   */
  readonly url: string;
}

/** What serves an API: a Lambda function, or a server. */
export type Backend = FunctionBackend | UrlBackend;
const Backend: z.ZodType<Backend> = z.union([
  z.strictObject({ function: lambdaFunction }),
  z.strictObject({ url: z.string() }),
  z.custom<{ readonly function: LambdaFunction }>(
    (value) => isInstance(value) && lambdaFunction.safeParse(valueIn(value, 'function')).success,
  ),
]);

/** One backend for both environments, or one for each. */
export const Backends = z.union(
  [z.strictObject({ production: Backend, sandbox: Backend }), Backend],
  mustBe(
    '{ function: a Lambda function of CDK }, { url: a string }, or { production, sandbox } with one of these each',
  ),
);

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.stage-variables.html */
const STAGE_VARIABLE_CHARACTERS = /[A-Za-z0-9\-._~:/?#&=,]/g;

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html */
const MOST_STAGE_VARIABLE_CHARACTERS = 512;
/** https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html */
const MOST_URI_CHARACTERS = 2048;

/** One for each environment. */
export type ByEnvironment<T> = Readonly<Record<'production' | 'sandbox', T>>;

/** Backends as the gateway calls them. A stage variable selects one. */
export interface BoundBackends {
  /** Before a URL the authorizer refuses paths that a server could take for others. */
  readonly kind: BackendKind;
  readonly stageVariable: ByEnvironment<string>;
  /** The integration of an operation. Operations with the same URI can share it. */
  readonly integration: (path: string) => {
    readonly integrationType: string;
    readonly integrationUri: string;
    readonly integrationMethod: string;
    readonly payloadFormatVersion: string;
  };
}

/** The backends of both environments. */
export function backendsOf(backend: Backend | ByEnvironment<Backend>): ByEnvironment<Backend> {
  return isByEnvironment(backend) ? backend : { production: backend, sandbox: backend };
}

function isByEnvironment(backend: Backend | ByEnvironment<Backend>): backend is ByEnvironment<Backend> {
  return 'production' in backend;
}

/**
 * Ties the backends of an API to its stages; functions may then be invoked by the API `gatewayApiId`.
 * @throws Error when the environments have backends that one integration cannot reach.
 */
export function bindBackends(
  scope: Construct,
  backend: Backend | ByEnvironment<Backend>,
  gatewayApiId: string,
): BoundBackends {
  const { production, sandbox } = backendsOf(backend);
  if ('function' in production && 'function' in sandbox) {
    return bindFunctions(scope, { production: production.function, sandbox: sandbox.function }, gatewayApiId);
  }
  if ('url' in production && 'url' in sandbox) return bindUrls(production.url, sandbox.url);
  throw new Error('the backends of both environments must be functions, or both must be URLs');
}

/**
 * The URI of the integration names account and region of the stack; only what follows them is the stage's to say.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.stage-variables.html
 */
function bindFunctions(
  scope: Construct,
  functions: ByEnvironment<LambdaFunction>,
  gatewayApiId: string,
): BoundBackends {
  const { region, account, partition } = Stack.of(scope);
  const stageVariable = {
    production: qualifiedName(scope, functions.production),
    sandbox: qualifiedName(scope, functions.sandbox),
  };
  const arns = new Set<string>();
  for (const functionArn of [functions.production, functions.sandbox].map(arnOf)) {
    if (arns.has(functionArn)) continue;
    arns.add(functionArn);
    new CfnPermission(scope, `Permission${arns.size}`, {
      action: 'lambda:InvokeFunction',
      // With its account and region, so that the deployment fails where they are not the API's.
      functionName: functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: `arn:${partition}:execute-api:${region}:${account}:${gatewayApiId}/*/*`,
    });
  }
  const integrationUri = `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/arn:${partition}:lambda:${region}:${account}:function:${fromStage()}/invocations`;
  return {
    kind: 'function',
    stageVariable,
    integration: () => ({
      integrationType: 'AWS_PROXY',
      integrationUri,
      integrationMethod: 'POST',
      payloadFormatVersion: '2.0',
    }),
  };
}

/** The name of a function, with its alias or version where it has one: `name` or `name:alias`. */
function qualifiedName(scope: Construct, target: LambdaFunction): string {
  const arn = arnOf(target);
  const { region, account } = Stack.of(scope);
  const [, , , arnRegion, arnAccount] = Token.isUnresolved(arn) ? [] : arn.split(':');
  const env = valueIn(target, 'env');
  for (const [what, own, its] of [
    ['region', region, arnRegion ?? valueIn(env, 'region')],
    ['account', account, arnAccount ?? valueIn(env, 'account')],
  ] as const) {
    if (isKnown(own) && isKnown(its) && own !== its) {
      throw new Error(
        `the backend ${target.node.path} is in the ${what} ${its}, and its API in ${own}: an API calls functions of its own account and region only; deploy the function there, or pass the URL of one`,
      );
    }
  }
  const [, name] = arn.split(':function:');
  // What is known at deployment only; the name follows, for functions, aliases and versions alike.
  if (name === undefined || Token.isUnresolved(name)) {
    if (Token.isUnresolved(arn)) return Fn.select(1, Fn.split(':function:', arn));
    throw new Error(`${arn} is not the ARN of a Lambda function`);
  }
  if (QUALIFIED_NAME.test(name)) return name;
  throw new Error(`${arn} is not the ARN of a Lambda function`);
}

const QUALIFIED_NAME = /^[\w-]+(?::[\w-]+)?$/;

function isKnown(value: unknown): value is string {
  return typeof value === 'string' && !Token.isUnresolved(value);
}

/** The unqualified function is its `$LATEST`, and a stage variable cannot hold the dollar sign. */
function arnOf({ functionArn }: LambdaFunction): string {
  return functionArn.replace(/:\$LATEST$/, '');
}

/** A stage variable cannot hold the scheme of a URI, so that both environments must have the same. */
function bindUrls(production: string, sandbox: string): BoundBackends {
  const [first, second] = [readUrl(production), readUrl(sandbox)];
  if (first.scheme !== second.scheme) {
    throw new Error(`the backends of both environments must have the same scheme: ${production}, ${sandbox}`);
  }
  return {
    kind: 'url',
    stageVariable: { production: first.rest, sandbox: second.rest },
    integration: (path) => ({
      integrationType: 'HTTP_PROXY',
      integrationUri: backendUri(`${first.scheme}//${fromStage()}${backendPathOf(path)}`),
      integrationMethod: 'ANY',
      payloadFormatVersion: '1.0',
    }),
  };
}

function readUrl(text: string): { readonly scheme: string; readonly rest: string } {
  if (Token.isUnresolved(text)) {
    throw new Error(
      'the URL of a backend is not known before the deployment: pass a literal, since its scheme becomes a part of the integration',
    );
  }
  const url = parseUrl(text);
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    [url.search, url.hash, url.username, url.password].some((part) => part !== '')
  ) {
    throw new Error(
      `${text} is not a backend URL: use http or https, a host and optionally a path, nothing else`,
    );
  }
  const rest = `${url.host}${url.pathname.replace(/\/$/, '')}`;
  if (rest.length > MOST_STAGE_VARIABLE_CHARACTERS) {
    throw new Error(
      `the backend's URL has ${rest.length} characters after its scheme; a stage variable holds at most ${MOST_STAGE_VARIABLE_CHARACTERS}`,
    );
  }
  const others = new Set(rest.replaceAll(STAGE_VARIABLE_CHARACTERS, ''));
  if (others.size > 0) {
    throw new Error(
      `the backend URL ${text} contains characters that a stage variable cannot hold: ${[...others].join(' ')}`,
    );
  }
  return { scheme: url.protocol, rest };
}

function backendUri(uri: string): string {
  if (uri.length <= MOST_URI_CHARACTERS) return uri;
  throw new Error(
    `the URI ${uri.slice(0, 80)}… of a backend has more than ${MOST_URI_CHARACTERS} characters`,
  );
}

function fromStage(): string {
  return `\${stageVariables.${STAGE_VARIABLES.backend}}`;
}
