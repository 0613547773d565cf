import type { Command } from '../command.ts';
import { apiNameCommands } from './api-names.ts';
import { apiCommands } from './apis.ts';
import { applicationAdminCommands } from './applications-admin.ts';
import { applicationCommands } from './applications.ts';
import { auditCommands } from './audit.ts';
import { decisionCommands } from './decisions.ts';
import { devCommands } from './dev.ts';
import { keyAdminCommands } from './keys-admin.ts';
import { keyBulkCommands } from './keys-bulk.ts';
import { keyChangeCommands } from './keys-change.ts';
import { keyDryRunCommands } from './keys-dry-run.ts';
import { keyNewCommands } from './keys-new.ts';
import { keyReadCommands } from './keys-read.ts';
import { keyRevokeCommands } from './keys-revoke.ts';
import { policyCommands } from './policies.ts';
import { refusalCommands } from './refusals.ts';
import { sessionCommands } from './session.ts';
import { subscriptionCommands } from './subscriptions.ts';
import { usageCommands } from './usage.ts';

/** Every command, in the order in which help lists them. */
export const COMMANDS: readonly Command[] = [
  ...devCommands,
  ...sessionCommands,
  ...apiCommands,
  ...apiNameCommands,
  ...applicationCommands,
  ...applicationAdminCommands,
  ...subscriptionCommands,
  ...decisionCommands,
  ...keyReadCommands,
  ...keyNewCommands,
  ...keyChangeCommands,
  ...keyRevokeCommands,
  ...keyDryRunCommands,
  ...keyAdminCommands,
  ...keyBulkCommands,
  ...refusalCommands,
  ...usageCommands,
  ...policyCommands,
  ...auditCommands,
];
