import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { KeyboundStack } from '../../../lib/stacks/keybound-stack.ts';
import { readOpenApiDocument } from '../../../lib/open-api/open-api-document.ts';
import { ProtectedHttpApi } from '../../../lib/constructs/protected-http-api.ts';
import { largeDocument } from './large-document.ts';

// An API whose document is too large for one custom resource, and for one item of the table.
const app = new App();
const text = (name: string) => String(app.node.tryGetContext(name));
const { core } = new KeyboundStack(app, 'Large-Core', {
  deployment: 'local',
  keyPrefix: 'kb',
  portalOrigins: [],
  identity: { issuer: text('issuer'), audience: text('audience'), rolesClaim: 'cognito:groups' },
});
const definition = readOpenApiDocument(join(import.meta.dirname, '../echo-app/openapi.yaml'));
new ProtectedHttpApi(new Stack(app, 'Large-Apis'), 'Large', {
  core,
  definition: { ...definition, title: 'Large', json: largeDocument() },
  context: '/large',
  subscription: 'optional',
  backend: { url: 'http://127.0.0.1:9' },
});
app.synth();
