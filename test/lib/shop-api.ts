import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import { Function } from 'aws-cdk-lib/aws-lambda';
import { z } from 'zod';
import { readOpenApiDocument, type OpenApiDocument } from '../../lib/open-api/open-api-document.ts';
import { ProtectedHttpApi } from '../../lib/constructs/protected-http-api.ts';
import type { PlainRefusals, ProtectedHttpApiProps } from '../../lib/constructs/protected-http-api-props.ts';
import { outputDirectory, quickApp } from './quick-app.ts';
import { readStack, type ReadStack } from './read-stack.ts';

/** The core as another stack would find it. */
export const CORE = {
  authorizerArn: 'arn:aws:lambda:eu-west-1:111122223333:function:authorizer',
  registrarArn: 'arn:aws:lambda:eu-west-1:111122223333:function:registrar',
  usageArn: 'arn:aws:lambda:eu-west-1:111122223333:function:usage',
};

export const functionArn = (name: string) => `arn:aws:lambda:eu-west-1:111122223333:function:${name}`;

/** An OpenAPI document to which components can be added. */
export const SHOP = `
openapi: 3.1.0
info: { title: Shop, version: 2.0.1, description: Sells things. }
paths:
  /items:
    get: {}
    post: {}
  /items/{itemId}:
    parameters: [{ name: itemId, in: path, required: true, schema: { type: string } }]
    summary: One thing
    get: {}
    delete: {}
  /files/{path+}:
    put: {}
    patch: {}
    head: {}
    options: {}
`;

/** The document `text`, read from a file. */
export function documentOf(text: string): OpenApiDocument {
  const file = join(outputDirectory(), 'openapi.yaml');
  writeFileSync(file, text);
  return readOpenApiDocument(file);
}

export const shop = documentOf(SHOP);

type PlainProps = Extract<ProtectedHttpApiProps, PlainRefusals>;
export type Props = Omit<Partial<PlainProps>, 'domains'>;

/** An API in a stack of its own; `more` may look up functions and domains in that stack. */
export function synthesize(
  props: Props = {},
  more: (stack: Stack) => Partial<PlainProps> = () => ({}),
): { readonly api: ProtectedHttpApi; readonly stack: ReadStack } {
  const stack = new Stack(quickApp(), 'Shop');
  const api = new ProtectedHttpApi(stack, 'Shop', {
    core: CORE,
    definition: shop,
    context: '/shop/2.0.1',
    subscription: 'required',
    backend: { function: Function.fromFunctionArn(stack, 'Backend', functionArn('shop')) },
    ...props,
    ...more(stack),
  });
  return { api, stack: readStack(stack) };
}

/** Each API's authorizer, but for the API: run for every request, with payload 2.0, simple answers, no source and no cache. */
export const SHARED_AUTHORIZER = {
  Name: 'keybound',
  AuthorizerType: 'REQUEST',
  AuthorizerUri: `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/${CORE.authorizerArn}/invocations`,
  AuthorizerPayloadFormatVersion: '2.0',
  EnableSimpleResponses: true,
  IdentitySource: [],
  AuthorizerResultTtlInSeconds: 0,
};

export const Variables = z.record(z.string(), z.string());

/** The variables of a stage of `synthesize`'s API. */
export function stageVariables(read: ReadStack, stage: 'Production' | 'Sandbox'): Record<string, string> {
  return Variables.parse(read.at(`Shop/${stage}`).properties['StageVariables']);
}

/** What `synthesize`'s API tells the registrar. */
export function registration(read: ReadStack): Readonly<Record<string, unknown>> {
  return read.at('Shop/Registration').properties;
}
