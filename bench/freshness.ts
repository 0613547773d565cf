import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { createHttpClient, type HttpClient } from '../local/demo/http-client.ts';
import { signIn } from '../local/demo/sign-in.ts';
import { localContext, startRunner, type Runner } from '../local/runner.ts';
import type { Finding } from './finding.ts';

const PORTAL = '/api/am/devportal/v3';
const CLIENTS = 8;
/** Calls before the key is revoked. */
const WARM_UP_MILLISECONDS = 2_000;
/** How long calls go on after the answer to the revocation. */
const WATCHED_MILLISECONDS = 6_000;
const ROUNDS = 3;

/**
 * By mode: how long after the answer to a revocation the last call was sent that was accepted, at most. A mode promises
 * `promised`; for the gateway that is how long API Gateway was seen to repeat decisions after its cache was reset, and the
 * time until the table's stream has told of the change.
 */
const MODES = [
  { api: 'Strict', name: 'strict', promised: 0 },
  { api: 'Bounded', name: 'bounded, 2 s', promised: 2_000 },
  { api: 'Gateway', name: 'gateway, 300 s', promised: 2_100 },
] as const;

/** Calls that are accepted after the answer to a revocation, in each mode, over HTTP against the runner, under load. */
export async function benchFreshness(): Promise<readonly Finding[]> {
  const runner = await startRunner({
    directory: resolve(import.meta.dirname, '..'),
    app: 'bench/freshness-app/app.ts',
    context: localContext,
  });
  const http = createHttpClient();
  try {
    const token = await signIn(http, runner.managementUrl, 'alice');
    const findings: Finding[] = [];
    for (const mode of MODES) findings.push(await benchMode({ runner, http, token }, mode));
    return findings;
  } finally {
    http.close();
    await runner.close();
  }
}

interface Running {
  readonly runner: Runner;
  readonly http: HttpClient;
  readonly token: string;
}

interface Outcome {
  readonly callsAfter: number;
  readonly acceptedAfter: number;
  /** 0: none was accepted. */
  readonly lastAcceptedMilliseconds: number;
}

async function benchMode(
  running: Running,
  { api, name, promised }: (typeof MODES)[number],
): Promise<Finding> {
  const outcomes: Outcome[] = [];
  for (let round = 0; round < ROUNDS; round += 1) outcomes.push(await revokeUnderLoad(running, api));
  const sum = (what: keyof Outcome) => outcomes.reduce((total, outcome) => total + outcome[what], 0);
  const last = Math.max(...outcomes.map(({ lastAcceptedMilliseconds }) => lastAcceptedMilliseconds));
  return {
    name: `revoked key, ${name}`,
    measured: `${sum('acceptedAfter')} calls, last after ${last.toFixed(0)} ms`,
    against: `${sum('callsAfter')} calls, ${promised} ms`,
    // Where nothing may be accepted, the calls that were are the measure.
    ratio: promised === 0 ? sum('acceptedAfter') : last / promised,
    target: { atMost: promised === 0 ? 0 : 1 },
  };
}

/** Clients call with one key, which is revoked meanwhile. */
async function revokeUnderLoad({ runner, http, token }: Running, title: string): Promise<Outcome> {
  const manage = (method: string, path: string, body?: object) =>
    http.send({
      method,
      url: `${runner.managementUrl}${PORTAL}${path}`,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const { list } = Apis.parse((await manage('GET', '/apis')).json);
  const apiId = list.find(({ name }) => name === title)?.id ?? '';
  const { apikey, keyUUID } = Issued.parse(
    (await manage('POST', `/apis/${apiId}/api-keys/generate`, {})).json,
  );
  const gatewayApi = runner.assembly.apis.find(({ name }) => name.startsWith(title))?.apiId ?? '';
  const url = `http://${gatewayApi}.execute-api.localhost:${runner.gatewayPort}/production/pet/10`;

  const accepted: number[] = [];
  let calls = 0;
  let endedAt = Infinity;
  const client = async (): Promise<void> => {
    while (performance.now() < endedAt + WATCHED_MILLISECONDS) {
      const sentAt = performance.now();
      const { status } = await http.send({ method: 'GET', url, headers: { apikey } });
      if (status === 200) accepted.push(sentAt);
      if (sentAt > endedAt) calls += 1;
    }
  };
  const clients = Array.from({ length: CLIENTS }, client);
  await delay(WARM_UP_MILLISECONDS);
  if (accepted.length < CLIENTS) throw new Error("the benchmark's own calls are refused");
  const revoked = await manage('POST', `/apis/${apiId}/api-keys/revoke`, { keyUUID });
  if (revoked.status !== 200) throw new Error(`the key could not be revoked: ${revoked.text}`);
  endedAt = performance.now();
  await Promise.all(clients);
  const after = accepted.filter((sentAt) => sentAt > endedAt);
  return {
    callsAfter: calls,
    acceptedAfter: after.length,
    lastAcceptedMilliseconds: after.length === 0 ? 0 : Math.max(...after) - endedAt,
  };
}

const Apis = z.object({ list: z.array(z.object({ id: z.string(), name: z.string() })) });
const Issued = z.object({ keyUUID: z.string(), apikey: z.string() });
