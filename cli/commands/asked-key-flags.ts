import { usageFailure } from '../failures.ts';
import { textFlag } from '../parsing/flags.ts';
import type { KeyHome } from '../rest/resolve-asked-key.ts';
import { keyType } from './key-fields.ts';

/** How a command says where the key lives that it asks about. */
export const askedKeyFlags = {
  api: textFlag('API', 'the API of the key, when more than one key has this name'),
  application: textFlag('APPLICATION', 'for an application key: its application, by id or name'),
  type: keyType,
} as const;

/** @throws CommandFailure for flags that do not go together. */
export function checkAskedKey({ api, application, type }: KeyHome): void {
  if (api !== undefined && application !== undefined)
    throw usageFailure('--api does not go with --application.');
  if (application === undefined && type !== undefined) throw usageFailure('--type needs --application.');
}
