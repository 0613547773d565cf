import { mkdirSync, writeFileSync } from 'node:fs';
import { answersFile, answersText, READ_DOCUMENTS } from './rest-answers.ts';

/** Writes the schemas that the command line reads answers with. `npm run openapi` runs it, too. */
for (const name of READ_DOCUMENTS) {
  const file = answersFile(name);
  mkdirSync(new URL('.', file), { recursive: true });
  writeFileSync(file, await answersText(name));
}
