/** What the apps of an account find of the core: the ARN of each function that protected APIs refer to. */
export interface PublishedCore {
  readonly authorizerArn: string;
  readonly registrarArn: string;
  readonly usageArn: string;
}

/** Apps that are deployed read these parameters: their names stay. */
const NAMES = {
  authorizerArn: 'authorizer-arn',
  registrarArn: 'registrar-arn',
  usageArn: 'usage-arn',
} as const satisfies Record<keyof PublishedCore, string>;

/** An SSM parameter, and the field of the core that is its value. */
export interface PublishedParameter {
  readonly field: keyof PublishedCore;
  readonly name: string;
  readonly value: string;
}

/** The parameters through which the apps of the account and region find the core of a deployment. */
export function writePublishedCore(deployment: string, core: PublishedCore): readonly PublishedParameter[] {
  return (['authorizerArn', 'registrarArn', 'usageArn'] as const).map((field) => ({
    field,
    name: parameterName(deployment, field),
    value: core[field],
  }));
}

/** The core of a deployment, from the values of its parameters. */
export function readPublishedCore(deployment: string, valueOf: (name: string) => string): PublishedCore {
  const read = (field: keyof PublishedCore) => valueOf(parameterName(deployment, field));
  return {
    authorizerArn: read('authorizerArn'),
    registrarArn: read('registrarArn'),
    usageArn: read('usageArn'),
  };
}

function parameterName(deployment: string, field: keyof PublishedCore): string {
  return `/keybound/${deployment}/${NAMES[field]}`;
}
