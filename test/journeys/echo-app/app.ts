import { join } from 'node:path';
import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { BundledFunction } from '../../../lib/internal/core/bundled-function.ts';
import { GuardedFunction } from '../../../lib/constructs/guarded-function.ts';
import { findCore } from '../../../lib/constructs/keybound-core.ts';
import { KeyboundStack } from '../../../lib/stacks/keybound-stack.ts';
import { readOpenApiDocument } from '../../../lib/open-api/open-api-document.ts';
import { ProtectedHttpApi } from '../../../lib/constructs/protected-http-api.ts';

// A team's own app: APIs whose backends answer with what reached them. The core is found as another app would
// find it, through its SSM parameters.
const app = new App();
const echoUrl = process.env['ECHO_URL'] ?? '';
const text = (name: string) => String(app.node.tryGetContext(name));

class EchoStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const core = findCore(this, 'local');
    const definition = readOpenApiDocument(join(import.meta.dirname, 'openapi.yaml'));
    const settings = (environment: string) => ({
      entry: join(import.meta.dirname, 'echo.ts'),
      description: 'Answers with the event',
      memorySize: 256,
      timeout: Duration.seconds(5),
      environment: { ECHO_ENVIRONMENT: environment },
      logRetention: RetentionDays.ONE_DAY,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const echo = (environment: string) =>
      new BundledFunction(this, `Echo${environment}`, settings(environment));
    const guarded = new GuardedFunction(this, 'Guarded', settings('both'));
    new ProtectedHttpApi(this, 'Functions', {
      core,
      definition: { ...definition, title: 'EchoFunctions' },
      context: '/functions',
      subscription: 'optional',
      backend: { production: echo('production'), sandbox: echo('sandbox') },
    });
    new ProtectedHttpApi(this, 'GuardedPlainly', {
      core,
      definition: { ...definition, title: 'EchoGuardedPlainly' },
      context: '/guarded-plainly',
      subscription: 'optional',
      backend: guarded,
      cors: { allowOrigins: ['https://pages.example'] },
    });
    new ProtectedHttpApi(this, 'Detailed', {
      core,
      definition: { ...definition, title: 'EchoDetailed' },
      context: '/detailed',
      subscription: 'optional',
      refusals: 'detailed',
      backend: guarded,
      cors: { allowOrigins: ['https://pages.example'], exposeHeaders: ['x-total'] },
    });
    new ProtectedHttpApi(this, 'Urls', {
      core,
      definition: { ...definition, title: 'EchoUrls' },
      context: '/urls',
      subscription: 'optional',
      backend: {
        production: { url: `${echoUrl}/production` },
        sandbox: { url: `${echoUrl}/sandbox` },
      },
    });
  }
}

const keybound = new KeyboundStack(app, 'Echo-Core', {
  deployment: 'local',
  throwAway: true,
  keyPrefix: 'acme',
  portalOrigins: [],
  identity: { issuer: text('issuer'), audience: text('audience'), rolesClaim: 'cognito:groups' },
});
new EchoStack(app, 'Echo-Apis').addStackDependency(keybound);
app.synth();
