import type { CommandContext } from '../command-context.ts';
import { formatExpiry, formatMoment } from '../output/moments.ts';
import { oneLine } from '../output/table.ts';
import { choiceFlag, durationFlag, listFlag, mapFlag, noteFlag, textFlag } from '../parsing/flags.ts';
import { IssuedKeyAnswer, type KeyAnswer } from '../rest/answers.ts';
import { decode } from '../rest/rest-client.ts';

/** What can be said of a key when it is made, and changed later. */
export const keyFields = {
  name: textFlag('NAME', 'what it is called'),
  'valid-for': durationFlag('how long it works: 30d, 12h, never', { canBeNever: true }),
  ip: listFlag('ADDRESS', 'address or network that it works from, such as 203.0.113.0/24'),
  referrer: listFlag('PATTERN', 'page that it works from, such as *.example.com/*'),
  description: noteFlag('TEXT', 'what it is for'),
  metadata: mapFlag('data of yours; those given replace all before'),
} as const;

export const keyType = choiceFlag(
  ['PRODUCTION', 'SANDBOX'],
  'environment that it opens (default PRODUCTION)',
);

interface KeyFlags {
  readonly name?: string | undefined;
  readonly 'valid-for'?: number | undefined;
  readonly ip?: readonly string[] | undefined;
  readonly referrer?: readonly string[] | undefined;
  readonly description?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** What of a key's body the flags say. */
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
  if (key.graceEndsOn !== undefined)
    output.note(`The previous value works until ${formatMoment(key.graceEndsOn)}.`);
  output.note('This is the only time that the value is shown.');
  noteWarnings(output, key);
}

/** Says what was accepted and is probably not what was meant. */
export function noteWarnings(
  output: CommandContext['output'],
  { warnings = [] }: Pick<KeyAnswer, 'warnings'>,
): void {
  for (const warning of warnings)
    output.note(`Warning: ${oneLine(typeof warning === 'string' ? warning : JSON.stringify(warning))}`);
}
