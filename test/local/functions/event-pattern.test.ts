import { describe, expect, it } from 'vitest';
import { assertSupportedPattern, matchesEventPattern } from '../../../local/functions/event-pattern.ts';

const event = {
  eventName: 'REMOVE',
  dynamodb: { Keys: { pk: { S: 'KEY#1' } } },
  userIdentity: { type: 'Service' },
};

describe('event patterns', () => {
  it.each([
    [{ eventName: ['INSERT', 'REMOVE'] }, true],
    [{ eventName: ['INSERT'] }, false],
    [{ dynamodb: { Keys: { pk: { S: [{ prefix: 'KEY#' }] } } } }, true],
    [{ dynamodb: { Keys: { pk: { S: [{ prefix: 'API#' }] } } } }, false],
    [{ userIdentity: { type: ['Service'] }, eventName: ['REMOVE'] }, true],
    [{ userIdentity: { type: ['Service'] }, eventName: ['INSERT'] }, false],
    [{ dynamodb: { NewImage: [{ exists: false }] } }, true],
    [{ dynamodb: { OldImage: { x: [{ exists: true }] } } }, false],
    [{ eventName: [{ 'anything-but': ['INSERT'] }] }, true],
    [{ eventName: [{ 'anything-but': 'REMOVE' }] }, false],
  ])('%j matches: %s', (pattern, matches) => {
    assertSupportedPattern(pattern);
    expect(matchesEventPattern(pattern, event)).toBe(matches);
  });

  it.each([{ a: [{ numeric: ['>', 1] }] }, { a: 'text' }, [], { $or: [{ a: [1] }] }])(
    'refuses %j',
    (pattern) => {
      expect(() => assertSupportedPattern(pattern)).toThrow(Error);
    },
  );
});
