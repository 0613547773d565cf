import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { digestKeyValue } from '../../../lambdas/core/keys/key-value.ts';
import { KeyboundStack } from '../../../lib/stacks/keybound-stack.ts';
import { readOpenApiDocument } from '../../../lib/open-api/open-api-document.ts';
import { ProtectedHttpApi } from '../../../lib/constructs/protected-http-api.ts';

// APIs before one server, as attackers find them: production and sandbox are folders of one host.
const app = new App();
const text = (name: string) => String(app.node.tryGetContext(name));
const server = process.env['ATTACKED_URL'] ?? 'https://backend.example';

const { core } = new KeyboundStack(app, 'Attacked-Core', {
  deployment: 'local',
  keyPrefix: 'kb',
  portalOrigins: [],
  identity: { issuer: text('issuer'), audience: text('audience'), rolesClaim: 'cognito:groups' },
});
const stack = new Stack(app, 'Attacked-Apis');
const definition = readOpenApiDocument(join(import.meta.dirname, 'openapi.yaml'));
const unthrottled = { rateLimit: 100_000, burstLimit: 100_000 };
const common = {
  core,
  subscription: 'optional',
  backend: { production: { url: `${server}/production` }, sandbox: { url: `${server}/sandbox` } },
  throttling: { production: unthrottled },
} as const;
const titled = (title: string) => ({
  definition: { ...definition, title },
  context: `/${title.toLowerCase()}`,
});

new ProtectedHttpApi(stack, 'Plain', {
  ...common,
  ...titled('Plain'),
  integrationTimeout: Duration.seconds(1),
});
new ProtectedHttpApi(stack, 'Throttled', {
  ...common,
  ...titled('Throttled'),
  throttling: {
    production: { ...unthrottled, routes: { 'GET /menu': { rateLimit: 0.001, burstLimit: 25 } } },
  },
});
new ProtectedHttpApi(stack, 'Repeated', {
  ...common,
  ...titled('Repeated'),
  freshness: { mode: 'gateway', ttlSeconds: 300 },
});
new ProtectedHttpApi(stack, 'Behind', {
  ...common,
  ...titled('Behind'),
  trustedProxies: {
    ranges: ['203.0.113.0/24'],
    addressHeader: 'x-forwarded-for',
    proof: { header: 'x-edge-proof', sha256: digestKeyValue('the secret of the edges') },
  },
});
app.synth();
