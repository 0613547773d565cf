/** Two that are measured alike: a sample is a rate, a duration, or several of them. */
export interface Contest<Sample> {
  readonly subject: () => Promise<Sample>;
  readonly baseline: () => Promise<Sample>;
}

/** Samples that lie side by side in time. */
export interface Round<Sample> {
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
}

export interface Quartiles {
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

/**
 * Samples both in turns, one sample each a round; who is first alternates. A first round, not counted, warms
 * them up.
 */
export async function interleave<Sample>(
  { subject, baseline }: Contest<Sample>,
  limits: ContestLimits,
): Promise<readonly Round<Sample>[]> {
  await subject();
  await baseline();
  const rounds: Round<Sample>[] = [];
  const endsAt = performance.now() + limits.budgetMilliseconds;
  while (rounds.length < limits.rounds && (rounds.length === 0 || performance.now() < endsAt)) {
    if (rounds.length % 2 === 0) {
      const first = await subject();
      rounds.push({ subject: first, baseline: await baseline() });
    } else {
      const first = await baseline();
      rounds.push({ subject: await subject(), baseline: first });
    }
  }
  return rounds;
}

/** The ratio is taken within each round: what slows the machine for a while slows both. */
export function summarise(rounds: readonly Round<number>[]): Comparison {
  return {
    subject: quartiles(rounds.map(({ subject }) => subject)).median,
    baseline: quartiles(rounds.map(({ baseline }) => baseline)).median,
    ratio: quartiles(rounds.map(({ subject, baseline }) => subject / baseline)),
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
