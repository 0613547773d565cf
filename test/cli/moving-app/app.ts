import { join } from 'node:path';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BundledFunction } from '../../../lib/internal/core/bundled-function.ts';
import { KeyboundStack } from '../../../lib/stacks/keybound-stack.ts';
import { readOpenApiDocument } from '../../../lib/open-api/open-api-document.ts';
import { ProtectedHttpApi } from '../../../lib/constructs/protected-http-api.ts';

// What the sample APIs do not have: one takes keys that were made elsewhere, one wants its subscriptions approved.
const root = join(import.meta.dirname, '../../..');
const app = new App();
const text = (name: string) => String(app.node.tryGetContext(name));

const keybound = new KeyboundStack(app, 'Moving-Core', {
  deployment: 'local',
  throwAway: true,
  keyPrefix: 'kb',
  portalOrigins: [],
  identity: { issuer: text('issuer'), audience: text('audience'), rolesClaim: 'cognito:groups' },
});
const stack = new Stack(app, 'Moving-Apis');
const backend = new BundledFunction(stack, 'Backend', {
  entry: join(root, 'examples/samples/petstore/handler.ts'),
  description: 'Answers with pets',
  memorySize: 256,
  timeout: Duration.seconds(5),
  environment: {},
  logRetention: RetentionDays.ONE_DAY,
  removalPolicy: RemovalPolicy.DESTROY,
});
const definition = readOpenApiDocument(join(root, 'examples/samples/petstore/openapi.yaml'));
const common = { core: keybound.core, backend: { function: backend.function } };
new ProtectedHttpApi(stack, 'Moved', {
  ...common,
  definition: { ...definition, title: 'Moved' },
  context: '/moved',
  subscription: 'optional',
  acceptImportedKeys: true,
});
new ProtectedHttpApi(stack, 'Approved', {
  ...common,
  definition: { ...definition, title: 'Approved' },
  context: '/approved',
  subscription: 'required',
  subscriptionApproval: true,
});
app.synth();
