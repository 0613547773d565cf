import type { CommandContext } from '../command-context.ts';
import { formatExpiry, formatMoment } from '../output/moments.ts';
import { oneLine } from '../output/table.ts';
import { choiceFlag, durationFlag, listFlag, mapFlag, noteFlag, textFlag } from '../parsing/flags.ts';
import { IssuedKeyAnswer, type KeyAnswer } from '../rest/answers.ts';
import { decode } from '../rest/rest-client.ts';

/** Fields of a key that are set when it is made, and can be changed later. */
export const keyFields = {
  name: textFlag('NAME', 'name of the key'),
  'valid-for': durationFlag('how long the key works: 30d, 12h, never', { canBeNever: true }),
  ip: listFlag('ADDRESS', 'allowed address or network, such as 203.0.113.0/24'),
  referrer: listFlag('PATTERN', 'allowed page, such as *.example.com/*'),
  description: noteFlag('TEXT', 'description of the key'),
  metadata: mapFlag('your own data; replaces all existing metadata'),
} as const;

export const keyType = choiceFlag(
  ['PRODUCTION', 'SANDBOX'],
  'environment that the key opens (default PRODUCTION)',
);

interface KeyFlags {
  readonly name?: string | undefined;
  readonly 'valid-for'?: number | undefined;
  readonly ip?: readonly string[] | undefined;
  readonly referrer?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** The fields of a key's body that the flags set. */
export function keyBodyOf(flags: KeyFlags) {
  const restrictions = {
    ...(flags.ip !== undefined && { permittedIP: flags.ip.join(', ') }),
    ...(flags.referrer !== undefined && { permittedReferer: flags.referrer.join(', ') }),
  };
  return {
    ...(flags.name !== undefined && { keyName: flags.name }),
    ...(flags['valid-for'] !== undefined && { validityPeriod: flags['valid-for'] }),
    ...(flags.description !== undefined && { description: flags.description }),
    ...(flags.metadata !== undefined && { metadata: flags.metadata }),
    ...(Object.keys(restrictions).length > 0 && { additionalProperties: restrictions }),
  };
}

/** Prints a new value: alone on standard output, what is to be known of it beside. */
export function showIssuedKey({ output }: CommandContext, answer: unknown): void {
  const key = decode(IssuedKeyAnswer, answer);
  output.show(answer, () => [key.apikey]);
  output.note(
    `Key ${oneLine(key.keyName ?? '')}, id ${key.keyUUID ?? 'unknown'}, expires: ${formatExpiry(key)}.`,
  );
  if (key.graceEndsOn !== undefined) {
    output.note(`The previous value works until ${formatMoment(key.graceEndsOn)}.`);
  }
  output.note('The value is shown only this once.');
  noteWarnings(output, key);
}

/** Says what was accepted and is probably not what was meant. */
export function noteWarnings(
  output: CommandContext['output'],
  { warnings = [] }: Pick<KeyAnswer, 'warnings'>,
): void {
  for (const warning of warnings) {
    output.note(`Warning: ${oneLine(typeof warning === 'string' ? warning : JSON.stringify(warning))}`);
  }
}
