import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { digestKeyValue } from '../../lambdas/core/keys/key-value.ts';
import { commandsOf } from '../cli/commands-of.ts';
import { runKeybound, type RunningKeybound } from '../support/run-keybound.ts';

const page = readFileSync(new URL('../../docs/operate/leaked-key.md', import.meta.url), 'utf8');
/** The command lines of each section, by its heading. */
const sections = page.split(/^## /m).map((section) => ({
  title: section.split('\n', 1)[0] ?? '',
  lines: [...section.matchAll(/^npx keybound (.*)$/gm)].map(([, line = '']) => line),
}));

let keybound: RunningKeybound;
beforeAll(async () => (keybound = await runKeybound()));
afterAll(() => keybound.close());
const { as } = commandsOf(() => keybound);

/** Runs a line as a shell does that knows these variables, as an administrator. */
async function run(line: string, variables: Readonly<Record<string, string>>, leaked: string) {
  const [command = '', input] = line.split(' < ');
  const words = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? '');
  const args = words.map((word) =>
    word.replace(/^\$(\w+)$/, (_, name: string) => {
      const value = variables[name];
      if (value === undefined) throw new Error(`the page does not say what $${name} is`);
      return value;
    }),
  );
  return as('admin', args, input === undefined ? undefined : `${leaked}\n`);
}

describe('the runbook for a leaked key', () => {
  it('has a section for each thing that one can have in hand', () => {
    expect(sections.map(({ title }) => title)).toEqual(
      expect.arrayContaining([
        'You have the value',
        'You have a part of the value',
        'You have only an owner',
        'You have only an address',
        'You have only a time',
      ]),
    );
    expect(sections.flatMap(({ lines }) => lines).length).toBeGreaterThan(15);
  });

  it('gives commands that work, each as it stands', async () => {
    const petstore = await keybound.apiId('Petstore');
    const self = await keybound.generate('alice', petstore);
    const { keyUUID, apikey } = await keybound.generate('alice', petstore);
    const applicationId = await keybound.subscriber('alice', await keybound.apiId('PizzaShackAPI'));
    await keybound.subscriber('bob', await keybound.apiId('PizzaShackAPI'));
    const variables = {
      KEY_ID: keyUUID,
      DIGEST: digestKeyValue(apikey),
      OWNER: 'alice',
      NEW_OWNER: 'bob',
      APPLICATION_ID: applicationId,
      ADDRESS: '203.0.113.7',
    };
    for (const { lines } of sections) {
      for (const line of lines) {
        const leaked = line.startsWith('keys self-revoke') ? self.apikey : apikey;
        const { code, err } = await run(line, variables, leaked);
        expect({ line, code, err: code === 0 ? '' : err }).toEqual({ line, code: 0, err: '' });
      }
    }
  });

  it('finds by an address the keys that were called with from there, and no others', async () => {
    const petstore = await keybound.apiId('Petstore');
    const used = await keybound.generate('bob', petstore, { keyName: 'Called' });
    const unused = await keybound.generate('bob', petstore, { keyName: 'Silent' });
    const call = (apikey: string, address: string) =>
      keybound.http.send({
        method: 'GET',
        url: `${keybound.runner.gatewayUrl}/v2/pet/10`,
        headers: { petstore_key: apikey, 'x-test-source-ip': address },
      });
    expect((await call(used.apikey, '203.0.113.99')).status).toBe(200);
    expect((await call(unused.apikey, '203.0.113.100')).status).toBe(200);
    await keybound.runner.settle();
    const { code, out } = await run(
      'keys all --called-from "$ADDRESS" --called-since 7d --all --json',
      { ADDRESS: '203.0.113.99' },
      '',
    );
    expect(code).toBe(0);
    const { list } = z.object({ list: z.array(z.object({ keyUUID: z.string() })) }).parse(JSON.parse(out));
    expect(list.map(({ keyUUID }) => keyUUID)).toEqual([used.keyUUID]);
  });
});
