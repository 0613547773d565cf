import { startRunner } from '../../local/runner.ts';
import { TEST_ISSUER } from '../support/synthesize-once.ts';

/** Runs an assembly in a process of its own, which a test can end at any moment: assembly, data directory, port. */
const [assemblyDirectory = '', dataDirectory = '', managementPort = ''] = process.argv.slice(2);
await startRunner({
  assemblyDirectory,
  dataDirectory,
  managementPort: Number(managementPort),
  gatewayPort: 0,
  issuer: TEST_ISSUER,
});
process.stdout.write('Ready.\n');
