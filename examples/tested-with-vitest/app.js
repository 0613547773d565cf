// An API that requires a subscription, beside a deployment of Keybound.
import { App, Stack } from 'aws-cdk-lib';
import { findCore, GuardedFunction, ProtectedHttpApi, readOpenApiDocument } from 'keybound';

const app = new App();
const stack = new Stack(app, 'Orders');
new ProtectedHttpApi(stack, 'Api', {
  core: findCore(stack, 'prod'),
  definition: readOpenApiDocument(`${import.meta.dirname}/openapi.yaml`),
  context: '/orders/1.0.0',
  subscription: 'required',
  refusals: 'detailed',
  backend: new GuardedFunction(stack, 'Backend', { entry: `${import.meta.dirname}/orders/handler.js` }),
});
app.synth();
