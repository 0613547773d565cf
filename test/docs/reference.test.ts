import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../lambdas/core/http/fault.ts';
import { REFUSAL_REASONS, REFUSALS } from '../../lambdas/core/refusals/refusal.ts';
import { formattedReferencePage, REFERENCE_FILE } from '../../scripts/reference-file.ts';

const page = readFileSync(REFERENCE_FILE, 'utf8');

describe('the reference of refusal reasons and error codes', () => {
  it('is checked in as the code has it; if not, run `npm run reference`', async () => {
    expect(page).toBe(await formattedReferencePage());
  });

  it('has a section and a row for each refusal reason, with its status and code', () => {
    expect(REFUSAL_REASONS.length).toBeGreaterThan(25);
    for (const reason of REFUSAL_REASONS) {
      expect(page).toContain(`### ${reason}\n`);
      const [row = ''] = page.split('\n').filter((line) => line.startsWith(`| [\`${reason}\`]`));
      const [, , status, , code] = row.split('|').map((cell) => cell.trim());
      expect({ reason, status, code }).toEqual({
        reason,
        status: String(REFUSALS[reason].status),
        code: REFUSALS[reason].code,
      });
    }
  });

  it('has a line for each fault of the REST APIs, with its status', () => {
    for (const [code, { status, title }] of Object.entries(FAULTS)) {
      expect(page).toContain(`- **${status}** \`${title}\` (\`${code}\` in the code): `);
    }
  });
});
