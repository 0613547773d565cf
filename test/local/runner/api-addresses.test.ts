import { describe, expect, it } from 'vitest';
import { send, startSample } from '../sample-runner.ts';

describe('the addresses of a runner', () => {
  it('are there for each stage of each API but the management API', async () => {
    const runner = await startSample();
    const { gatewayUrl, apis } = runner;
    expect(apis).toMatchObject([
      {
        name: 'notes',
        urls: {
          production: `${gatewayUrl}/notes/1.0.0`,
          sandbox: `${gatewayUrl}/sandbox.localhost/notes/1.0.0`,
        },
      },
    ]);
    const [url, sandboxUrl] = [runner.url('notes'), runner.url('notes', 'sandbox')];
    const answers = await Promise.all(
      [url, sandboxUrl].map(async (each) => {
        const answer: unknown = await (await fetch(`${each}/notes/a`, { headers: { apikey: 'me' } })).json();
        return answer;
      }),
    );
    expect(answers).toMatchObject([{ stage: 'green' }, { stage: 'sand' }]);
  });

  it('use the port of the sandbox where there is one', async () => {
    const runner = await startSample({ sandboxPort: 0 });
    expect(runner.url('notes', 'sandbox')).toBe(`http://localhost:${String(runner.sandboxPort)}/notes/1.0.0`);
  });

  it('are refused by name when there is no such API or stage', async () => {
    const runner = await startSample();
    expect(() => runner.url('orders')).toThrow('there is no API "orders"; there are "notes"');
    expect(() => runner.url('notes', 'test')).toThrow(
      'the API "notes" has no stage "test"; it has "production", "sandbox"',
    );
  });

  it('can have the id of an API in the path, and backends see its own name as host', async () => {
    const runner = await startSample();
    const { apiId = '' } = runner.apis[0] ?? {};
    const path = (rest: string) => `${runner.gatewayUrl}/${apiId}${rest}`;
    const headers = { apikey: 'me' };
    expect((await fetch(path('/production/notes/a'), { headers })).status).toBe(200);
    expect((await fetch(path('/production'), { headers })).status).toBe(404);
    // Whoever names the host of the API itself means its own paths.
    const host = `${apiId}.execute-api.localhost`;
    expect((await send(runner.gatewayPort, `/${apiId}/production/notes/a`, { host, headers })).status).toBe(
      404,
    );
    expect((await fetch(`${runner.gatewayUrl}/aaaaaaaaaa/production/notes/a`, { headers })).status).toBe(403);
  });
});
