import type { Command, Shape } from '../command.ts';
import { textFlag, toggleFlag } from './flags.ts';

/** Flags that every command has, before or after its name. */
export const GLOBAL_FLAGS = {
  url: textFlag('URL', 'the management API (KEYBOUND_URL; default http://localhost:9443)'),
  issuer: textFlag('URL', 'the issuer that signs users in (KEYBOUND_ISSUER; default: the management API)'),
  group: textFlag('GROUP', 'act for a group that you belong to (KEYBOUND_GROUP)'),
  json: toggleFlag("print the server's full answer as JSON"),
} as const;

const YES = { yes: toggleFlag('do not ask for confirmation') };

/** The flags of a command besides the global ones. */
export function ownFlags(command: Command): Shape {
  return command.isDestructive ? { ...command.flags, ...YES } : command.flags;
}
