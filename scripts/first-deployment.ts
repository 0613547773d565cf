import { parseArgs } from 'node:util';
import { messageOf } from '../local/message-of.ts';
import { CLAIMS } from './first-deployment/claims.ts';
import { findingsTable, proveClaims, type Target } from './first-deployment/prove-claims.ts';

const USAGE = `npm run first-deployment -- --base-url URL --gateway-url URL --token TOKEN

Holds what docs/contribute/fidelity.md says of API Gateway against a deployment with the sample API Petstore, and prints which claims
are proven, contradicted, or were not run. Ends with 1 when one is contradicted.

  --base-url URL      the management API (output ManagementApiUrl); or the variable BASE_URL
  --gateway-url URL   where the Petstore is reached (output PetstoreUrl); or GATEWAY_URL
  --token TOKEN       access token of a developer; or KEYBOUND_TOKEN, which no list of processes shows
`;

process.exitCode = await main();

async function main(): Promise<number> {
  const target = read();
  if (target === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if ('problem' in target) {
    process.stderr.write(`${target.problem}\n\n${USAGE}`);
    return 2;
  }
  try {
    const findings = await proveClaims(CLAIMS, target);
    process.stdout.write(`${findingsTable(findings)}\n`);
    return findings.some(({ state }) => state === 'contradicted') ? 1 : 0;
  } catch (error) {
    process.stderr.write(`The deployment could not be examined: ${messageOf(error)}\n`);
    return 1;
  }
}

function read(): Target | 'help' | { readonly problem: string } {
  try {
    const url = { type: 'string' } as const;
    const { values } = parseArgs({
      options: { 'base-url': url, 'gateway-url': url, token: url, help: { type: 'boolean' } },
    });
    if (values.help === true) return 'help';
    const given = {
      '--base-url': values['base-url'] ?? process.env['BASE_URL'],
      '--gateway-url': values['gateway-url'] ?? process.env['GATEWAY_URL'],
    };
    for (const [flag, value] of Object.entries(given)) {
      if (value === undefined) return { problem: `${flag} is missing` };
      if (!/^https?:$/.test(URL.parse(value)?.protocol ?? '')) {
        return { problem: `${flag}: ${value} is not an address` };
      }
    }
    const token = values.token ?? process.env['KEYBOUND_TOKEN'];
    if (token === undefined) return { problem: '--token is missing' };
    const without = (text = '') => text.replace(/\/$/, '');
    return {
      managementUrl: without(given['--base-url']),
      apiUrl: without(given['--gateway-url']),
      token,
    };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}
