import { App, Tags } from 'aws-cdk-lib';
import { SampleApisStack } from '../../../examples/samples/sample-apis-stack.ts';
import { readSampleSettings } from '../../../examples/samples/sample-settings.ts';
import { KeyboundStack } from '../../../lib/stacks/keybound-stack.ts';

// The core and the sample APIs in one app, synthesized once for all journeys.
const app = new App();
const text = (name: string) => String(app.node.tryGetContext(name));
const { domains } = readSampleSettings(app.node);

const { core } = new KeyboundStack(app, 'Keybound-local', {
  deployment: 'local',
  throwAway: true,
  identity: { issuer: text('issuer'), audience: text('audience'), rolesClaim: 'cognito:groups' },
});
new SampleApisStack(app, 'Keybound-local-Samples', { core, ...(domains !== undefined && { domains }) });
Tags.of(app).add('keybound:deployment', 'local');
app.synth();
