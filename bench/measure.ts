/** Takes one sample: a rate, a duration, whatever both contenders measure alike. */
export type Sample = () => Promise<number>;

export interface Contest {
  readonly subject: Sample;
  readonly baseline: Sample;
}

export interface ContestLimits {
  readonly rounds: number;
  /** After this time no further round is begun, so that a slow machine gets fewer rounds, not a longer run. */
  readonly budgetMilliseconds: number;
}

export interface Comparison {
  /** Median of the subject's samples. */
  readonly subject: number;
  /** Median of the baseline's samples. */
  readonly baseline: number;
  /** Subject ÷ baseline of each round. */
  readonly ratio: Quartiles;
  readonly rounds: number;
}

export interface Quartiles {
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

/**
 * Samples two contenders in turns, one sample each a round; who is first alternates. The ratio is taken within
 * each round, of samples that lie side by side in time, so that whatever slows the machine for a while slows
 * both. A first round, not counted, warms both up.
 */
export async function compare({ subject, baseline }: Contest, limits: ContestLimits): Promise<Comparison> {
  await subject();
  await baseline();
  const subjects: number[] = [];
  const baselines: number[] = [];
  const ratios: number[] = [];
  const endsAt = performance.now() + limits.budgetMilliseconds;
  for (let round = 0; round < limits.rounds && (round === 0 || performance.now() < endsAt); round += 1) {
    const isSubjectFirst = round % 2 === 0;
    const first = await (isSubjectFirst ? subject : baseline)();
    const second = await (isSubjectFirst ? baseline : subject)();
    const [ofSubject, ofBaseline] = isSubjectFirst ? [first, second] : [second, first];
    subjects.push(ofSubject);
    baselines.push(ofBaseline);
    ratios.push(ofSubject / ofBaseline);
  }
  return {
    subject: quartiles(subjects).median,
    baseline: quartiles(baselines).median,
    ratio: quartiles(ratios),
    rounds: ratios.length,
  };
}

/** How often per second `batch`, which does something `count` times, does it. */
export async function perSecond(count: number, batch: () => Promise<void> | void): Promise<number> {
  const startedAt = performance.now();
  await batch();
  return (count * 1000) / (performance.now() - startedAt);
}

function quartiles(values: readonly number[]): Quartiles {
  const sorted = values.toSorted((one, other) => one - other);
  return { lower: quantile(sorted, 0.25), median: quantile(sorted, 0.5), upper: quantile(sorted, 0.75) };
}

/** `sorted` must have a value. Between two values: their weighted mean. */
function quantile(sorted: readonly number[], share: number): number {
  const place = (sorted.length - 1) * share;
  const below = sorted[Math.floor(place)] ?? NaN;
  const above = sorted[Math.ceil(place)] ?? NaN;
  return below + (above - below) * (place - Math.floor(place));
}
