import { gzipSync } from 'node:zlib';
import type { CloudWatchLogsEvent } from 'aws-lambda';

/** One call as the access log of a protected API tells of it: its time to the second. */
export interface LoggedCall {
  readonly keyUUID: string;
  readonly valueIssuedOn: number;
  readonly time: number;
}

export function accessLogLine({ keyUUID, valueIssuedOn, time }: LoggedCall): string {
  return JSON.stringify({
    type: 'access',
    path: '/production/menu',
    requestId: 'request-1',
    time: String(Math.floor(time / 1000)),
    status: '200',
    keyName: 'Key',
    keyUUID,
    valueIssuedOn: String(valueIssuedOn),
  });
}

/** What CloudWatch Logs sends to the function of a subscription filter. */
export function logsEvent(lines: readonly string[], messageType = 'DATA_MESSAGE'): CloudWatchLogsEvent {
  const data = {
    messageType,
    owner: '000000000000',
    logGroup: '/aws/vendedlogs/keybound/Shop-1',
    logStream: 'stream',
    subscriptionFilters: ['usage'],
    logEvents: lines.map((message, index) => ({ id: String(index), timestamp: 0, message })),
  };
  return { awslogs: { data: gzipSync(JSON.stringify(data)).toString('base64') } };
}
