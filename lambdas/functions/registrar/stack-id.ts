/** The account and region that a function runs in. */
export interface Home {
  readonly partition: string;
  readonly region: string;
  readonly account: string;
}

const STACK =
  /^arn:(?<partition>aws[\w-]*):cloudformation:(?<region>[a-z0-9-]+):(?<account>\d{12}):stack\/(?<stackName>[A-Za-z][A-Za-z0-9-]{0,127})\/[\w-]{1,64}$/;
const FUNCTION = /^arn:(?<partition>aws[\w-]*):lambda:(?<region>[a-z0-9-]+):(?<account>\d{12}):function:/;

/** @returns the name of the stack; undefined for what is no id of a stack of this account and region. */
export function stackNameOf(stackId: string, { partition, region, account }: Home): string | undefined {
  const parts = STACK.exec(stackId)?.groups;
  const isHere =
    parts?.['partition'] === partition && parts['region'] === region && parts['account'] === account;
  return isHere ? parts['stackName'] : undefined;
}

/** @throws Error for what is no ARN of a function. */
export function homeOf(functionArn: string): Home {
  const { partition, region, account } = FUNCTION.exec(functionArn)?.groups ?? {};
  if (partition === undefined || region === undefined || account === undefined) {
    throw new Error('the function has no ARN of a function');
  }
  return { partition, region, account };
}
