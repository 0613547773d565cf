import { App } from 'aws-cdk-lib';
import { KeyboundStack } from '../lib/stacks/keybound-stack.ts';

// The core that the runner adds to apps without one of their own. The context `deployment` is the deployment that they look
// for with `findCore`.
const app = new App();
const deployment = String(app.node.tryGetContext('deployment'));
new KeyboundStack(app, `Keybound-${deployment}`, { deployment, throwAway: true });
app.synth();
