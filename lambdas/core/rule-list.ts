/** One entry of a restriction after validation: what is stored, or why it cannot be. */
export type RuleReading =
  | { readonly ok: true; readonly rule: string; readonly warning?: string }
  | { readonly ok: false; readonly problem: string };

/** A whole restriction after validation. */
export interface RuleListReading {
  /** Canonical, without repetitions, in the order given. */
  readonly rules: readonly string[];
  /** One sentence an entry that cannot be understood; empty when the restriction may be stored. */
  readonly problems: readonly string[];
  /** One sentence an entry that is legal but probably not what was meant. */
  readonly warnings: readonly string[];
}

/** Most entries that one restriction may have. */
export const MAX_RULES = 50;
/** Most characters that one entry may have; a host name has at most 253. */
export const MAX_RULE_LENGTH = 512;
const TOO_LONG: RuleReading = { ok: false, problem: `longer than ${MAX_RULE_LENGTH} characters` };
/** A longer entry is named by its number: it could be a secret in the wrong field. Every address is shorter. */
const LONGEST_NAMED = 49;

/**
 * Reads a comma-separated restriction as WSO2 writes it. Empty text, or none but commas and spaces, means no
 * restriction.
 */
export function readRuleList(text: string, readRule: (entry: string) => RuleReading): RuleListReading {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
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
    const reading = entry.length > MAX_RULE_LENGTH ? TOO_LONG : readRule(entry);
    const name = entry.length > LONGEST_NAMED ? `entry ${index + 1}` : JSON.stringify(entry);
    if (!reading.ok) {
      problems.push(`${name}: ${reading.problem}`);
      continue;
    }
    rules.add(reading.rule);
    if (reading.warning !== undefined) warnings.push(`${name}: ${reading.warning}`);
  }
  return { rules: [...rules], problems, warnings };
}
