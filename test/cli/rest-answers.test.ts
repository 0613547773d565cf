import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KeyAnswer, RefusalAnswer, UsageAnswer } from '../../cli/rest/answers.ts';
import { answersFile, answersText, READ_DOCUMENTS } from '../../scripts/rest-answers.ts';

describe('the answers that the command line reads', () => {
  it.each(READ_DOCUMENTS)(
    'are checked in as the OpenAPI document %s has them; if not, run `npm run rest-answers`',
    async (name) => {
      expect(readFileSync(answersFile(name), 'utf8')).toBe(await answersText(name));
    },
  );

  it('may lack what is only shown, and hold words and fields that are new', () => {
    const key = { keyUUID: 'k', status: 'FROZEN', fresh: true };
    expect(KeyAnswer.parse(key)).toEqual({ keyUUID: 'k', status: 'FROZEN' });
  });

  it('are refused without an id, and where a field is of another kind than its document says', () => {
    expect(KeyAnswer.safeParse({ keyName: 'a' }).error?.issues[0]?.path).toEqual(['keyUUID']);
    for (const wrong of [
      { keyName: 1 },
      { keyName: null },
      { issuedOn: 'today' },
      { metadata: { team: 1 } },
    ]) {
      expect(KeyAnswer.safeParse({ keyUUID: 'k', ...wrong }).success).toBe(false);
    }
    const usage = { totals: { calls: 1, statusClasses: {}, refusals: 0 }, list: [] };
    expect(UsageAnswer.safeParse(usage).success).toBe(false);
    expect(RefusalAnswer.safeParse({ requestId: 'r' }).success).toBe(false);
  });
});
