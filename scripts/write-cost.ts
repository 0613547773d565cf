import { readFileSync, writeFileSync } from 'node:fs';
import { format, resolveConfig } from 'prettier';
import { withCostTables } from './cost/cost-tables.ts';

/** Computes the tables of the page about cost anew. */
const file = new URL('../docs/operate/cost.md', import.meta.url);
const page = withCostTables(readFileSync(file, 'utf8'));
writeFileSync(file, await format(page, { ...(await resolveConfig(file)), parser: 'markdown' }));
