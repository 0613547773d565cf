import { Stack, Token } from 'aws-cdk-lib';
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import { z } from 'zod';
import { parseUrl } from '../lambdas/core/parse-url.ts';
import { STAGE_VARIABLES } from '../lambdas/core/stage-variables.ts';
import { mustBe } from './check-props.ts';
import { lambdaFunction } from './prop-kinds.ts';

/** What serves an API: a Lambda function, or a server at `url` below which the paths of the API lie. */
export type Backend = Readonly<z.infer<typeof Backend>>;
const Backend = z.union([z.object({ function: lambdaFunction }), z.object({ url: z.string() })]);

/** One backend for both environments, or one for each. */
export const Backends = z.union(
  [z.object({ production: Backend, sandbox: Backend }), Backend],
  mustBe(
    '{ function: a Lambda function of CDK }, { url: a string }, or { production, sandbox } with one of these each',
  ),
);

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-stages.stage-variables.html */
const STAGE_VARIABLE_CHARACTERS = /[A-Za-z0-9\-._~:/?#&=,]/g;

/** One for each environment. */
export type ByEnvironment<T> = Readonly<Record<'production' | 'sandbox', T>>;

/** Backends as the gateway calls them: which one, the stage's variable says. */
export interface BoundBackends {
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

function bindFunctions(
  scope: Construct,
  functions: ByEnvironment<IFunction>,
  gatewayApiId: string,
): BoundBackends {
  const { region, account, partition } = Stack.of(scope);
  const arns = new Set<string>();
  for (const { functionArn } of [functions.production, functions.sandbox]) {
    if (arns.has(functionArn)) continue;
    arns.add(functionArn);
    new CfnPermission(scope, `Permission${arns.size}`, {
      action: 'lambda:InvokeFunction',
      functionName: functionArn,
      principal: 'apigateway.amazonaws.com',
      sourceArn: `arn:${partition}:execute-api:${region}:${account}:${gatewayApiId}/*/*`,
    });
  }
  const integrationUri = `arn:${partition}:apigateway:${region}:lambda:path/2015-03-31/functions/${fromStage()}/invocations`;
  return {
    stageVariable: { production: functions.production.functionArn, sandbox: functions.sandbox.functionArn },
    integration: () => ({
      integrationType: 'AWS_PROXY',
      integrationUri,
      integrationMethod: 'POST',
      payloadFormatVersion: '2.0',
    }),
  };
}

/** A stage variable cannot hold the scheme of a URI, so that both environments must have the same. */
function bindUrls(production: string, sandbox: string): BoundBackends {
  const [first, second] = [readUrl(production), readUrl(sandbox)];
  if (first.scheme !== second.scheme) {
    throw new Error(`the backends of both environments must have the same scheme: ${production}, ${sandbox}`);
  }
  return {
    stageVariable: { production: first.rest, sandbox: second.rest },
    integration: (path) => ({
      integrationType: 'HTTP_PROXY',
      integrationUri: `${first.scheme}//${fromStage()}${path}`,
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
      `${text} is not the URL of a backend: http or https, a host, perhaps a path, and no more`,
    );
  }
  const rest = `${url.host}${url.pathname.replace(/\/$/, '')}`;
  const others = new Set(rest.replaceAll(STAGE_VARIABLE_CHARACTERS, ''));
  if (others.size > 0) {
    throw new Error(`the backend ${text} has what a stage variable cannot hold: ${[...others].join(' ')}`);
  }
  return { scheme: url.protocol, rest };
}

function fromStage(): string {
  return `\${stageVariables.${STAGE_VARIABLES.backend}}`;
}
