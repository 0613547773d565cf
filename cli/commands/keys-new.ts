import { defineCommand } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { keyDetails } from '../output/columns.ts';
import { requiredFlag, textFlag, toggleFlag } from '../parsing/flags.ts';
import { KeyAnswer } from '../rest/answers.ts';
import { apiKeysPath, applicationKeysPath, resolveApi, resolveApplication } from '../rest/resolve.ts';
import { decode } from '../rest/rest-client.ts';
import { importKeyExport } from './import-key-export.ts';
import { keyBodyOf, keyFields, keyType, noteWarnings, showIssuedKey } from './key-fields.ts';
import { readKeyValue } from './read-key-value.ts';
import { showDetails } from './show.ts';

export const keyNewCommands = [
  defineCommand({
    name: 'keys generate',
    about: 'Generate a key for an API, or for all APIs that an application subscribes to',
    details: [
      'The value is printed once, on standard output; everything else is printed on standard error.',
      'If the API needs a subscription, also associate the key with a subscribed application.',
    ].join('\n'),
    flags: {
      api: textFlag('API', 'API that the key opens (id, name or name:version)'),
      application: textFlag('APPLICATION', 'application whose APIs the key opens (id or name)'),
      type: keyType,
      ...keyFields,
    },
    examples: [
      'KEY=$(keybound keys generate --api PizzaShackAPI --name "Shop" --valid-for 90d)',
      'keybound keys generate --api PizzaShackAPI --type sandbox --ip 203.0.113.0/24 --ip 2001:db8::/32',
      'keybound keys generate --application "Pizza finder"',
    ],
    run: async (context, { flags }) => {
      const { rest } = context;
      const { api, application, type: keyTypeOf = 'PRODUCTION' } = flags;
      if ((api === undefined) === (application === undefined)) {
        throw usageFailure('Pass either --api API or --application APPLICATION.');
      }
      const body = keyBodyOf(flags);
      if (api !== undefined) {
        const path = apiKeysPath((await resolveApi(rest, api)).id);
        showIssuedKey(context, await rest.create(`${path}/generate`, { ...body, keyType: keyTypeOf }));
        return;
      }
      const { id } = await resolveApplication(rest, application ?? '');
      showIssuedKey(context, await rest.create(`${applicationKeysPath(id, keyTypeOf)}/generate`, body));
    },
  }),
  defineCommand({
    name: 'keys import',
    about: 'Import keys that were made elsewhere; their holders keep using them',
    details: [
      'One key: its value from standard input, or the SHA-256 of its value.',
      'Many keys: the CSV file to which API Gateway exports the keys of a REST API. Each row is reported; no value is ever printed. Disabled keys are skipped, unless --include-disabled is given.',
    ].join('\n'),
    flags: {
      api: requiredFlag('API', 'API that the keys open (id, name or name:version)'),
      'value-stdin': toggleFlag('read the value from standard input'),
      sha256: textFlag('DIGEST', 'SHA-256 of the value, 64 hexadecimal digits'),
      'aws-csv': textFlag('FILE', 'import each row of this file'),
      'include-disabled': toggleFlag('with --aws-csv: also import disabled keys, and suspend them'),
      type: keyType,
      ...keyFields,
    },
    examples: [
      'keybound keys import --api PizzaShackAPI --name Partner --value-stdin < partner.key',
      'keybound keys import --api PizzaShackAPI --sha256 9f86d081884c7d65…',
      'keybound keys import --api PizzaShackAPI --aws-csv keys.csv',
    ],
    run: async (context, { flags }) => {
      const { rest, output, terminal } = context;
      const { sha256, 'value-stdin': fromInput, 'aws-csv': file } = flags;
      if ([sha256 !== undefined, fromInput, file !== undefined].filter(Boolean).length !== 1) {
        throw usageFailure('Pass one of --value-stdin, --sha256 DIGEST and --aws-csv FILE.');
      }
      if (file === undefined && flags['include-disabled']) {
        throw usageFailure('--include-disabled needs --aws-csv.');
      }
      const { type: keyTypeOf = 'PRODUCTION' } = flags;
      const body = { ...keyBodyOf(flags), keyType: keyTypeOf };
      if (file !== undefined && flags.name !== undefined) {
        throw usageFailure('--name cannot be combined with --aws-csv: names come from the file.');
      }
      const secret = fromInput ? { apikey: await readKeyValue(terminal) } : { sha256: sha256?.toLowerCase() };
      const path = apiKeysPath((await resolveApi(rest, flags.api)).id);
      if (file !== undefined) {
        await importKeyExport(context, { file, path, body, includeDisabled: flags['include-disabled'] });
        return;
      }
      const answer = await rest.create(`${path}/import`, { ...body, ...secret });
      showDetails(context, answer, KeyAnswer, keyDetails(context.now()));
      noteWarnings(output, decode(KeyAnswer, answer));
    },
  }),
];
