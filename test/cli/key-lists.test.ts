import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { runKeybound, type RunningKeybound } from '../support/run-keybound.ts';
import { commandsOf } from './commands-of.ts';

let keybound: RunningKeybound;
beforeAll(async () => (keybound = await runKeybound()));
afterAll(() => keybound.close());

const { out } = commandsOf(() => keybound);
const run = (user: string, line: string) => out(user, line.split(' '));

describe('a key that has expired', () => {
  it('is shown as EXPIRED wherever its status is, and found as that', async () => {
    await run('alice', 'keys generate --api Petstore --name Lasting --valid-for 1h');
    await run('alice', 'keys generate --api Petstore --name Brief --valid-for 1s');
    const brief = /^Brief +Petstore +PRODUCTION +EXPIRED /m;
    await vi.waitFor(async () => expect(await run('alice', 'keys list')).toMatch(brief), 10_000);
    expect(await run('alice', 'keys list')).toMatch(/^Lasting +Petstore +PRODUCTION +ACTIVE /m);
    const found = await run('alice', 'keys list --query status:expired');
    expect(found).toMatch(brief);
    expect(found).not.toContain('Lasting');
    expect(await run('alice', 'keys list --query status:active')).not.toContain('Brief');
    expect(await run('admin', 'keys all')).toMatch(/^alice +Brief +Petstore +PRODUCTION +EXPIRED /m);
    expect(await run('admin', 'keys bulk-revoke --owner alice --dry-run')).toMatch(
      /^alice +Brief .* EXPIRED /m,
    );
    expect(await run('alice', 'keys get Brief')).toMatch(/^Status +EXPIRED$/m);
    expect(await run('alice', 'keys suspend Brief')).toMatch(/^Status +SUSPENDED, EXPIRED$/m);
    expect(await run('alice', 'keys suspend Lasting')).toMatch(/^Status +SUSPENDED$/m);
  });
});

describe('a key of an application', () => {
  it('is shown to administrators with its application, for all that this subscribes to', async () => {
    await run('alice', 'applications create Finder');
    await run('alice', 'subscriptions create --application Finder --api PizzaShackAPI --policy Gold');
    await run('alice', 'keys generate --application Finder --name Wide');
    const row = /^alice +Wide +\(all subscribed\) +PRODUCTION +ACTIVE +Finder /m;
    expect(await run('admin', 'keys all')).toMatch(row);
    expect(await run('admin', 'keys bulk-revoke --owner alice --dry-run')).toMatch(row);
  });
});
