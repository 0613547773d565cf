import { writeFileSync } from 'node:fs';
import { formattedReferencePage, REFERENCE_FILE } from './reference-file.ts';

/** Writes the page about refusal reasons and error codes. */
writeFileSync(REFERENCE_FILE, await formattedReferencePage());
