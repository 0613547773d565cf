import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import type { ToldRefusal } from '../contract/guard-context.ts';

/**
 * The answer for a refused call. 429 and 503 say in `Retry-After` after how many seconds, and 429 in
 * `nextAccessTime` when, to call again, where that is known.
 */
export function refusalResponse(refusal: ToldRefusal, nowEpochMilliseconds: number) {
  const { style, status, code, message, description, challenge, nextAccessEpochSeconds: next } = refusal;
  const waits = next !== undefined && (status === 429 || status === 503);
  const entity = {
    message,
    description,
    ...(waits && status === 429 && { nextAccessTime: formatNextAccessTime(next) }),
  };
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json',
      // Whether a key opens an API can change with the next request.
      'cache-control': 'no-store',
      ...(status === 401 && challenge !== undefined && { 'www-authenticate': challenge }),
      ...(waits && {
        'retry-after': String(Math.max(1, Math.ceil(next - nowEpochMilliseconds / 1_000))),
      }),
    },
    body: JSON.stringify(
      style === 'detailed' ? { code, ...entity } : { fault: { code: Number(code), ...entity } },
    ),
  } satisfies APIGatewayProxyStructuredResultV2;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** As WSO2 writes it: `2026-Nov-28 06:15:00+0000 UTC`. */
export function formatNextAccessTime(epochSeconds: number): string {
  const time = new Date(epochSeconds * 1_000);
  const [date = '', clock = ''] = time.toISOString().split('T');
  const [year, , day] = date.split('-');
  return `${year}-${MONTHS[time.getUTCMonth()]}-${day} ${clock.slice(0, 8)}+0000 UTC`;
}
