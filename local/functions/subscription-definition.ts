/** A log group whose lines go to a function: one `AWS::Logs::SubscriptionFilter`. */
export interface SubscriptionDefinition {
  readonly filterName: string;
  readonly logGroupName: string;
  /** `''` for every line, or a JSON pattern such as `{ $.status = 403 }`. */
  readonly filterPattern: string;
  readonly functionArn: string;
}
