import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { benchAuthorizerCall } from './authorizer-call.ts';
import { benchBulkRevoke } from './bulk-revoke.ts';
import { benchDecision } from './decision.ts';
import { benchFreshness } from './freshness.ts';
import { judge, renderFindings, type Finding } from './finding.ts';
import { benchManyKeys } from './many-keys.ts';
import { benchModuleLoad } from './module-load.ts';

const HELP = `Measures the authorizer; docs/contribute/benchmarks.md says what the numbers mean.

  --many-keys   measure lists of keys with 100,000 keys in the table instead
  --bulk-revoke revoke 10,000 keys on a runner that is killed in the middle instead
  --check       end with status 1 when a target is missed
  --help        this text
`;

const { values: flags } = parseArgs({
  options: {
    'many-keys': { type: 'boolean', default: false },
    'bulk-revoke': { type: 'boolean', default: false },
    check: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (flags.help) process.stdout.write(HELP);
else await bench();

async function bench(): Promise<void> {
  const startedAt = performance.now();
  const findings = await measured();
  const seconds = Math.round((performance.now() - startedAt) / 1000);
  process.stdout.write(`${renderFindings(findings)}

Node.js ${process.version}, ${process.platform}-${process.arch}, ${availableParallelism()} processors, ${seconds} s.
Rates and times depend on the machine and its load; a ratio of two measurements hardly does.
`);
  const missed = findings.filter((finding) => judge(finding) === 'MISSED');
  if (flags.check && missed.length > 0) process.exitCode = 1;
}

async function measured(): Promise<readonly Finding[]> {
  if (flags['many-keys']) return benchManyKeys();
  if (flags['bulk-revoke']) return benchBulkRevoke();
  return [
    ...(await benchDecision()),
    ...(await benchAuthorizerCall()),
    ...(await benchFreshness()),
    ...(await benchModuleLoad()),
  ];
}
