import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readAssembly, type AssemblyStack } from '../assembly/read-assembly.ts';
import { synthesize } from '../assembly/synthesize.ts';
import type { Closers } from './closers.ts';
import { SANDBOX_DOMAIN } from './front-door.ts';

/** The client of the local issuer, and the audience of its access tokens. */
export const LOCAL_CLIENT_ID = 'keybound-local';

/** Under which addresses everything is reached. */
export interface Urls {
  readonly gatewayUrl: string;
  readonly sandboxUrl: string;
  readonly managementUrl: string;
}

export function urlsOf(gatewayPort: number, managementPort: number, sandboxPort?: number): Urls {
  return {
    gatewayUrl: `http://localhost:${gatewayPort}`,
    sandboxUrl:
      sandboxPort === undefined
        ? `http://${SANDBOX_DOMAIN}:${gatewayPort}`
        : `http://localhost:${sandboxPort}`,
    managementUrl: `http://localhost:${managementPort}`,
  };
}

/** The CDK context that an app is synthesized with to be run on one machine. */
export function localContext(urls: {
  readonly gatewayUrl: string;
  readonly sandboxUrl: string;
  readonly issuer: string;
}): Record<string, string> {
  return {
    ...urls,
    audience: LOCAL_CLIENT_ID,
    gatewayDomain: 'localhost',
    sandboxDomain: SANDBOX_DOMAIN,
    certificateArn: 'arn:aws:acm:us-east-1:000000000000:certificate/local',
    stage: 'local',
    throwAway: 'true',
    samples: 'true',
  };
}

export interface LocalAssemblyOptions {
  /** An assembly synthesized before; without it the app is synthesized. */
  readonly assemblyDirectory?: string;
  readonly app?: string;
  readonly projectDirectory?: string;
}

/** Reads the assembly given, or the one that the app makes for these addresses. */
export async function loadLocalAssembly(
  options: LocalAssemblyOptions,
  dataDirectory: string | undefined,
  { gatewayUrl, sandboxUrl, issuer }: Urls & { readonly issuer: string },
  closers: Closers,
): Promise<AssemblyStack[]> {
  if (options.assemblyDirectory !== undefined) return readAssembly(resolve(options.assemblyDirectory));
  const base = dataDirectory ?? mkdtempSync(join(tmpdir(), 'keybound-'));
  if (dataDirectory === undefined) closers.add(() => rmSync(base, { recursive: true, force: true }));
  const outputDirectory = join(base, 'cdk.out');
  await synthesize({
    projectDirectory: options.projectDirectory ?? resolve(import.meta.dirname, '../..'),
    app: options.app ?? 'bin/app.ts',
    outputDirectory,
    context: localContext({ gatewayUrl, sandboxUrl, issuer }),
  });
  return readAssembly(outputDirectory);
}
