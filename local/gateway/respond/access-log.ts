import type { ContextFacts } from '../route/context-variable.ts';
import { contextVariable } from '../route/context-variable.ts';

const VARIABLE = /\$context\.(authorizer\.claims\.[\w.:-]*[\w]|\w+(?:\.\w+)*)/g;

/**
 * One line of a stage's access log: every `$context.x` of the format replaced, `-` for what the request does not have.
 * Values stand there as they are, as on AWS: a quotation mark in one breaks a format that is JSON.
 */
export function accessLogLine(format: string, facts: ContextFacts): string {
  return format.replace(VARIABLE, (_match, name: string) => {
    const value = contextVariable(name, facts);
    return value === undefined || value === '' ? '-' : value;
  });
}
