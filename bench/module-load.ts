import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import { z } from 'zod';
import { BUNDLE_SETTINGS } from '../lib/internal/core/bundle.ts';
import { formatBytes, formatMilliseconds, type Finding } from './finding.ts';
import { interleave, summarise, type Comparison } from './measure.ts';

const LIMITS = { rounds: 80, budgetMilliseconds: 25_000 };
/** 400 KB, in the smaller sense of it. */
const MOST_BYTES = 400_000;

const MEASURE_LOAD = fileURLToPath(new URL('measure-load.mjs', import.meta.url));
const Load = z.object({ elapsed: z.number(), cpu: z.number() });
const run = promisify(execFile);

/** Size and load time of the authorizer's bundle against one that only constructs the SDK's client. */
export async function benchModuleLoad(): Promise<readonly Finding[]> {
  const directory = mkdtempSync(join(tmpdir(), 'keybound-bench-'));
  try {
    const authorizer = bundle(
      '../lambdas/functions/authorizer/handler.ts',
      join(directory, 'authorizer.mjs'),
    );
    const sdkOnly = bundle('sdk-only-function.ts', join(directory, 'sdk-only.mjs'));
    const rounds = await interleave(
      { subject: () => measureLoad(authorizer.file), baseline: () => measureLoad(sdkOnly.file) },
      LIMITS,
    );
    const cpu = summarise(
      rounds.map(({ subject, baseline }) => ({ subject: subject.cpu, baseline: baseline.cpu })),
    );
    const elapsed = summarise(
      rounds.map(({ subject, baseline }) => ({ subject: subject.elapsed, baseline: baseline.elapsed })),
    );
    return [
      {
        ...loadFinding('module load, processor time', cpu),
        target: { atMost: 1.15 },
      },
      loadFinding('module load, elapsed', elapsed),
      {
        name: 'bundle',
        measured: formatBytes(authorizer.bytes),
        against: formatBytes(MOST_BYTES),
        ratio: authorizer.bytes / MOST_BYTES,
        target: { atMost: 1 },
      },
      {
        name: 'bundle',
        measured: formatBytes(authorizer.bytes),
        against: `${formatBytes(sdkOnly.bytes)} SDK client only`,
        ratio: authorizer.bytes / sdkOnly.bytes,
      },
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function bundle(entry: string, file: string): { readonly file: string; readonly bytes: number } {
  buildSync({
    ...BUNDLE_SETTINGS,
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    outfile: file,
  });
  return { file, bytes: statSync(file).size };
}

function loadFinding(name: string, { subject, baseline, ratio }: Comparison): Finding {
  return {
    name,
    measured: formatMilliseconds(subject),
    against: `${formatMilliseconds(baseline)} SDK client only`,
    ratio: ratio.median,
    spread: ratio,
  };
}

/** Milliseconds that a new process needs to load the module. */
async function measureLoad(file: string): Promise<z.infer<typeof Load>> {
  // A function's variables and nothing else: options of this process, such as Node's compile cache, must not
  // reach the one that is measured.
  const env = {
    TABLE_NAME: 'keybound',
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  const { stdout } = await run(process.execPath, [MEASURE_LOAD, pathToFileURL(file).href], { env });
  return Load.parse(JSON.parse(stdout));
}
