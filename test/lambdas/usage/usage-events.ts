import { gzipSync } from 'node:zlib';
import type { CloudWatchLogsEvent } from 'aws-lambda';
import { z } from 'zod';
import { logGroupItemKey } from '../../../lambdas/platform/dynamodb/keys.ts';
import type { Store } from '../../../lambdas/platform/dynamodb/store.ts';
import { writeAll } from '../../../lambdas/platform/dynamodb/write-all.ts';
import { overwrite } from '../../../lambdas/platform/dynamodb/writes.ts';
import { parseJson } from '../../../lambdas/platform/parse-json.ts';
import { recordUsage, type UsageDependencies } from '../../../lambdas/functions/usage/record-usage.ts';

/** One call as the access log of a protected API tells of it: its time to the second. */
export interface AccessLogCall {
  /** `-`: the call was refused. */
  readonly keyUUID: string;
  readonly valueIssuedOn?: number;
  readonly time: number;
  readonly applicationId?: string;
  /** Absent: as an API logs that was deployed before its log said so. */
  readonly apiUUID?: string;
  readonly stage?: 'production' | 'sandbox';
  readonly status?: number;
  readonly sourceIp?: string;
}

export function accessLogLine(call: AccessLogCall): string {
  const { keyUUID, time, valueIssuedOn, applicationId, apiUUID, stage, status, sourceIp } = call;
  const said = keyUUID === '-' ? '-' : undefined;
  return JSON.stringify({
    keyUUID,
    applicationId: said ?? applicationId ?? 'none',
    valueIssuedOn: said ?? String(valueIssuedOn ?? 1),
    apiUUID,
    type: 'access',
    requestId: 'request-1',
    time: String(Math.floor(time / 1000)),
    stage: stage ?? 'production',
    status: String(status ?? 200),
    sourceIp: sourceIp ?? '198.51.100.7',
  });
}

/** One line of log, or what stands for it. */
export interface TestLogEvent {
  readonly id: string;
  readonly timestamp: number;
  readonly message: string;
}

/** What CloudWatch Logs sends to the function of a subscription filter. */
export function logsEvent(
  logEvents: readonly TestLogEvent[],
  more: { readonly messageType?: string; readonly logStream?: string; readonly logGroup?: string } = {},
): CloudWatchLogsEvent {
  const data = {
    messageType: 'DATA_MESSAGE',
    owner: '000000000000',
    logGroup: logGroupOf('shop'),
    logStream: 'stream',
    subscriptionFilters: ['usage'],
    ...more,
    logEvents,
  };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } };
}

let lines = 0;

/** Lines that were written at a time, each with an id of its own. */
export function linesAt(timestamp: number, messages: readonly string[]): readonly TestLogEvent[] {
  return messages.map((message) => {
    lines += 1;
    return { id: String(lines).padStart(56, '0'), timestamp, message };
  });
}

/** The authorizer's log group. */
export const AUTHORIZER_LOG = '/aws/lambda/authorizer';

export function logGroupOf(apiId: string): string {
  return `/aws/vendedlogs/keybound/${apiId}`;
}

/** Lets an API have its log group, as its registration does. */
export async function ownLogGroup(store: Store, apiId: string, requiresSubscription = false): Promise<void> {
  await writeAll(store, [overwrite(logGroupItemKey(logGroupOf(apiId)), { apiId, requiresSubscription })]);
}

const Line = z.object({ type: z.string().optional(), apiUUID: z.string().optional() });

/** Delivers lines as they come: refusals from the authorizer's group, calls from that of their API, or of `apiId`. */
export async function deliverLines(
  dependencies: Omit<UsageDependencies, 'authorizerLogGroup'>,
  at: number,
  lines: readonly string[],
  apiId: string,
): Promise<void> {
  const groups = new Map<string, string[]>();
  for (const line of lines) {
    const { type, apiUUID = apiId } = Line.safeParse(parseJson(line)).data ?? {};
    const group = type === 'refusal' ? AUTHORIZER_LOG : logGroupOf(apiUUID);
    groups.set(group, [...(groups.get(group) ?? []), line]);
  }
  for (const [logGroup, messages] of groups) {
    await recordUsage(
      { ...dependencies, authorizerLogGroup: AUTHORIZER_LOG },
      logsEvent(linesAt(at, messages), { logGroup }),
    );
  }
}
