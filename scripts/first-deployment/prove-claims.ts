import { z } from 'zod';
import { PORTAL_BASE } from '../../lambdas/contract/api-paths.ts';
import { messageOf } from '../../local/message-of.ts';
import { sendRaw, type RawAnswer, type RawRequest } from './send-raw.ts';

/** A deployment with the sample API Petstore. */
export interface Target {
  readonly managementUrl: string;
  /** Of the Petstore, with its context. */
  readonly apiUrl: string;
  /** Of a developer. */
  readonly token: string;
}

/** The means to try a claim. */
export interface Examined {
  /** Calls the Petstore below its context, with a good key unless another header says otherwise. */
  readonly call: (path: string, request?: Partial<RawRequest>) => Promise<RawAnswer>;
  /** Calls the management API as the developer, or with other headers. */
  readonly manage: (
    method: string,
    path: string,
    body?: object,
    headers?: RawRequest['headers'],
  ) => Promise<RawAnswer>;
  /** A key of its own for one claim. */
  readonly newKey: () => Promise<{
    readonly keyUUID: string;
    readonly apikey: string;
    readonly apiId: string;
  }>;
}

export interface Claim {
  readonly says: string;
  /** The observation to compare; or why it cannot be made here. */
  readonly expected: string;
  readonly see: ((examined: Examined) => Promise<string>) | undefined;
  /** Why there is nothing to see, or what to do by hand. */
  readonly notRunBecause?: string;
}

export interface Finding {
  readonly says: string;
  readonly state: 'proven' | 'contradicted' | 'not run';
  readonly detail: string;
}

export const KEY_HEADER = 'petstore_key';
const Apis = z.object({ list: z.array(z.object({ id: z.string(), name: z.string() })) });
const Issued = z.object({ keyUUID: z.string(), apikey: z.string() });

/**
 * Tries every claim. Its keys are revoked when it is done.
 * @throws Error when the deployment does not even give a key.
 */
export async function proveClaims(claims: readonly Claim[], target: Target): Promise<readonly Finding[]> {
  const { examined, close } = await examine(target);
  try {
    const findings: Finding[] = [];
    for (const claim of claims) findings.push(await prove(claim, examined));
    return findings;
  } finally {
    await close();
  }
}

async function prove(
  { says, expected, see, notRunBecause = '' }: Claim,
  examined: Examined,
): Promise<Finding> {
  if (see === undefined) return { says, state: 'not run', detail: notRunBecause };
  try {
    const seen = await see(examined);
    return seen === expected
      ? { says, state: 'proven', detail: seen }
      : { says, state: 'contradicted', detail: `expected ${expected}; seen ${seen}` };
  } catch (error) {
    return { says, state: 'contradicted', detail: `expected ${expected}; ${messageOf(error)}` };
  }
}

async function examine({ managementUrl, apiUrl, token }: Target) {
  const manage: Examined['manage'] = (method, path, body, headers = { authorization: `Bearer ${token}` }) =>
    sendRaw({
      method,
      url: `${managementUrl}${path}`,
      headers: { 'content-type': 'application/json', ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  const asked = await manage('GET', `${PORTAL_BASE}/apis?query=name:Petstore`);
  if (asked.status !== 200) throw new Error(`the management API answered ${asked.status} to the token`);
  const apiId = Apis.parse(JSON.parse(asked.text)).list.find(({ name }) => name.includes('Petstore'))?.id;
  if (apiId === undefined) throw new Error('the sample API Petstore is not deployed: set samples to true');
  const made: string[] = [];
  const newKey = async () => {
    const answer = await manage('POST', `${PORTAL_BASE}/apis/${apiId}/api-keys/generate`, {
      keyName: `First deployment ${made.length + 1}`,
      keyType: 'PRODUCTION',
    });
    const issued = Issued.parse(JSON.parse(answer.text));
    made.push(issued.keyUUID);
    return { ...issued, apiId };
  };
  const { apikey } = await newKey();
  const examined: Examined = {
    manage,
    newKey,
    call: (path, request = {}) =>
      sendRaw({ url: `${apiUrl}${path}`, headers: { [KEY_HEADER]: apikey }, ...request }),
  };
  const close = async () => {
    for (const keyUUID of made) {
      await manage('POST', `${PORTAL_BASE}/apis/${apiId}/api-keys/revoke`, { keyUUID });
    }
  };
  return { examined, close };
}

/** As Markdown, for the page about fidelity or an issue. */
export function findingsTable(findings: readonly Finding[]): string {
  const rows = findings.map(
    ({ says, state, detail }) => `| ${says} | ${state} | ${detail.replaceAll('|', '\\|')} |`,
  );
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  return [
    '| claim | state | detail |',
    '| ----- | ----- | ------ |',
    ...rows,
    '',
    `${count('proven')} proven, ${count('contradicted')} contradicted, ${count('not run')} not run`,
  ].join('\n');
}
