import { describe, expect, it } from 'vitest';
import type { Json } from '../../../local/assembly/json.ts';
import { resolveValue } from '../../../local/assembly/resolve-value.ts';
import { createStackScope, resolveOutputs } from '../../../local/assembly/stack-scope.ts';
import { templateSchema } from '../../../local/assembly/template.ts';

const template = templateSchema.parse({
  Parameters: {
    Size: { Type: 'Number', Default: 3 },
    Names: { Type: 'CommaDelimitedList', Default: 'a, b' },
    FromSsm: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/core/table' },
    Unset: { Type: 'String' },
    Odd: { Type: 'AWS::EC2::VPC::Id', Default: 'x' },
  },
  Mappings: { Regions: { 'us-east-1': { ami: 'ami-1' } } },
  Conditions: {
    IsBig: { 'Fn::Equals': [{ Ref: 'Size' }, '9'] },
    IsSmall: { 'Fn::Not': [{ Condition: 'IsBig' }] },
    Both: { 'Fn::And': [{ Condition: 'IsBig' }, { Condition: 'IsSmall' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsBig' }, { Condition: 'IsSmall' }] },
  },
  Resources: { Absent: { Type: 'AWS::DynamoDB::Table' } },
  Outputs: {
    Table: { Value: { Ref: 'Table' }, Export: { Name: { 'Fn::Sub': '${AWS::StackName}:table' } } },
    Skipped: { Value: 'x', Condition: 'IsBig' },
  },
});

const shared = {
  exports: new Map<string, Json>([['core:arn', 'arn:x']]),
  ssmParameters: new Map([['/core/table', 'keys']]),
};
const stack = { name: 'Shop', template, assets: new Map<string, string>() };
const resources = new Map([['Table', { ref: 'shop-table', attributes: { Arn: 'arn:aws:dynamodb:t' } }]]);
const scope = createStackScope(stack, resources, shared);
const place = { stack: 'Shop', logicalId: 'Fn', resourceType: 'AWS::Lambda::Function', path: 'Properties' };
const resolve = (value: Json) => resolveValue(value, scope, place);

describe('resolveValue', () => {
  it.each<[string, Json, Json]>([
    ['Ref to a resource', { Ref: 'Table' }, 'shop-table'],
    ['Ref to a number parameter', { Ref: 'Size' }, '3'],
    ['Ref to a list parameter', { Ref: 'Names' }, ['a', 'b']],
    ['Ref to a parameter that is an SSM parameter', { Ref: 'FromSsm' }, 'keys'],
    ['Ref to the region', { Ref: 'AWS::Region' }, 'us-east-1'],
    ['Ref to the account', { Ref: 'AWS::AccountId' }, '000000000000'],
    ['Ref to the partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['Ref to the URL suffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['Ref to the stack name', { Ref: 'AWS::StackName' }, 'Shop'],
    ['GetAtt as a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:aws:dynamodb:t'],
    ['GetAtt as a text', { 'Fn::GetAtt': 'Table.Arn' }, 'arn:aws:dynamodb:t'],
    ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'Table' }, 1]] }, 'a-shop-table-1'],
    [
      'Sub without variables',
      { 'Fn::Sub': '${AWS::Region}/${Table}/${Table.Arn}/${!Literal}' },
      'us-east-1/shop-table/arn:aws:dynamodb:t/${Literal}',
    ],
    ['Sub with variables', { 'Fn::Sub': ['${X}:${Table}', { X: { Ref: 'Size' } }] }, '3:shop-table'],
    ['Select', { 'Fn::Select': [1, ['a', 'b']] }, 'b'],
    ['Select from a Split', { 'Fn::Select': ['2', { 'Fn::Split': [':', 'a:b:c'] }] }, 'c'],
    ['ImportValue', { 'Fn::ImportValue': 'core:arn' }, 'arn:x'],
    ['FindInMap', { 'Fn::FindInMap': ['Regions', { Ref: 'AWS::Region' }, 'ami'] }, 'ami-1'],
    ['If that holds', { 'Fn::If': ['Either', 'yes', 'no'] }, 'yes'],
    ['If that does not hold', { 'Fn::If': ['Both', 'yes', 'no'] }, 'no'],
    ['Base64', { 'Fn::Base64': 'key' }, 'a2V5'],
    ['a dynamic reference', 'x-{{resolve:ssm:/core/table}}', 'x-keys'],
    [
      'a map that only looks like a condition',
      { Condition: { StringEquals: 'x' } },
      { Condition: { StringEquals: 'x' } },
    ],
  ])('resolves %s', (_what, value, expected) => {
    expect(resolve(value)).toEqual(expected);
  });

  it('leaves out what is AWS::NoValue, in maps and in lists', () => {
    const noValue = { 'Fn::If': ['IsBig', 'x', { Ref: 'AWS::NoValue' }] };
    expect(resolve({ a: noValue, b: [noValue, 1] })).toEqual({ b: [1] });
  });

  it.each<[string, Json, RegExp]>([
    ['an unknown name', { Ref: 'Nobody' }, /no parameter or resource Nobody/],
    ['an unknown attribute', { 'Fn::GetAtt': ['Table', 'Colour'] }, /no attribute Colour here; it has Arn/],
    ['a resource whose condition is false', { Ref: 'Absent' }, /Absent is not there: its condition is false/],
    ['a parameter without a value', { Ref: 'Unset' }, /Unset has no default value/],
    ['a parameter type', { Ref: 'Odd' }, /AWS::EC2::VPC::Id, which is not supported/],
    ['an intrinsic', { 'Fn::Cidr': ['10.0.0.0/8', 2, 8] }, /Fn::Cidr is not supported/],
    ['an unknown export', { 'Fn::ImportValue': 'core:nothing' }, /exports core:nothing/],
    ['an unknown condition', { 'Fn::If': ['IsOdd', 1, 2] }, /no condition IsOdd/],
    ['an element beyond a list', { 'Fn::Select': [7, ['a']] }, /no element 7/],
    ['a secret', '{{resolve:secretsmanager:x}}', /resolve:secretsmanager:x}} is not supported/],
    ['a list where text belongs', { 'Fn::Sub': ['${X}', { X: ['a'] }] }, /expected text, found \["a"\]/],
  ])('refuses %s and names resource and property', (_what, value, reason) => {
    const attempt = () => resolve({ Environment: { Variables: { X: value } } });
    expect(attempt).toThrow(reason);
    expect(attempt).toThrow(
      /^Cannot run Shop\/Fn \(AWS::Lambda::Function\) at Properties\.Environment\.Variables\.X/,
    );
  });
});

describe('resolveOutputs', () => {
  it('gives the outputs whose condition holds, and exports them under their resolved names', () => {
    const outputs = resolveOutputs(stack, scope, shared);
    expect(Object.fromEntries(outputs)).toEqual({ Table: 'shop-table' });
    expect(shared.exports.get('Shop:table')).toBe('shop-table');
  });
});
