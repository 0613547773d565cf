import { describe, expect, it } from 'vitest';
import { bodyInstant, instant } from '../../../lambdas/platform/http/schemas.ts';

describe('a point in time', () => {
  it.each([
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2024-02-29T23:30Z', '2024-02-29T23:30:00.000Z'],
    ['2026-03-01T00:30:00.5+01:00', '2026-02-28T23:30:00.500Z'],
    ['2026-01-31T24:00:00Z', '2026-02-01T00:00:00.000Z'],
    ['1700000000000', '2023-11-14T22:13:20.000Z'],
    ['0', '1970-01-01T00:00:00.000Z'],
  ])('can be written as %s', (text, iso) => {
    expect(new Date(instant.parse(text)).toISOString()).toBe(iso);
    expect(bodyInstant.parse(text)).toBe(instant.parse(text));
  });

  it.each(['2026-02-29', '2026-02-30T00:00:00Z', '2026-04-31T12:00:00+02:00', '2026-13-01', '2026-01-00'])(
    'cannot be %s, which no calendar has',
    (text) => {
      expect(instant.safeParse(text).error?.issues).toMatchObject([
        { message: 'must be a time that exists' },
      ]);
      expect(bodyInstant.safeParse(text).success).toBe(false);
    },
  );

  it.each(['', 'yesterday', '2026-01-31T12:00:00', '2026-1-31', '-1', '1e9'])(
    'cannot be written as %j',
    (text) => {
      expect(instant.safeParse(text).error?.issues[0]?.message).toContain('must be a time in ISO 8601');
    },
  );
});
