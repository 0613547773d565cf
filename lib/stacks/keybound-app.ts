import { Tags, Validations, type App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { readContext } from '../settings/keybound-context.ts';
import { KeyboundStack } from './keybound-stack.ts';
import { traceFunctions } from '../internal/core/trace-functions.ts';

/**
 * Makes the core of one deployment. `directory`: where its settings are, in `keybound.config.<deployment>.json`;
 * without it the context says everything.
 * @throws Error that names every setting that is wrong.
 */
export function keyboundApp(app: App, directory?: string): void {
  const { tracing, costCenter, encryptionKeyArn, ...core } = readContext(app.node, directory);
  new KeyboundStack(app, `Keybound-${core.deployment}`, {
    description: 'Keybound: API keys for HTTP APIs',
    ...core,
    ...(encryptionKeyArn !== undefined && { encryptionKey: encryptionKeyArn }),
  });
  Tags.of(app).add('keybound:deployment', core.deployment);
  if (costCenter !== undefined) Tags.of(app).add('keybound:cost-center', costCenter);
  if (tracing) traceFunctions(app);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}
