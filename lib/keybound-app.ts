import { Tags, Validations, type App } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { z } from 'zod';
import { KeyboundStack } from './keybound-stack.ts';
import { SampleApisStack } from './sample-apis-stack.ts';

const text = z.string().min(1);

/** What `-c name=value` may say; `docs/operations.md` explains each. */
const Context = z.object({
  stage: text.regex(/^[a-z][a-z0-9-]{0,15}$/, 'must be a short lower-case name').default('dev'),
  keyPrefix: text.default('kb'),
  issuer: z.url().optional(),
  audience: text.optional(),
  rolesClaim: text.default('cognito:groups'),
  portalOrigins: z.string().default(''),
  gatewayDomain: text.optional(),
  sandboxDomain: text.optional(),
  certificateArn: text.optional(),
  gatewayUrl: z.url().optional(),
  sandboxUrl: z.url().optional(),
});
type Context = z.infer<typeof Context>;

/**
 * Makes the stacks that the context asks for.
 * @throws Error that names every context value that is wrong.
 */
export function keyboundApp(app: App): void {
  const context = readContext(app);
  const prefix = `Keybound-${context.stage}`;
  const identity = identityOf(context);
  const domains = domainsOf(context);
  const keybound = new KeyboundStack(app, prefix, {
    description: 'Keybound: API keys for HTTP APIs',
    stage: context.stage,
    keyPrefix: context.keyPrefix,
    portalOrigins: context.portalOrigins.split(',').filter((origin) => origin !== ''),
    ...(identity !== undefined && { identity }),
  });
  new SampleApisStack(app, `${prefix}-Samples`, {
    description: 'Keybound: the sample APIs PizzaShack and Petstore',
    core: keybound.core,
    ...(domains !== undefined && { domains }),
  });
  Tags.of(app).add('keybound:stage', context.stage);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
}

function readContext(app: App): Context {
  const names = Object.keys(Context.shape);
  const given = Object.fromEntries(
    names.map((name): [string, unknown] => [name, app.node.tryGetContext(name)]),
  );
  const reading = Context.safeParse(given);
  if (reading.success) return reading.data;
  const problems = reading.error.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
  throw new Error(`the context is not usable: ${problems.join('; ')}`);
}

function identityOf({ issuer, audience, rolesClaim }: Context) {
  if (issuer === undefined && audience === undefined) return undefined;
  if (issuer === undefined || audience === undefined) {
    throw new Error('an external identity provider needs both issuer and audience');
  }
  return { issuer, audience, rolesClaim };
}

function domainsOf({ gatewayDomain, sandboxDomain, certificateArn, gatewayUrl, sandboxUrl }: Context) {
  if (gatewayDomain === undefined && sandboxDomain === undefined) return undefined;
  if (gatewayDomain === undefined || sandboxDomain === undefined || certificateArn === undefined) {
    throw new Error('custom domains need all of gatewayDomain, sandboxDomain and certificateArn');
  }
  return {
    certificateArn,
    production: { domainName: gatewayDomain, ...(gatewayUrl !== undefined && { url: gatewayUrl }) },
    sandbox: { domainName: sandboxDomain, ...(sandboxUrl !== undefined && { url: sandboxUrl }) },
  };
}
