import { holdsKeyValue } from '../keys/key-value.ts';
import { isPlainText } from '../general/plain-text.ts';

/** One entry of a restriction after validation: what is stored, or why it cannot be. */
export type RuleReading =
  | { readonly ok: true; readonly rule: string; readonly warning?: string }
  | { readonly ok: false; readonly problem: string };

/** A whole restriction after validation. */
export interface RuleListReading {
  /** Canonical, without repetitions, in the order given. */
  readonly rules: readonly string[];
  /** One sentence for each entry that cannot be understood; empty when the restriction may be stored. */
  readonly problems: readonly string[];
  /** One sentence for each entry that is legal but probably not what was meant. */
  readonly warnings: readonly string[];
}

/** Most entries that one restriction may have. */
export const MAX_RULES = 50;
/** Most characters that one entry may have; a host name has at most 253. */
export const MAX_RULE_LENGTH = 512;

/**
 * Reads a comma-separated restriction as WSO2 writes it. Blank text means no restriction; an empty entry beside a comma
 * is a problem, because something was meant there. Problems and warnings name an entry by its position: what stands in
 * the wrong field could be a secret.
 */
export function readRuleList(text: string, readRule: (entry: string) => RuleReading): RuleListReading {
  const entries = text.trim() === '' ? [] : text.split(',').map((entry) => entry.trim());
  if (entries.length > MAX_RULES) {
    return {
      rules: [],
      problems: [`${entries.length} entries are too many: at most ${MAX_RULES}`],
      warnings: [],
    };
  }
  const rules = new Set<string>();
  const problems: string[] = [];
  const warnings: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const reading = readEntry(entry, readRule);
    const name = `entry ${index + 1}`;
    if (!reading.ok) {
      problems.push(`${name}: ${reading.problem}`);
      continue;
    }
    rules.add(reading.rule);
    if (reading.warning !== undefined) warnings.push(`${name}: ${reading.warning}`);
  }
  return { rules: [...rules], problems, warnings };
}

function readEntry(entry: string, readRule: (entry: string) => RuleReading): RuleReading {
  if (entry === '') return { ok: false, problem: 'is empty' };
  if (entry.length > MAX_RULE_LENGTH) {
    return { ok: false, problem: `longer than ${MAX_RULE_LENGTH} characters` };
  }
  if (!isPlainText(entry)) return { ok: false, problem: 'has control characters or invisible ones' };
  if (holdsKeyValue(entry)) return { ok: false, problem: 'holds the value of a key' };
  return readRule(entry);
}
