import { createHash } from 'node:crypto';

/** The account and region that everything local claims to live in. */
export const LOCAL_ACCOUNT = '000000000000';
export const LOCAL_REGION = 'us-east-1';

/**
 * A name for a resource without an explicit one: `Stack-LogicalId-hash`, the same at every start so that
 * data survive. Shortened from the middle of the logical id when it would be longer than `maxLength`.
 */
export function physicalName(stack: string, logicalId: string, maxLength: number): string {
  const suffix = `-${digest(`${stack}/${logicalId}`, 12)}`;
  return `${`${stack}-${logicalId}`.slice(0, maxLength - suffix.length)}${suffix}`;
}

/** Ten lower-case letters and digits, as API Gateway gives its APIs, integrations and authorizers. */
export function gatewayId(stack: string, logicalId: string): string {
  return digest(`${stack}/${logicalId}`, 10);
}

/** An ARN in the local account and region. */
export function localArn(service: string, resource: string): string {
  return `arn:aws:${service}:${LOCAL_REGION}:${LOCAL_ACCOUNT}:${resource}`;
}

/** A UUID that depends on `text` alone. */
export function stableUuid(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function digest(text: string, length: number): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789';
  const bytes = createHash('sha256').update(text).digest();
  return Array.from(bytes.subarray(0, length), (byte) => alphabet[byte % alphabet.length] ?? 'a').join('');
}
