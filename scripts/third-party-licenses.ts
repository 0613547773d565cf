import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const Manifest = z.object({ name: z.string(), version: z.string(), license: z.string().optional() });
const NOTICE = /^(?:licen[cs]e|copying|notice)(?:[.-].*)?$/i;

/**
 * The notices of the packages that a bundle contains, which their licences ask for.
 * @param files paths of the bundled modules, from `root`.
 * @throws Error that names a package without a licence.
 */
export function thirdPartyLicenses(root: string, files: readonly string[]): string {
  const folders = new Set(files.flatMap((file) => packageFolderOf(root, file) ?? []));
  const notices = new Map([...folders].map((folder) => noticeOf(folder)));
  const parts = [...notices].toSorted(([one], [other]) => one.localeCompare(other)).map(([, text]) => text);
  return `Parts of this package are made by others, under these licences.\n\n${parts.join(`\n${'-'.repeat(80)}\n\n`)}`;
}

/** The folder of the package that a module belongs to; `undefined` for the project's own. */
function packageFolderOf(root: string, file: string): string | undefined {
  if (!file.includes('node_modules/')) return undefined;
  for (let folder = dirname(join(root, file)); folder !== root; folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    // Packages have manifests without a name in folders of their own, which only tell the kind of modules.
    if (existsSync(manifest) && Manifest.safeParse(JSON.parse(readFileSync(manifest, 'utf8'))).success) {
      return folder;
    }
  }
  throw new Error(`${file} belongs to no package`);
}

function noticeOf(folder: string): readonly [name: string, text: string] {
  const { name, version, license } = Manifest.parse(
    JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')),
  );
  if (license === undefined) throw new Error(`${name} does not say under which licence it is`);
  const texts = readdirSync(folder)
    .filter((file) => NOTICE.test(file))
    .map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return [`${name}@${version}`, [`${name} ${version} (${license})`, ...texts, ''].join('\n\n')];
}
