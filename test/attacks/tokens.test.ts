import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ADMIN, PORTAL, runKeybound, type RunningKeybound } from '../support/run-keybound.ts';

let keybound: RunningKeybound;
beforeAll(async () => {
  keybound = await runKeybound();
});
afterAll(() => keybound.close());

const Tokens = z.object({ access_token: z.string(), id_token: z.string(), refresh_token: z.string() });

describe('a token of the issuer', () => {
  it('that tells an application who signed in opens nothing, though it names the same audience', async () => {
    const { http, runner } = keybound;
    const signedIn = await http.send({
      method: 'POST',
      url: `${runner.managementUrl}/oauth2/token`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=password&username=admin&password=admin',
    });
    const tokens = Tokens.parse(signedIn.json);
    const statusOf = async (token: string, path: string) => {
      const url = `${runner.managementUrl}${path}`;
      return (await http.send({ method: 'GET', url, headers: { authorization: `Bearer ${token}` } })).status;
    };
    for (const path of [`${PORTAL}/apis`, `${ADMIN}/api-keys`, '/api/am/publisher/v4/apis']) {
      expect(await statusOf(tokens.access_token, path)).toBe(200);
      expect(await statusOf(tokens.id_token, path)).toBe(401);
      expect(await statusOf(tokens.refresh_token, path)).toBe(401);
    }
  });
});
