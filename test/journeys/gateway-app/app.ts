import { join } from 'node:path';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BundledFunction } from '../../../lib/internal/core/bundled-function.ts';
import { KeyboundStack } from '../../../lib/stacks/keybound-stack.ts';
import { readOpenApiDocument } from '../../../lib/open-api/open-api-document.ts';
import { ProtectedHttpApi } from '../../../lib/constructs/protected-http-api.ts';

// APIs whose gateway repeats decisions, for every caller and for subscribers only.
const app = new App();
const text = (name: string) => String(app.node.tryGetContext(name));
const echo = (file: string) => join(import.meta.dirname, '../echo-app', file);

const { core } = new KeyboundStack(app, 'Gateway-Core', {
  deployment: 'local',
  throwAway: true,
  keyPrefix: 'kb',
  portalOrigins: [],
  identity: { issuer: text('issuer'), audience: text('audience'), rolesClaim: 'cognito:groups' },
});
const stack = new Stack(app, 'Gateway-Apis');
const definition = readOpenApiDocument(echo('openapi.yaml'));
const common = {
  core,
  key: { header: 'X-Echo-Key' },
  freshness: { mode: 'gateway', ttlSeconds: 300 },
  backend: {
    function: new BundledFunction(stack, 'Echo', {
      entry: echo('echo.ts'),
      description: 'Answers with the event',
      memorySize: 256,
      timeout: Duration.seconds(5),
      environment: { ECHO_ENVIRONMENT: 'any' },
      logRetention: RetentionDays.ONE_DAY,
      removalPolicy: RemovalPolicy.DESTROY,
    }).function,
  },
} as const;
new ProtectedHttpApi(stack, 'Open', {
  ...common,
  definition: { ...definition, title: 'Open' },
  context: '/open',
  subscription: 'optional',
});
new ProtectedHttpApi(stack, 'Paid', {
  ...common,
  definition: { ...definition, title: 'Paid' },
  context: '/paid',
  subscription: 'required',
  policies: ['Unlimited'],
});
app.synth();
