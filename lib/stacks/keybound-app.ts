import { Tags, Validations, type App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readContext } from '../settings/keybound-context.ts';
import { KeyboundStack } from './keybound-stack.ts';
import { SampleApisStack } from './sample-apis-stack.ts';
import { traceFunctions } from '../internal/core/trace-functions.ts';

/**
 * Makes the stacks of one deployment. `directory`: where its settings are, in `keybound.config.<deployment>.json`;
 * without it the context says everything.
 * @throws Error that names every setting that is wrong.
 */
export function keyboundApp(app: App, directory?: string): void {
  const { sampleDomains, samples, tracing, costCenter, encryptionKeyArn, ...core } = readContext(
    app.node,
    directory,
  );
  const prefix = `Keybound-${core.stage}`;
  const keybound = new KeyboundStack(app, prefix, {
    description: 'Keybound: API keys for HTTP APIs',
    ...core,
    ...(encryptionKeyArn !== undefined && { encryptionKey: encryptionKeyArn }),
    ...(sampleDomains !== undefined && {
      domains: [sampleDomains.production.domainName, sampleDomains.sandbox.domainName],
    }),
  });
  if (samples) {
    new SampleApisStack(app, `${prefix}-Samples`, {
      description: 'Keybound: the sample APIs PizzaShack and Petstore',
      core: keybound.core,
      ...(core.env !== undefined && { env: core.env }),
      ...(sampleDomains !== undefined && { domains: sampleDomains }),
      ...(core.logRetention !== undefined && { logRetention: core.logRetention }),
    });
  }
  Tags.of(app).add('keybound:stage', core.stage);
  if (costCenter !== undefined) Tags.of(app).add('keybound:cost-center', costCenter);
  if (tracing) traceFunctions(app);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
