// Keybound, and one API that wants a key for every call.
const { App, Stack } = require('aws-cdk-lib');
const { Code, Function, Runtime } = require('aws-cdk-lib/aws-lambda');
const { KeyboundStack, ProtectedHttpApi, readOpenApiDocument } = require('keybound');

const app = new App();
const keybound = new KeyboundStack(app, 'Keybound', { deployment: 'dev', throwAway: true });

const stack = new Stack(app, 'Hello');
new ProtectedHttpApi(stack, 'Api', {
  core: keybound.core,
  definition: readOpenApiDocument(`${__dirname}/openapi.yaml`),
  context: '/hello/1.0.0',
  subscription: 'optional',
  backend: {
    function: new Function(stack, 'Backend', {
      runtime: Runtime.NODEJS_24_X,
      code: Code.fromAsset(`${__dirname}/hello`),
      handler: 'index.handler',
    }),
  },
});
app.synth();
