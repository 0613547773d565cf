// Keybound, and an HttpApi of CDK whose routes want keys.
const { App, Stack } = require('aws-cdk-lib');
const { HttpApi, HttpMethod, HttpNoneAuthorizer } = require('aws-cdk-lib/aws-apigatewayv2');
const { HttpLambdaIntegration } = require('aws-cdk-lib/aws-apigatewayv2-integrations');
const { Code, Function, Runtime } = require('aws-cdk-lib/aws-lambda');
const { KeyboundAuthorizer, KeyboundStack } = require('keybound');

const app = new App();
const keybound = new KeyboundStack(app, 'Keybound', { deployment: 'dev', throwAway: true });

const stack = new Stack(app, 'Notes');
const notes = new Function(stack, 'Function', {
  runtime: Runtime.NODEJS_24_X,
  code: Code.fromAsset(`${__dirname}/notes`),
  handler: 'index.handler',
});
const api = new HttpApi(stack, 'Api', {
  apiName: 'Notes',
  defaultAuthorizer: new KeyboundAuthorizer('Keys', {
    core: keybound.core,
    definition: { title: 'Notes', version: '1.0.0' },
    context: '/notes/1.0.0',
    subscription: 'optional',
  }),
});
api.addRoutes({
  path: '/notes',
  methods: [HttpMethod.GET],
  integration: new HttpLambdaIntegration('Notes', notes),
});
api.addRoutes({
  path: '/health',
  methods: [HttpMethod.GET],
  integration: new HttpLambdaIntegration('Health', notes),
  authorizer: new HttpNoneAuthorizer(),
});
app.synth();
