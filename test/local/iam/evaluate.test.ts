import { describe, expect, it } from 'vitest';
import { evaluate, type AuthorizationRequest } from '../../../local/iam/evaluate.ts';
import { PolicyDocument } from '../../../local/iam/policy-document.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/keys';
const put: AuthorizationRequest = {
  action: 'dynamodb:PutItem',
  resource: TABLE,
  context: { 'dynamodb:LeadingKeys': ['AUDIT#1'], 'dynamodb:Attributes': ['pk', 'sk'] },
};

function verdict(statements: unknown, request: AuthorizationRequest = put): string {
  return evaluate(PolicyDocument.parse({ Version: '2012-10-17', Statement: statements }), request);
}
const allow = (more: object = {}) => ({
  Effect: 'Allow',
  Action: 'dynamodb:PutItem',
  Resource: TABLE,
  ...more,
});
const on = (operator: string, key: string, values: unknown) =>
  verdict(allow({ Condition: { [operator]: { [key]: values } } }));

describe('the evaluation of policies', () => {
  it.each([
    ['nothing', [], 'not allowed'],
    ['the action on the resource', allow(), 'allowed'],
    ['one of several actions', allow({ Action: ['dynamodb:GetItem', 'dynamodb:PutItem'] }), 'allowed'],
    ['the action in other letters', allow({ Action: 'DynamoDB:putitem' }), 'allowed'],
    ['actions by a pattern', allow({ Action: 'dynamodb:Put*' }), 'allowed'],
    ['another action', allow({ Action: 'dynamodb:UpdateItem' }), 'not allowed'],
    ['an action that begins the same', allow({ Action: 'dynamodb:Put' }), 'not allowed'],
    ['every resource', allow({ Resource: '*' }), 'allowed'],
    ['the resource in other letters', allow({ Resource: TABLE.toUpperCase() }), 'not allowed'],
    ['an index of the table', allow({ Resource: `${TABLE}/index/*` }), 'not allowed'],
    [
      'a resource with a dot for a character',
      allow({ Resource: TABLE.replace('keys', 'k.ys') }),
      'not allowed',
    ],
    ['a resource with ? for a character', allow({ Resource: TABLE.replace('keys', 'k?ys') }), 'allowed'],
    ['it, and denies it', [allow(), allow({ Effect: 'Deny' })], 'denied'],
    [
      'all, and denies another action',
      [allow({ Action: '*' }), allow({ Effect: 'Deny', Action: 'x:y' })],
      'allowed',
    ],
  ])('of what allows %s', (_, statements, expected) => {
    expect(verdict(statements)).toBe(expected);
  });

  it.each([
    ['ForAllValues:StringLike', 'dynamodb:LeadingKeys', ['AUDIT#*'], 'allowed'],
    ['ForAllValues:StringLike', 'DYNAMODB:leadingkeys', ['AUDIT#*'], 'allowed'],
    ['ForAllValues:StringLike', 'dynamodb:LeadingKeys', ['KEY#*'], 'not allowed'],
    ['ForAllValues:StringEquals', 'dynamodb:LeadingKeys', ['AUDIT#*'], 'not allowed'],
    ['ForAllValues:StringEquals', 'dynamodb:Attributes', ['pk', 'sk', 'x'], 'allowed'],
    ['ForAllValues:StringEquals', 'dynamodb:Attributes', ['pk'], 'not allowed'],
    ['ForAnyValue:StringEquals', 'dynamodb:Attributes', ['pk'], 'allowed'],
    ['ForAnyValue:StringEquals', 'dynamodb:Select', ['x'], 'not allowed'],
    // Of no value at all, all hold.
    ['ForAllValues:StringEquals', 'dynamodb:Select', ['x'], 'allowed'],
    ['StringEquals', 'dynamodb:Select', 'x', 'not allowed'],
    ['StringEqualsIfExists', 'dynamodb:Select', 'x', 'allowed'],
    ['StringNotEquals', 'dynamodb:Select', 'x', 'allowed'],
    ['StringNotEquals', 'dynamodb:LeadingKeys', 'AUDIT#1', 'not allowed'],
    ['StringNotLike', 'dynamodb:LeadingKeys', 'KEY#*', 'allowed'],
    ['Null', 'dynamodb:Select', 'true', 'allowed'],
    ['Null', 'dynamodb:Select', true, 'allowed'],
    ['Null', 'dynamodb:Attributes', 'true', 'not allowed'],
    ['Null', 'dynamodb:Attributes', 'false', 'allowed'],
  ])('under %s of %s %j', (operator, key, values, expected) => {
    expect(on(operator, key, values)).toBe(expected);
  });

  it('wants every condition to hold', () => {
    const conditions = {
      'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': 'AUDIT#*', 'dynamodb:Attributes': 'pk' },
    };
    expect(verdict(allow({ Condition: conditions }))).toBe('not allowed');
  });

  it.each([
    ['NotAction', { ...allow(), NotAction: 'x' }],
    ['NotResource', { Effect: 'Allow', Action: 'x', NotResource: 'y' }],
    ['Principal', { ...allow(), Principal: '*' }],
    ['an operator that it does not know', allow({ Condition: { IpAddress: { 'aws:SourceIp': '::/0' } } })],
    ['a variable', allow({ Resource: 'arn:aws:s3:::${aws:username}' })],
  ])('refuses to read %s, rather than to pass over it', (_, statement) => {
    expect(() => verdict(statement)).toThrow();
  });
});
