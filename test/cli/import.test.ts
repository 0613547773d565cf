import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { runKeybound, type RunningKeybound } from '../support/run-keybound.ts';
import { commandsOf } from './commands-of.ts';
import { configDirectory } from './run-cli.ts';

let keybound: RunningKeybound;
beforeAll(async () => (keybound = await runKeybound({ app: 'test/cli/moving-app/app.ts' })), 120_000);
afterAll(() => keybound.close());

const { as, out, json } = commandsOf(() => keybound);

/** Calls an API at the address that API Gateway itself gives. */
async function call(value: string): Promise<number> {
  const api = keybound.runner.assembly.apis.find(({ name }) => name.startsWith('Moved'));
  const host = `${String(api?.apiId)}.execute-api.localhost:${keybound.runner.gatewayPort}`;
  const url = `http://${host}/production/pet/10`;
  return (await keybound.http.send({ method: 'GET', url, headers: { petstore_key: value } })).status;
}

describe('keys that exist elsewhere', () => {
  it('are imported by value from standard input, and by digest', async () => {
    const [one, two] = ['an-existing-value-of-a-key', 'another-existing-value-of-a-key'];
    const byValue = await as(
      'alice',
      [...'keys import --api Moved --name Partner --value-stdin'.split(' ')],
      `${one}\n`,
    );
    expect(byValue.code).toBe(0);
    expect(byValue.out + byValue.err).not.toContain(one);
    const digest = createHash('sha256').update(two).digest('hex');
    await out('alice', [
      'keys',
      'import',
      '--api',
      'Moved',
      '--name',
      'Other',
      '--sha256',
      digest.toUpperCase(),
    ]);
    expect([await call(one), await call(two)]).toEqual([200, 200]);
  });

  it("are imported row by row from API Gateway's export, which is never repeated", async () => {
    const [good, disabled] = [
      'valueOfTheFirstExportedKey0123456789ABCD',
      'valueOfTheDisabledKey0123456789ABCDEFGHI',
    ];
    const file = join(configDirectory(), 'keys.csv');
    const rows = [
      'Name,key,description,Enabled,usageplanIds',
      `Exported,${good},"From, before",TRUE,"a1b2c3,d4e5f6"`,
      `Disabled,${disabled},,FALSE,`,
      'Short,too-short,,TRUE,',
    ];
    writeFileSync(file, rows.join('\r\n'));
    const args = ['keys', 'import', '--api', 'Moved', '--aws-csv', file];
    const first = await as('alice', args);
    expect(first.code).toBe(1);
    expect(first.out).toMatch(/^2 +Exported +imported +[0-9a-f-]{36}/m);
    expect(first.out).toMatch(/^3 +Disabled +left out/m);
    expect(first.out).toMatch(/^4 +Short +failed/m);
    expect(first.err).toBe('keybound: 1 of 3 rows failed.\n');
    const again = await as('alice', [...args, '--include-disabled']);
    expect(again.out).toMatch(/^2 +Exported +failed/m);
    expect(again.out).toMatch(/^3 +Disabled +imported, suspended/m);
    for (const text of [first, again].flatMap((result) => [result.out, result.err])) {
      for (const value of [good, disabled, 'too-short']) expect(text).not.toContain(value);
    }
    expect(await call(good)).toBe(200);
    expect(await call(disabled)).not.toBe(200);
    expect(await out('alice', ['keys', 'get', 'Exported'])).toMatch(
      /^Metadata +usagePlanIds=a1b2c3,d4e5f6$/m,
    );
  });

  it('that are given as more than one line, or as none, are refused', async () => {
    for (const input of ['', 'a\nb\n']) {
      const { code, err } = await as('alice', [...'keys import --api Moved --value-stdin'.split(' ')], input);
      expect(code).toBe(2);
      expect(err).toContain('Standard input must hold one line');
    }
  });
});

describe('subscriptions that want approval', () => {
  it('are approved or rejected by publishers', async () => {
    const Subscription = z.object({ subscriptionId: z.string(), status: z.string() });
    await out('alice', ['applications', 'create', 'Waiting']);
    const args = 'subscriptions create --application Waiting --api Approved --policy Gold'.split(' ');
    const { subscriptionId, status } = await json(Subscription, 'alice', args);
    expect(status).toBe('ON_HOLD');
    expect(await out('publisher', ['subscriptions', 'approve', subscriptionId])).toMatch(
      /^Status +UNBLOCKED$/m,
    );
    await out('alice', ['subscriptions', 'delete', subscriptionId, '--yes']);
    const again = await json(Subscription, 'alice', args);
    expect(await out('publisher', ['subscriptions', 'reject', again.subscriptionId])).toMatch(
      /^Status +REJECTED$/m,
    );
  });
});
