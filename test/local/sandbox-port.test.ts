import { describe, expect, it } from 'vitest';
import { note, putNote, send, startSample } from './sample-runner.ts';

describe('the port of the sandbox', () => {
  it('serves to localhost, 127.0.0.1 and [::1] what the domain of the sandbox serves', async () => {
    const runner = await startSample({ sandboxPort: 0 });
    const { sandboxPort, gatewayPort } = runner;
    if (sandboxPort === undefined) throw new Error('there is no such port');
    expect(runner.sandboxUrl).toBe(`http://localhost:${sandboxPort}`);
    await putNote(runner, 'a', 'text');
    const byDomain = await note(runner, 'a', { host: 'sandbox.localhost' });
    const production = await note(runner, 'a');
    expect(byDomain).not.toEqual(production);
    for (const host of [`localhost:${sandboxPort}`, '127.0.0.1', '[::1]:1']) {
      const byPort = await note({ gatewayPort: sandboxPort }, 'a', { host });
      expect([byPort.status, byPort.body]).toEqual([byDomain.status, byDomain.body]);
    }
    const elsewhere = { host: 'other.example.com', headers: { apikey: 'me' } };
    expect((await send(sandboxPort, '/notes/1.0.0/notes/a', elsewhere)).status).toBe(
      (await send(gatewayPort, '/notes/1.0.0/notes/a', elsewhere)).status,
    );
  });
});
