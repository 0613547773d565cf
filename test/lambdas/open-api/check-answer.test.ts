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
  defineRoute({
    ...common,
    path: '/api/test/v1/table',
    method: 'GET',
    operationId: 'getTable',
    body: noBody,
    response: z.strictObject({ name: z.string() }),
    csvColumns: [['name', 'calls']],
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
const csv = {
  path: '/api/test/v1/table',
  headers: { 'content-type': 'text/csv; charset=utf-8' },
  text: 'name,calls\r\n"a,b",1\r\n',
  json: undefined,
};
const error = { code: 400, message: '', description: '', moreInfo: '', error: [] };

describe('the check of answers that all tests of the management APIs go through', () => {
  it('finds nothing to say about what is declared', () => {
    expect(check(exchange({}))).toEqual([]);
    expect(check(exchange({ ...empty, sent: { name: 'a' } }))).toEqual([]);
    expect(check(exchange({ status: 400, json: error }))).toEqual([]);
    expect(check(exchange(csv))).toEqual([]);
    expect(check(exchange({ ...csv, text: 'name,calls\r\n' }))).toEqual([]);
    expect(check(exchange({ path: csv.path, headers: {} }))).toEqual([]);
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
    ['CSV where there is none', { ...csv, path: common.path, headers: { ...csv.headers, etag: '"1"' } }],
    ['CSV with other columns', { ...csv, text: 'calls,name\r\n1,a\r\n' }],
    ['CSV with a cell less', { ...csv, text: 'name,calls\r\na\r\n' }],
    ['CSV with a formula', { ...csv, text: 'name,calls\r\n=1+1,1\r\n' }],
    ['CSV with other line ends', { ...csv, text: 'name,calls\na,1\n' }],
    ['CSV that ends early', { ...csv, text: 'name,calls\r\na,1' }],
    ['no CSV at all', { ...csv, text: '"' }],
  ])('reports %s', (_what, more) => {
    expect(check(exchange(more))).not.toEqual([]);
  });
});
