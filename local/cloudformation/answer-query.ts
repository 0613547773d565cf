import { randomUUID } from 'node:crypto';
import type { ResourceRecord, StackRecord, StackRegistry } from './stack-registry.ts';

/** An answer of CloudFormation's query protocol: XML. */
export interface QueryAnswer {
  readonly status: 200 | 400;
  readonly body: string;
}

const NAMESPACE = 'http://cloudformation.amazonaws.com/doc/2010-05-15/';

/**
 * Answers `DescribeStackResource` and `DescribeStacks`, called by a form; undefined for any other operation. Times are
 * of no account here: nothing that is run reads them.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStackResource.html
 */
export function answerQuery(body: string, stacks: StackRegistry): QueryAnswer | undefined {
  const form = new URLSearchParams(body);
  const operation = form.get('Action') ?? '';
  const name = form.get('StackName') ?? '';
  const stack = stacks.stack(name);
  switch (operation) {
    case 'DescribeStackResource': {
      const logicalId = form.get('LogicalResourceId') ?? '';
      if (stack === undefined) return refuse(`Stack '${name}' does not exist`);
      const resource = stacks.resource(stack.stackId, logicalId);
      if (resource === undefined) {
        return refuse(`Resource ${logicalId} does not exist for stack ${stack.stackName}`);
      }
      return answer(operation, element('StackResourceDetail', resourceDetail(stack, resource)));
    }
    case 'DescribeStacks':
      if (stack === undefined) return refuse(`Stack with id ${name} does not exist`);
      return answer(operation, element('Stacks', element('member', stackDetail(stack))));
    default:
      return undefined;
  }
}

function resourceDetail(stack: StackRecord, { logicalId, type, status, physicalId }: ResourceRecord): string {
  return [
    element('StackName', text(stack.stackName)),
    element('StackId', text(stack.stackId)),
    element('LogicalResourceId', text(logicalId)),
    ...(physicalId === undefined ? [] : [element('PhysicalResourceId', text(physicalId))]),
    element('ResourceType', text(type)),
    element('LastUpdatedTimestamp', '2026-01-01T00:00:00Z'),
    element('ResourceStatus', status),
  ].join('');
}

function stackDetail({ stackName, stackId, status }: StackRecord): string {
  return [
    element('StackName', text(stackName)),
    element('StackId', text(stackId)),
    element('CreationTime', '2026-01-01T00:00:00Z'),
    element('StackStatus', status),
  ].join('');
}

function answer(operation: string, content: string): QueryAnswer {
  const result = element(`${operation}Result`, content);
  const metadata = element('ResponseMetadata', element('RequestId', randomUUID()));
  return {
    status: 200,
    body: `<${operation}Response xmlns="${NAMESPACE}">${result}${metadata}</${operation}Response>`,
  };
}

function refuse(message: string): QueryAnswer {
  return queryError('ValidationError', message);
}

/** An error of the query protocol, by its code. */
export function queryError(code: string, message: string): QueryAnswer {
  const error = [element('Type', 'Sender'), element('Code', code), element('Message', text(message))].join(
    '',
  );
  return {
    status: 400,
    body: `<ErrorResponse xmlns="${NAMESPACE}">${element('Error', error)}${element('RequestId', randomUUID())}</ErrorResponse>`,
  };
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

function text(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
