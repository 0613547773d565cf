import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '../local/message-of.ts';
import { templateProblems } from './template/check-template.ts';
import { synthesizeApps, type SynthesizedApp } from './template/synthesize-apps.ts';

const USAGE = `npm run check:template -- [DIRECTORY ...]

Holds templates against the limits of AWS (scripts/template/rules.ts): those of the cloud assemblies in the directories,
such as cdk.out; without any, of every app of this project in every way that it can be synthesized.
`;

process.exitCode = await main();

async function main(): Promise<number> {
  let directories: string[];
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: { help: { type: 'boolean', default: false } },
    });
    if (values.help) {
      process.stdout.write(USAGE);
      return 0;
    }
    directories = positionals;
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n${USAGE}`);
    return 2;
  }
  const temporary = mkdtempSync(join(tmpdir(), 'keybound-templates-'));
  try {
    const apps =
      directories.length > 0
        ? directories.map((directory) => ({ name: directory, directory }))
        : await synthesizeApps(resolve(import.meta.dirname, '..'), temporary);
    return report(apps);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n`);
    return 1;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function report(apps: readonly SynthesizedApp[]): number {
  let refused = 0;
  for (const { name, directory } of apps) {
    const templates = templatesIn(directory);
    if (templates.length === 0) throw new Error(`${directory} has no template (*.template.json)`);
    const problems = templates.flatMap((file) =>
      templateProblems(JSON.parse(readFileSync(join(directory, file), 'utf8'))).map(
        (problem) => `  ${file}: ${problem}`,
      ),
    );
    process.stdout.write(`${name}: ${templates.length} templates, ${problems.length} problems\n`);
    for (const problem of problems) process.stdout.write(`${problem}\n`);
    refused += problems.length;
  }
  return refused === 0 ? 0 : 1;
}

function templatesIn(directory: string): readonly string[] {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new Error(`${directory} is no directory`);
  }
  return globSync('*.template.json', { cwd: directory }).toSorted();
}
