import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { HttpApi, HttpMethod, HttpNoneAuthorizer, PayloadFormatVersion } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration, HttpUrlIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { KeyboundAuthorizer } from '../../../lib/constructs/keybound-authorizer.ts';
import { BundledFunction } from '../../../lib/internal/core/bundled-function.ts';
import { KeyboundStack } from '../../../lib/stacks/keybound-stack.ts';

// HTTP APIs that teams have made with CDK's own construct, and that want keys by now.
const app = new App();
const text = (name: string) => String(app.node.tryGetContext(name));
const echoUrl = process.env['ECHO_URL'] ?? '';

const { core } = new KeyboundStack(app, 'Existing-Core', {
  deployment: 'local',
  throwAway: true,
  identity: { issuer: text('issuer'), audience: text('audience'), rolesClaim: 'cognito:groups' },
});
const stack = new Stack(app, 'Existing-Apis');
const functionOf = (id: string, entry: string) =>
  new BundledFunction(stack, id, { entry: join(import.meta.dirname, entry) }).function;
const echo = functionOf('Echo', '../echo-app/echo.ts');

const orders = new HttpApi(stack, 'Orders', {
  apiName: 'Existing Orders',
  defaultAuthorizer: new KeyboundAuthorizer('Keys', {
    core,
    definition: { title: 'Orders', version: '1.0.0' },
    context: '/orders',
    subscription: 'optional',
    key: { header: 'X-Echo-Key', queryParameter: 'echoKey' },
  }),
});
orders.addRoutes({
  path: '/echo',
  methods: [HttpMethod.GET],
  integration: new HttpLambdaIntegration('Echo', echo),
});
orders.addRoutes({
  path: '/echo-v1',
  methods: [HttpMethod.GET],
  integration: new HttpLambdaIntegration('EchoV1', functionOf('EchoV1', 'echo-v1.ts'), {
    payloadFormatVersion: PayloadFormatVersion.VERSION_1_0,
  }),
});
orders.addRoutes({
  path: '/server/{name}',
  methods: [HttpMethod.GET],
  integration: new HttpUrlIntegration('Server', `${echoUrl}/server/{name}`),
});
orders.addRoutes({
  path: '/open',
  methods: [HttpMethod.GET],
  integration: new HttpLambdaIntegration('Open', echo),
  authorizer: new HttpNoneAuthorizer(),
});

const cached = new HttpApi(stack, 'Cached', { apiName: 'Existing Cached', createDefaultStage: false });
cached.addStage('Live', { stageName: 'production', autoDeploy: true });
cached.addRoutes({
  path: '/echo',
  methods: [HttpMethod.GET],
  integration: new HttpLambdaIntegration('Echo', echo),
  authorizer: new KeyboundAuthorizer('Keys', {
    core,
    definition: { title: 'Cached', version: '1.0.0' },
    context: '/cached',
    subscription: 'optional',
    freshness: { mode: 'gateway', ttlSeconds: 300 },
    stageNames: { production: 'production' },
  }),
});
app.synth();
