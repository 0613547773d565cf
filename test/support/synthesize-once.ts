import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { synthesize } from '../../local/assembly/synthesize.ts';
import { localContext } from '../../local/runner/local-context.ts';

/** The issuer that the assembly for tests names; the runner is told it, whatever its port. */
export const TEST_ISSUER = 'http://localhost:9443';

declare module 'vitest' {
  interface ProvidedContext {
    /** Directory of the assembly of the core and the samples, synthesized once for all test files. */
    readonly assembly: string;
  }
}

/** Synthesizes the app before the first test: the journeys run what it made. */
export async function setup(project: TestProject): Promise<() => void> {
  const outputDirectory = mkdtempSync(join(tmpdir(), 'keybound-assembly-'));
  await synthesize({
    projectDirectory: resolve(import.meta.dirname, '../..'),
    app: 'test/support/samples-app/app.ts',
    outputDirectory,
    context: localContext({
      gatewayUrl: 'http://localhost:8243',
      sandboxUrl: 'http://sandbox.localhost:8243',
      issuer: TEST_ISSUER,
    }),
  });
  project.provide('assembly', outputDirectory);
  return () => rmSync(outputDirectory, { recursive: true, force: true });
}
