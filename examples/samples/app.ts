import { App, Tags } from 'aws-cdk-lib';
import { SampleApisStack } from './sample-apis-stack.ts';
import { readSampleSettings } from './sample-settings.ts';

// Two APIs beside a deployment of Keybound: the core is in another app, and is found by its name.
const app = new App();
const { deployment, domains } = readSampleSettings(app.node);
const samples = new SampleApisStack(app, `Keybound-${deployment}-Samples`, {
  description: 'Keybound: the sample APIs PizzaShack and Petstore',
  core: deployment,
  ...(domains !== undefined && { domains }),
});
Tags.of(samples).add('keybound:deployment', deployment);
app.synth();
