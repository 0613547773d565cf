import { defineCommand } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { optionalArgument, textFlag, toggleFlag } from '../parsing/flags.ts';
import { applicationKeysPath, resolveApplication, resolveKey } from '../rest/resolve.ts';
import { HOLDER } from '../rest/rest-client.ts';
import { keyType } from './key-fields.ts';
import { readKeyValue } from './read-key-value.ts';

const SELF_REVOKE = `${HOLDER}/self-revoke`;
const reason = textFlag('TEXT', 'why, for the audit trail');

export const keyRevokeCommands = [
  defineCommand({
    name: 'keys revoke',
    about: 'Revoke a key for good',
    details: 'An application-bound key can be named by its value, too: --application and --value-stdin.',
    args: { key: optionalArgument('id or name of a key') },
    flags: {
      api: textFlag('API', 'the API of the key, when more than one key has this name'),
      application: textFlag('APPLICATION', 'with --value-stdin: whose key it is (id or name)'),
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
        if (args.key !== undefined || flags.application === undefined)
          throw usageFailure('--value-stdin stands in for KEY, and needs --application APPLICATION.');
        const { id } = await resolveApplication(rest, flags.application);
        const apikey = await readKeyValue(terminal);
        await confirm('Revoke the key with this value for good?');
        await rest.post(`${applicationKeysPath(id, flags.type ?? 'PRODUCTION')}/revoke`, { apikey, ...why });
        output.done('The key is revoked.');
        return;
      }
      if (args.key === undefined) throw usageFailure('Say which key: its id or name.');
      const { id, name, path } = await resolveKey(rest, args.key, flags.api);
      await confirm(`Revoke the key ${name} for good?`);
      await rest.post(`${path}/revoke`, { keyUUID: id, ...why });
      output.done(`The key ${name} is revoked.`);
    },
  }),
  defineCommand({
    name: 'keys self-revoke',
    about: 'Revoke the key whose value you hold; needs no sign-in',
    flags: { 'value-stdin': toggleFlag('read the value from standard input') },
    isDestructive: true,
    examples: ['keybound keys self-revoke --value-stdin --yes < found.key'],
    run: async ({ rest, output, confirm, terminal }, { flags }) => {
      if (!flags['value-stdin'] && !terminal.isInteractive)
        throw usageFailure('Give the value with --value-stdin.');
      const apikey = await readKeyValue(terminal);
      await confirm('Revoke the key with this value for good?');
      await rest.send('POST', { path: SELF_REVOKE, headers: { apikey }, isAnonymous: true });
      output.done('The key is revoked.');
    },
  }),
];
