import { defineCommand } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { optionalArgument, textFlag, toggleFlag } from '../parsing/flags.ts';
import { applicationKeysPath, resolveApplication, resolveKey } from '../rest/resolve.ts';
import { HOLDER } from '../rest/rest-client.ts';
import { keyType } from './key-fields.ts';
import { readKeyValue } from './read-key-value.ts';

const SELF_REVOKE = `${HOLDER}/self-revoke`;
const reason = textFlag('TEXT', 'reason, for the audit trail');

export const keyRevokeCommands = [
  defineCommand({
    name: 'keys revoke',
    about: 'Revoke a key permanently',
    details: 'An application key can also be named by its value, with --application and --value-stdin.',
    args: { key: optionalArgument('id or name of a key') },
    flags: {
      api: textFlag('API', 'API of the key, if several keys have this name'),
      application: textFlag('APPLICATION', 'with --value-stdin: application of the key (id or name)'),
      type: keyType,
      'value-stdin': toggleFlag('read the value of the key from standard input'),
      reason,
    },
    isDestructive: true,
    examples: [
      'keybound keys revoke "My first key" --reason "found in a log"',
      'keybound keys revoke --application "Pizza finder" --value-stdin --yes < leaked.key',
    ],
    run: async ({ rest, output, confirm, terminal }, { args, flags }) => {
      const why = flags.reason === undefined ? {} : { reason: flags.reason };
      if (flags['value-stdin']) {
        if (args.key !== undefined || flags.application === undefined) {
          throw usageFailure('--value-stdin replaces KEY and needs --application APPLICATION.');
        }
        const { id } = await resolveApplication(rest, flags.application);
        const apikey = await readKeyValue(terminal);
        await confirm('Revoke the key with this value permanently?');
        await rest.post(`${applicationKeysPath(id, flags.type ?? 'PRODUCTION')}/revoke`, { apikey, ...why });
        output.done('The key is revoked.');
        return;
      }
      if (args.key === undefined) throw usageFailure('Pass the id or name of a key.');
      const { id, name, path } = await resolveKey(rest, args.key, flags.api);
      await confirm(`Revoke the key ${name} permanently?`);
      await rest.post(`${path}/revoke`, { keyUUID: id, ...why });
      output.done(`The key ${name} is revoked.`);
    },
  }),
  defineCommand({
    name: 'keys self-revoke',
    about: 'Revoke the key whose value you have, without signing in',
    flags: { 'value-stdin': toggleFlag('read the value from standard input') },
    isDestructive: true,
    examples: ['keybound keys self-revoke --value-stdin --yes < found.key'],
    run: async ({ rest, output, confirm, terminal }, { flags }) => {
      if (!flags['value-stdin'] && !terminal.isInteractive) {
        throw usageFailure('Pass the value on standard input, with --value-stdin.');
      }
      const apikey = await readKeyValue(terminal);
      await confirm('Revoke the key with this value permanently?');
      await rest.send('POST', { path: SELF_REVOKE, headers: { apikey }, isAnonymous: true });
      output.done('The key is revoked.');
    },
  }),
];
