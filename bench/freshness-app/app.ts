import { fileURLToPath } from 'node:url';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Freshness } from '../../lambdas/core/decision/freshness.ts';
import { BundledFunction } from '../../lib/internal/core/bundled-function.ts';
import { KeyboundStack } from '../../lib/stacks/keybound-stack.ts';
import { readOpenApiDocument } from '../../lib/open-api/open-api-document.ts';
import { ProtectedHttpApi } from '../../lib/constructs/protected-http-api.ts';

// One API for each mode of freshness, all alike but for that.
const app = new App();
const text = (name: string) => String(app.node.tryGetContext(name));
const petstore = (file: string) =>
  fileURLToPath(new URL(`../../examples/samples/petstore/${file}`, import.meta.url));
const MODES: Readonly<Record<string, Freshness>> = {
  Strict: { mode: 'strict' },
  Bounded: { mode: 'bounded', seconds: 2 },
  Gateway: { mode: 'gateway', ttlSeconds: 300 },
};

const { core } = new KeyboundStack(app, 'Bench-Core', {
  deployment: 'local',
  throwAway: true,
  keyPrefix: 'kb',
  portalOrigins: [],
  identity: { issuer: text('issuer'), audience: text('audience'), rolesClaim: 'cognito:groups' },
});
const stack = new Stack(app, 'Bench-Apis');
const definition = readOpenApiDocument(petstore('openapi.yaml'));
const backend = new BundledFunction(stack, 'Backend', {
  entry: petstore('handler.ts'),
  description: 'Serves pets',
  memorySize: 256,
  timeout: Duration.seconds(5),
  environment: {},
  logRetention: RetentionDays.ONE_DAY,
  removalPolicy: RemovalPolicy.DESTROY,
});
for (const [title, freshness] of Object.entries(MODES)) {
  new ProtectedHttpApi(stack, title, {
    core,
    definition: { ...definition, title },
    context: `/${title.toLowerCase()}`,
    subscription: 'optional',
    key: { header: 'apikey' },
    freshness,
    // More than one machine sends.
    throttling: { production: { rateLimit: 100_000, burstLimit: 100_000 } },
    backend: { function: backend.function },
  });
}
app.synth();
