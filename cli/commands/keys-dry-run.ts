import { defineCommand } from '../command.ts';
import { usageFailure } from '../failures.ts';
import { STEP_COLUMNS } from '../output/explain-columns.ts';
import { oneLine, tableLines } from '../output/table.ts';
import { argument, choiceFlag, momentFlag, noteFlag, textFlag, toggleFlag } from '../parsing/flags.ts';
import { DryRunAnswer } from '../rest/answers.ts';
import { resolveAskedKey } from '../rest/resolve-asked-key.ts';
import { resolveApi } from '../rest/resolve.ts';
import { decode } from '../rest/rest-client.ts';
import { keyType } from './key-fields.ts';

export const keyDryRunCommands = [
  defineCommand({
    name: 'keys dry-run',
    about: 'Show whether a call with a key would be allowed, check by check',
    details:
      'Nothing is called, and nothing is counted. Administrators name the key and the API by their ids.',
    args: { key: argument('id or name of a key; its value is not needed') },
    flags: {
      api: textFlag('API', 'API of the key; with --application, the API that is called'),
      application: textFlag('APPLICATION', 'for an application key: its application (id or name)'),
      type: keyType,
      environment: choiceFlag(['PRODUCTION', 'SANDBOX'], "environment that is called (default: the key's)"),
      'source-ip': noteFlag('ADDRESS', 'address that the call comes from'),
      referrer: noteFlag('URL', 'page that the call comes from (its Referer header)'),
      at: momentFlag('time of the call (default now)'),
      previous: toggleFlag('with the previous value, in its grace period'),
    },
    examples: [
      'keybound keys dry-run "My first key" --source-ip 203.0.113.7 --referrer https://www.example.com/',
      'keybound keys dry-run Shop --environment sandbox --at 2026-12-31T23:59:59Z',
      'keybound keys dry-run "App key" --application "Pizza finder" --api PizzaShackAPI',
    ],
    run: async ({ rest, output, now }, { args, flags }) => {
      const { api, application, environment, 'source-ip': sourceIp, referrer, at, previous } = flags;
      if (application !== undefined && api === undefined) {
        throw usageFailure('--application needs --api API: the API that is called.');
      }
      if (application === undefined && flags.type !== undefined) {
        throw usageFailure('--type needs --application.');
      }
      const { id, path, isApplicationKey } = await resolveAskedKey(rest, args.key, flags);
      if (isApplicationKey && api === undefined) {
        throw usageFailure('The key opens more than one API. Pass --application and --api.');
      }
      const answer = await rest.post(`${path}/dry-run`, {
        keyUUID: id,
        ...(isApplicationKey && { apiId: (await resolveApi(rest, api ?? '')).id }),
        ...(environment !== undefined && { environment }),
        ...(sourceIp !== undefined && { sourceIp }),
        ...(referrer !== undefined && { referrer }),
        ...(at !== undefined && { time: at(now()) }),
        ...(previous && { value: 'previous' }),
      });
      const { allowed, refusal, steps, warnings = [] } = decode(DryRunAnswer, answer);
      output.show(answer, () => [
        ...tableLines(STEP_COLUMNS, steps),
        '',
        ...(allowed || !refusal
          ? ['The call would be allowed.']
          : [
              `The call would be refused: ${refusal.status}, ${refusal.code} ${refusal.message}.`,
              ...[refusal.description, refusal.whatToChange].flatMap((line) => (line ? [oneLine(line)] : [])),
            ]),
      ]);
      for (const warning of warnings) output.note(`Note: ${oneLine(warning)}`);
    },
  }),
];
