import { startRunner } from '../../../local/runner.ts';

// A runner in a process of its own, for tests that kill it: reports its ports as one line of JSON.
const [assemblyDirectory = '', dataDirectory = ''] = process.argv.slice(2);
const { gatewayPort, managementPort } = await startRunner({
  assemblyDirectory,
  dataDirectory,
  gatewayPort: 0,
  managementPort: 0,
});
process.stdout.write(`${JSON.stringify({ gatewayPort, managementPort })}\n`);
