import { z } from 'zod';
import { localArn, LOCAL_REGION } from '../assembly/physical-names.ts';
import { parseJson } from '../parse-json.ts';
import type { AuthorizationRequest } from './evaluate.ts';

/** A call of an AWS service other than DynamoDB. */
export interface ServiceCall {
  readonly method: string;
  readonly path: string;
  readonly target: string | readonly string[] | undefined;
  readonly body: string | undefined;
}

const PutEvents = z.object({ Entries: z.array(z.object({ EventBusName: z.string().default('default') })) });

/**
 * The permissions that a call needs; none for one that cannot be run anyway.
 * @param stackIdOf the id of the stack with this name or id.
 */
export function serviceAuthorizations(
  { method, path, target, body = '' }: ServiceCall,
  stackIdOf: (nameOrId: string) => string | undefined,
): readonly AuthorizationRequest[] {
  if (target === 'AWSEvents.PutEvents') {
    const entries = PutEvents.safeParse(parseJson(body)).data?.Entries ?? [];
    const names = new Set(entries.map(({ EventBusName }) => EventBusName.split('/').at(-1) ?? ''));
    return [...names].map((name) => request('events:PutEvents', localArn('events', `event-bus/${name}`)));
  }
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/permissions.html
  if (path.startsWith('/v2/')) {
    return [
      request(
        `apigateway:${method}`,
        `arn:aws:apigateway:${LOCAL_REGION}::${decodeURIComponent(path.slice('/v2'.length))}`,
      ),
    ];
  }
  const form = new URLSearchParams(body);
  const operation = form.get('Action');
  if (form.get('Version') !== '2010-05-15' || operation === null) return [];
  const name = form.get('StackName') ?? '';
  const stackId =
    stackIdOf(name) ?? (name.startsWith('arn:') ? name : localArn('cloudformation', `stack/${name}/*`));
  return [request(`cloudformation:${operation}`, stackId)];
}

function request(action: string, resource: string): AuthorizationRequest {
  return { action, resource, context: {} };
}
