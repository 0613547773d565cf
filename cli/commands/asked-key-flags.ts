import { usageFailure } from '../failures.ts';
import { textFlag } from '../parsing/flags.ts';
import type { KeyHome } from '../rest/resolve-asked-key.ts';
import { keyType } from './key-fields.ts';

/** Flags that say where the key of a question is. */
export const askedKeyFlags = {
  api: textFlag('API', 'API of the key, if several keys have this name'),
  application: textFlag('APPLICATION', 'for an application key: its application (id or name)'),
  type: keyType,
} as const;

/** @throws CommandFailure for flags that do not go together. */
export function checkAskedKey({ api, application, type }: KeyHome): void {
  if (api !== undefined && application !== undefined) {
    throw usageFailure('--api cannot be combined with --application.');
  }
  if (application === undefined && type !== undefined) throw usageFailure('--type needs --application.');
}
