import { gzipSync } from 'node:zlib';
import type { CloudWatchLogsEvent } from 'aws-lambda';

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
  more: { readonly messageType?: string; readonly logStream?: string } = {},
): CloudWatchLogsEvent {
  const data = {
    messageType: 'DATA_MESSAGE',
    owner: '000000000000',
    logGroup: '/aws/vendedlogs/keybound/Shop-1',
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
