import type { Quartiles } from './measure.ts';

/** One line of the result. */
export interface Finding {
  readonly name: string;
  /** Value and unit. */
  readonly measured: string;
  /** The divisor of `measured`: its value, its unit and its meaning. */
  readonly against: string;
  readonly ratio: number;
  /** Quartiles of the rounds, where the ratio was taken in each. */
  readonly spread?: Quartiles;
  /** Absent: for information only. */
  readonly target?: Target;
}

/** Bounds of the ratio. */
export type Target = { readonly atLeast: number } | { readonly atMost: number };

export type Verdict = 'met' | 'MISSED' | '';

export function judge({ ratio, target }: Finding): Verdict {
  if (target === undefined) return '';
  const isMet = 'atLeast' in target ? ratio >= target.atLeast : ratio <= target.atMost;
  return isMet ? 'met' : 'MISSED';
}

/** A table of text, one line a finding. */
export function renderFindings(findings: readonly Finding[]): string {
  const rows = [
    ['', 'measured', 'against', 'ratio', 'quartiles', 'target', ''],
    ...findings.map((finding) => [
      finding.name,
      finding.measured,
      finding.against,
      finding.ratio.toFixed(2),
      renderSpread(finding.spread),
      renderTarget(finding.target),
      judge(finding),
    ]),
  ];
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function renderSpread(spread: Quartiles | undefined): string {
  return spread === undefined ? '' : `${spread.lower.toFixed(2)}–${spread.upper.toFixed(2)}`;
}

function renderTarget(target: Target | undefined): string {
  if (target === undefined) return '';
  return 'atLeast' in target ? `≥ ${target.atLeast.toFixed(2)}` : `≤ ${target.atMost.toFixed(2)}`;
}

export function formatRate(value: number): string {
  return `${formatWhole(value)}/s`;
}

export function formatMilliseconds(value: number): string {
  return `${value.toFixed(1)} ms`;
}

export function formatBytes(value: number): string {
  return `${formatWhole(value)} bytes`;
}

function formatWhole(value: number): string {
  return Math.round(value).toLocaleString('en');
}
