import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { afterAll } from 'vitest';
import { z } from 'zod';

const root = mkdtempSync(join(tmpdir(), 'keybound-lib-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A directory that is removed when the test file has ended. */
export function outputDirectory(): string {
  return mkdtempSync(join(root, 'out-'));
}

const CdkJson = z.object({ context: z.record(z.string(), z.unknown()) });
const projectContext = CdkJson.parse(
  JSON.parse(readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8')),
).context;

/** The project's own context, and no bundles: they cost seconds. */
export const QUICK_CONTEXT = { ...projectContext, 'aws:cdk:bundling-stacks': [] };

/**
 * An app without bundles, that leaves the validation of templates by CloudFormation's schemas to the test of the
 * whole app: it costs seconds, too.
 */
export function quickApp(context: Readonly<Record<string, unknown>> = {}): App {
  return new App({
    outdir: outputDirectory(),
    builtinCloudFormationValidation: false,
    // Path metadata names the construct of each resource, so that tests need not spell logical ids.
    context: { ...QUICK_CONTEXT, 'aws:cdk:enable-path-metadata': true, ...context },
  });
}
