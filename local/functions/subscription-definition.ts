import type { LineFilter } from './filter-pattern.ts';

/** A log group whose lines go to a function: one `AWS::Logs::SubscriptionFilter`. */
export interface SubscriptionDefinition {
  readonly filterName: string;
  readonly logGroupName: string;
  readonly passes: LineFilter;
  readonly functionArn: string;
}
