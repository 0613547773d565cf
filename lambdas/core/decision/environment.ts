import type { KeyType } from './credential.ts';

/** The stage of an API's gateway that each environment is. */
export const STAGE_NAMES = { PRODUCTION: 'production', SANDBOX: 'sandbox' } as const satisfies Record<
  KeyType,
  string
>;

export type StageName = (typeof STAGE_NAMES)[KeyType];

/** An environment as API Gateway knows it. */
export interface GatewayStage {
  /** API Gateway's id of the HTTP API. */
  readonly gatewayApiId: string;
  readonly stage: StageName;
}

/** Each stage once, in the order in which they come first. */
export function distinctStages(stages: readonly GatewayStage[]): readonly GatewayStage[] {
  return [...new Map(stages.map((stage) => [stageId(stage), stage])).values()];
}

/** Tells stages apart. */
export function stageId({ gatewayApiId, stage }: GatewayStage): string {
  return `${gatewayApiId}/${stage}`;
}
