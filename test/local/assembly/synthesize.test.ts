import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { synthesize } from '../../../local/assembly/synthesize.ts';
import { textLike } from '../any-text.ts';
import { temporaryDirectory } from '../temporary-directory.ts';

/** A project whose app writes what it was given. */
function project() {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'bin'));
  const writeApp = (source: string): void => writeFileSync(join(directory, 'bin/app.ts'), source);
  writeApp(`import { writeFileSync } from 'node:fs';
const outdir: string = process.env.CDK_OUTDIR ?? '';
writeFileSync(outdir + '/context.json', process.env.CDK_CONTEXT_JSON ?? '');`);
  const outputDirectory = join(directory, 'data/cdk.out');
  const run = (context: Record<string, string> = { issuer: 'one' }) =>
    synthesize({
      projectDirectory: directory,
      app: 'bin/app.ts',
      outputDirectory,
      context,
      sources: [directory],
    });
  const context = (): unknown => JSON.parse(readFileSync(join(outputDirectory, 'context.json'), 'utf8'));
  return { directory, outputDirectory, writeApp, run, context };
}

describe('synthesize', () => {
  it("runs the app with the context given, which wins over the project's own", async () => {
    const { directory, run, context } = project();
    writeFileSync(join(directory, 'cdk.json'), '{"context":{"flag":true,"issuer":"other"}}');
    expect(await run()).toBe(true);
    expect(context()).toEqual({ flag: true, issuer: 'one' });
  });

  it('is spared while neither files nor context have changed', async () => {
    const { directory, run, context, writeApp } = project();
    await run();
    writeFileSync(join(directory, 'data/dynamodb.sqlite'), 'data of the runner');
    expect(await run()).toBe(false);
    expect(await run({ issuer: 'two' })).toBe(true);
    expect(context()).toEqual({ issuer: 'two' });
    writeFileSync(join(directory, 'bin/added.ts'), '');
    expect(await run({ issuer: 'two' })).toBe(true);
    writeApp('process.exit(0);');
    expect(await run({ issuer: 'two' })).toBe(true);
    expect(await run({ issuer: 'two' })).toBe(false);
  });

  it('fails with what the app wrote, and runs it again at the next start', async () => {
    const { run, writeApp } = project();
    writeApp('throw new Error("no such context key")');
    await expect(run()).rejects.toMatchObject({
      code: 'SYNTHESIS_FAILED',
      message: textLike(/no such context key/),
    });
    await expect(run()).rejects.toMatchObject({ code: 'SYNTHESIS_FAILED' });
  });
});
