import { Tags, Validations, type App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readContext } from './keybound-context.ts';
import { KeyboundStack } from './keybound-stack.ts';
import { SampleApisStack } from './sample-apis-stack.ts';
import { traceFunctions } from './trace-functions.ts';

/**
 * Makes the stacks that the context asks for.
 * @throws Error that names every context value that is wrong.
 */
export function keyboundApp(app: App): void {
  const { domains, tracing, costCenter, ...core } = readContext(app.node);
  const prefix = `Keybound-${core.stage}`;
  const keybound = new KeyboundStack(app, prefix, {
    description: 'Keybound: API keys for HTTP APIs',
    ...core,
  });
  new SampleApisStack(app, `${prefix}-Samples`, {
    description: 'Keybound: the sample APIs PizzaShack and Petstore',
    core: keybound.core,
    ...(domains !== undefined && { domains }),
    ...(core.logRetention !== undefined && { logRetention: core.logRetention }),
  });
  Tags.of(app).add('keybound:stage', core.stage);
  if (costCenter !== undefined) Tags.of(app).add('keybound:cost-center', costCenter);
  if (tracing) traceFunctions(app);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
