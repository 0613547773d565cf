import {
  NotFoundException,
  ResetAuthorizersCacheCommand,
  type ApiGatewayV2Client,
} from '@aws-sdk/client-apigatewayv2';
import type { GatewayStage } from '../core/decision/environment.ts';
import type { Pause } from './pause.ts';

export interface StageResets {
  readonly client: Pick<ApiGatewayV2Client, 'send'>;
  readonly pause: Pause;
  /** Is told of each reset that cannot be made. */
  readonly report: (stage: GatewayStage, error: unknown) => void;
  /** Whether it is too late for one more. Default: never. */
  readonly isLate?: () => boolean;
}

/**
 * Three senders run at the same time (after changes at once, after changes again, when values end), and all control-
 * plane calls of an account share ten a second: at most three a second of each leave room for others.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html#api-gateway-control-service-limits-table
 */
const PAUSE_MILLISECONDS = 334;

/**
 * Makes API Gateway forget the decisions about calls of `stages`, one stage after the other. A stage that does not
 * exist has none to forget.
 * @returns the stages that could not be reset.
 */
export async function resetStages(
  { client, pause, report, isLate = () => false }: StageResets,
  stages: readonly GatewayStage[],
): Promise<readonly GatewayStage[]> {
  const failed: GatewayStage[] = [];
  for (const [index, stage] of stages.entries()) {
    if (index > 0 && !isLate()) await pause(PAUSE_MILLISECONDS);
    try {
      if (isLate()) throw new Error('there was no time left for it');
      await client.send(
        new ResetAuthorizersCacheCommand({ ApiId: stage.gatewayApiId, StageName: stage.stage }),
      );
    } catch (error) {
      if (error instanceof NotFoundException) continue;
      report(stage, error);
      failed.push(stage);
    }
  }
  return failed;
}
