import { randomBytes } from 'node:crypto';

const ID_BYTES = 11;

/** Sixteen characters that end in `=`, as the `apigw-requestid` header of a real API shows them. */
export function newRequestId(): string {
  return randomBytes(ID_BYTES).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}

/** `Root=1-` + epoch seconds in hex + 96 random bits: the form of X-Ray trace ids. */
export function newTraceId(epochMilliseconds: number): string {
  const seconds = Math.floor(epochMilliseconds / 1000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')}`;
}
