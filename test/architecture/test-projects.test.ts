import { spawn } from 'node:child_process';
import { createServer, connect } from 'node:net';
import { matchesGlob } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { projectFiles, TEST_PROJECTS, type TestFiles } from '../test-projects.ts';
import { byPath, loadedWith } from './project-modules.ts';
import { readModules } from './read-modules.ts';

type ProjectName = TestFiles['name'];

const ENGINE = 'local/dynamodb/database.ts';
const RUNNER = 'local/runner.ts';
const SYNTHESIS = 'local/assembly/synthesize.ts';
const CDK = 'aws-cdk-lib';
const STARTERS = ['node:child_process', 'node:http', 'node:net', 'node:worker_threads'];

/** Modules that no file of a project loads, and modules of which each loads at least one. */
const LOADS: Readonly<
  Record<ProjectName, { readonly none: readonly string[]; readonly some?: readonly string[] }>
> = {
  pure: { none: [ENGINE, RUNNER, SYNTHESIS, CDK] },
  table: { none: [RUNNER, SYNTHESIS], some: [ENGINE] },
  stacks: { none: [RUNNER, ENGINE], some: [CDK, SYNTHESIS] },
  journeys: { none: [], some: STARTERS },
};

const tests = readModules(['test']);
const known = new Map(
  [...byPath.values(), ...tests].map((module) => [
    module.path,
    // The command line loads the runner only when it is to run an app.
    module.path === 'cli/commands/dev.ts'
      ? { ...module, imports: module.imports.filter(({ target }) => target !== 'local/dev.ts') }
      : module,
  ]),
);
const testFiles = tests.map(({ path }) => path).filter((path) => path.endsWith('.test.ts'));

function projectsOf(path: string): readonly ProjectName[] {
  return TEST_PROJECTS.filter((project) => {
    const { include, exclude } = projectFiles(project);
    const isIn = (globs: readonly string[]) => globs.some((glob) => matchesGlob(path, glob));
    return isIn(include) && !isIn(exclude);
  }).map(({ name }) => name);
}

describe('the projects of the tests', () => {
  it('share out the test files, each to exactly one of them', () => {
    expect(testFiles.length).toBeGreaterThan(200);
    expect(testFiles.filter((path) => projectsOf(path).length !== 1)).toEqual([]);
  });

  it('name no pattern that no test file matches', () => {
    const unused = TEST_PROJECTS.flatMap((project) =>
      project.include
        .flatMap(withoutBraces)
        .filter((glob) => !testFiles.some((path) => matchesGlob(path, glob))),
    );
    expect(unused).toEqual([]);
  });

  it.each(TEST_PROJECTS)('give $name the files that load what it is for, and no others', ({ name }) => {
    const { none, some } = LOADS[name];
    const files = testFiles.filter((path) => projectsOf(path).includes(name));
    expect(files.length).toBeGreaterThan(0);
    const misplaced = files.filter((path) => {
      const loaded = loadedWith(path, known);
      return (
        none.some((module) => loaded.has(module)) || some?.some((module) => loaded.has(module)) === false
      );
    });
    expect(misplaced).toEqual([]);
  });

  it('are told apart by modules that there are', () => {
    expect([ENGINE, RUNNER, SYNTHESIS].filter((path) => !known.has(path))).toEqual([]);
  });

  it('let no pure test listen, connect, or start a process or a thread', () => {
    const server = createServer();
    const attempts = [
      () => server.listen(0, '127.0.0.1'),
      () => connect(9, '127.0.0.1'),
      () => spawn(process.execPath, ['--version']),
      () => new Worker('0', { eval: true }),
    ];
    for (const attempt of attempts) expect(attempt).toThrow('a test of the project "pure"');
  });
});

/** Each pattern that `{a,b}` in a glob stands for. */
function withoutBraces(glob: string): readonly string[] {
  const [, before = '', choices, after = ''] = /^([^{]*)\{([^}]*)\}(.*)$/.exec(glob) ?? [];
  if (choices === undefined) return [glob];
  return choices.split(',').flatMap((choice) => withoutBraces(`${before}${choice}${after}`));
}
