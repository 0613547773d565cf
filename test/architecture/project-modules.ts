import { readModules, type Import, type SourceModule } from './read-modules.ts';

export const FOLDERS = ['bin', 'cli', 'examples/samples', 'lambdas', 'lib', 'local', 'scripts'] as const;
/** The project's own modules, without tests and benchmarks. */
export const modules = readModules(FOLDERS);
export const byPath = new Map(modules.map((module) => [module.path, module]));

export function isWithin(folders: readonly string[], target: string): boolean {
  return folders.some((folder) => target === folder || target.startsWith(`${folder}/`));
}

export function within(folder: string): readonly SourceModule[] {
  return modules.filter(({ path }) => isWithin([folder], path));
}

/** `importer -> target` of each import that `isForbidden` says is. */
export function offences(
  importers: readonly SourceModule[],
  isForbidden: (imported: Import, importer: SourceModule) => boolean,
): readonly string[] {
  return importers.flatMap((importer) =>
    importer.imports
      .filter((imported) => isForbidden(imported, importer))
      .map(({ target }) => `${importer.path} -> ${target}`),
  );
}

/** Everything that is loaded when the module at `path` is: types are erased before. */
export function loadedWith(path: string): ReadonlySet<string> {
  const loaded = new Set<string>();
  const load = (target: string): void => {
    if (loaded.has(target)) return;
    loaded.add(target);
    for (const imported of byPath.get(target)?.imports ?? []) if (!imported.erased) load(imported.target);
  };
  load(path);
  return loaded;
}
