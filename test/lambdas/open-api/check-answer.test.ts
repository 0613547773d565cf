import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  defineRoute,
  noBody,
  noParams,
  noQuery,
  noResponseBody,
} from '../../../lambdas/platform/http/route.ts';
import { answerChecker, type Exchange } from '../../support/check-answer.ts';

const common = {
  path: '/api/test/v1/things',
  tag: 'Tests',
  summary: 'A test',
  roles: ['developer'],
  params: noParams,
  query: noQuery,
  status: 200,
  handle: () => Promise.resolve({ status: 200 as const }),
} as const;
const check = answerChecker({ title: 'Test', description: '', base: '/api/test/v1' }, [
  defineRoute({
    ...common,
    method: 'GET',
    operationId: 'getThing',
    supports: ['etag'],
    body: noBody,
    response: z.strictObject({ name: z.string() }),
  }),
  defineRoute({
    ...common,
    method: 'POST',
    operationId: 'changeThing',
    body: z.strictObject({ name: z.string() }),
    response: noResponseBody,
  }),
]);

function exchange(more: Partial<Exchange>): Exchange {
  const json = more.json ?? { name: 'a' };
  return {
    method: 'GET',
    path: common.path,
    sent: undefined,
    status: 200,
    headers: { etag: '"1"' },
    text: JSON.stringify(json),
    json,
    ...more,
  };
}

const empty = { method: 'POST', headers: {}, text: '', json: undefined };
const error = { code: 400, message: '', description: '', moreInfo: '', error: [] };

describe('the check of answers that all tests of the management APIs go through', () => {
  it('finds nothing to say about what is declared', () => {
    expect(check(exchange({}))).toEqual([]);
    expect(check(exchange({ ...empty, sent: { name: 'a' } }))).toEqual([]);
    expect(check(exchange({ status: 400, json: error }))).toEqual([]);
  });

  it.each([
    ['a field more', { json: { name: 'a', secret: 'b' } }],
    ['a field less', { json: {} }],
    ['another type', { json: { name: null } }],
    ['another status', { status: 201 }],
    ['no ETag', { headers: {} }],
    ['a replay that is not declared', { headers: { etag: '"1"', 'idempotent-replayed': 'true' } }],
    ['no body', { text: '', json: undefined }],
    ['a body where there is none', { ...empty, sent: { name: 'a' }, text: '{}', json: {} }],
    ['an accepted request that the document forbids', { ...empty, sent: { other: 1 } }],
    ['an error in another shape', { status: 400, json: { message: 'no' } }],
    ['a refusal that is not declared', { status: 412, json: error }],
    ['a success of no route', { method: 'DELETE' }],
  ])('reports %s', (_what, more) => {
    expect(check(exchange(more))).not.toEqual([]);
  });
});
