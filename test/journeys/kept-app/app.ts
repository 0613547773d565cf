import { App, Stack } from 'aws-cdk-lib';
import { KeyboundStack } from '../../../lib/stacks/keybound-stack.ts';
import { readOpenApiDocument } from '../../../lib/open-api/open-api-document.ts';
import { ProtectedHttpApi } from '../../../lib/constructs/protected-http-api.ts';
import { GuardedFunction } from '../../../lib/constructs/guarded-function.ts';

// A deployment whose data count, and one API; the environment says what changes from one deployment to the next.
const app = new App();
const text = (name: string) => String(app.node.tryGetContext(name));
const list = (name: string) => (process.env[name] ?? '').split(',').filter((part) => part !== '');
const petstore = (file: string) =>
  new URL(`../../../examples/samples/petstore/${file}`, import.meta.url).pathname;
const [tableArn, tableStreamArn] = list('CDK_KEPT_TABLE');

const { core } = new KeyboundStack(app, 'Kept-Core', {
  deployment: 'local',
  keyPrefix: 'kb',
  portalOrigins: [],
  identity: {
    issuer: text('issuer'),
    audience: process.env['CDK_KEPT_AUDIENCE'] ?? text('audience'),
    rolesClaim: 'cognito:groups',
  },
  domains: list('CDK_KEPT_DOMAINS'),
  ...(list('CDK_KEPT_ALLOWED').includes('audience') && { allowChange: ['audience'] }),
  ...(list('CDK_KEPT_ALLOWED').includes('table') && { allowChange: ['table'] }),
  ...(tableArn !== undefined &&
    tableStreamArn !== undefined && { existingTable: { tableArn, tableStreamArn } }),
});
const stack = new Stack(app, 'Kept-Apis');
new ProtectedHttpApi(stack, 'Petstore', {
  core,
  definition: readOpenApiDocument(petstore('openapi.yaml')),
  context: '/v2',
  subscription: 'optional',
  key: { header: 'petstore_key' },
  refusals: 'detailed',
  backend: new GuardedFunction(stack, 'Backend', { entry: petstore('handler.ts') }),
});
app.synth();
