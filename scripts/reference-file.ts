import { format, resolveConfig } from 'prettier';
import { referencePage } from './reference-page.ts';

export const REFERENCE_FILE = new URL('../docs/use/reference.md', import.meta.url);

/** The page as it is checked in. Its lines are wrapped, because it comes from texts of any length. */
export async function formattedReferencePage(): Promise<string> {
  const config = await resolveConfig(REFERENCE_FILE);
  return format(referencePage(), { ...config, parser: 'markdown', proseWrap: 'always', printWidth: 128 });
}
