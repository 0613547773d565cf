import { App } from 'aws-cdk-lib';
import { KeyboundStack } from '../lib/stacks/keybound-stack.ts';

// The core that the runner adds to apps without one of their own. The context `stage` is the deployment that they look
// for with `findCore`.
const app = new App();
const stage = String(app.node.tryGetContext('stage'));
new KeyboundStack(app, `Keybound-${stage}`, { stage, throwAway: true });
app.synth();
