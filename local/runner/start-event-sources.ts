import type { CallDynamoDb } from '../dynamodb/call-dynamodb.ts';
import type { RunnerState } from '../dynamodb/runner-state.ts';
import { openTableStream } from '../dynamodb/table-stream.ts';
import type { EventSourceDefinition } from '../functions/event-source-definition.ts';
import { startStreamConsumer } from '../functions/stream-consumer.ts';
import type { InvocationResult } from '../gateway/model.ts';

export interface EventSourcesOptions {
  readonly call: CallDynamoDb;
  readonly state: RunnerState;
  readonly invoke: (functionArn: string, payload: unknown) => Promise<InvocationResult>;
  readonly report: (text: string) => void;
}

const POLL_MILLISECONDS = 100;
const RETRY_MILLISECONDS = 500;

/** Starts a reader for every event source mapping; positions are kept with the data. */
export async function startEventSources(
  definitions: readonly EventSourceDefinition[],
  { call, state, invoke, report }: EventSourcesOptions,
): Promise<{ settle(): Promise<void>; close(): Promise<void> }> {
  const consumers = await Promise.all(
    definitions.map((definition) =>
      startStreamConsumer({
        definition,
        stream: openTableStream(call, definition.tableName, definition.streamArn),
        positions: {
          load: (id) => state.load(`stream-position/${id}`),
          save: (id, position) => state.save(`stream-position/${id}`, position),
        },
        invoke,
        now: Date.now,
        pollMilliseconds: POLL_MILLISECONDS,
        retryMilliseconds: RETRY_MILLISECONDS,
        report,
      }),
    ),
  );
  return {
    async settle() {
      await Promise.all(consumers.map((consumer) => consumer.settle()));
    },
    async close() {
      await Promise.all(consumers.map((consumer) => consumer.close()));
    },
  };
}
