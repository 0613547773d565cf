// Keybound, and an API whose refused calls say why.
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { AttributeType, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { GuardedFunction, KeyboundStack, ProtectedHttpApi, readOpenApiDocument } from 'keybound';

const app = new App();
const keybound = new KeyboundStack(app, 'Keybound', { deployment: 'dev', throwAway: true });

const stack = new Stack(app, 'Orders');
const table = new TableV2(stack, 'Table', {
  partitionKey: { name: 'owner', type: AttributeType.STRING },
  removalPolicy: RemovalPolicy.DESTROY,
});
const backend = new GuardedFunction(stack, 'Backend', {
  entry: `${import.meta.dirname}/backend/orders.ts`,
  timeout: Duration.seconds(5),
  environment: { TABLE_NAME: table.tableName },
  bundling: { sourceMap: true },
  removalPolicy: RemovalPolicy.DESTROY,
});
table.grantReadData(backend);

const api = new ProtectedHttpApi(stack, 'Api', {
  core: keybound.core,
  definition: readOpenApiDocument(`${import.meta.dirname}/openapi.yaml`),
  context: '/orders/1.0.0',
  subscription: 'required',
  refusals: 'detailed',
  backend,
});
// More than a hundred refused calls in five minutes: somebody's key has run out.
api
  .metricClientError({ period: Duration.minutes(5) })
  .createAlarm(stack, 'ManyRefusals', { threshold: 100, evaluationPeriods: 1 });
app.synth();
