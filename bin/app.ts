import { App } from 'aws-cdk-lib';
import { keyboundApp } from '../lib/stacks/keybound-app.ts';

const app = new App();
keyboundApp(app, process.cwd());
app.synth();
