import {
  ApiGatewayV2Client,
  NotFoundException,
  ResetAuthorizersCacheCommand,
  TooManyRequestsException,
} from '@aws-sdk/client-apigatewayv2';
import { mockClient } from 'aws-sdk-client-mock';
import { z } from 'zod';
import type { LogEntry } from '../../lambdas/platform/log.ts';
import type { ManagementHarness } from './management-harness.ts';

const Input = z.object({ ApiId: z.string(), StageName: z.string() });

const SLOW_MILLISECONDS = 8_000;

/** API Gateway's control plane, as far as it resets caches, on the clock of a harness. */
export interface ResetRequests {
  /** What functions that reset need. A pause moves the harness's clock. */
  readonly resetting: {
    readonly client: ApiGatewayV2Client;
    readonly store: ManagementHarness['table']['store'];
    readonly clock: () => number;
    readonly pause: (milliseconds: number) => Promise<void>;
    readonly log: (entry: LogEntry) => void;
  };
  readonly logged: LogEntry[];
  /** Each request so far: the stage as `gatewayApiId/stage`, and when, in milliseconds on the harness's clock. */
  readonly made: { readonly stage: string; readonly at: number }[];
  /** What befalls requests about a stage. */
  readonly faults: Map<string, 'throttled' | 'not found' | 'slow'>;
  /** The stages of the requests since the last call. */
  readonly take: () => readonly string[];
}

export function resetRequests(harness: ManagementHarness): ResetRequests {
  const made: { stage: string; at: number }[] = [];
  const faults = new Map<string, 'throttled' | 'not found' | 'slow'>();
  const logged: LogEntry[] = [];
  const client = new ApiGatewayV2Client({ region: 'us-east-1' });
  mockClient(client)
    .on(ResetAuthorizersCacheCommand)
    .callsFake((input: unknown) => {
      const { ApiId, StageName } = Input.parse(input);
      const stage = `${ApiId}/${StageName}`;
      made.push({ stage, at: harness.time.now });
      const response = { $metadata: {}, message: 'as the test wants it' };
      if (faults.get(stage) === 'throttled') throw new TooManyRequestsException(response);
      if (faults.get(stage) === 'not found') throw new NotFoundException(response);
      if (faults.get(stage) === 'slow') harness.time.now += SLOW_MILLISECONDS;
      return {};
    });
  return {
    resetting: {
      client,
      store: harness.table.store,
      clock: () => harness.time.now,
      pause: (milliseconds) => {
        harness.time.now += milliseconds;
        return Promise.resolve();
      },
      log: (entry) => void logged.push(entry),
    },
    logged,
    made,
    faults,
    take: () => made.splice(0).map(({ stage }) => stage),
  };
}
