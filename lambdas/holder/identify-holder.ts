import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Fault } from '../core/fault.ts';
import { digestKeyValue } from '../core/key-value.ts';
import { findKeyByLiveDigest } from '../management/key-reads.ts';
import type { TableAccess } from '../management/management.ts';
import { HOLDER_HEADER, type Identified } from '../platform/http/read-caller.ts';

/**
 * Takes the value of a key for who presents it. The caller's subject is the key's id.
 * @throws Fault `unauthenticated` for a missing or unknown value, and for one that works no more.
 */
export async function identifyHolder(
  management: TableAccess,
  { headers, requestContext }: APIGatewayProxyEventV2,
): Promise<Identified> {
  const value = headers[HOLDER_HEADER]?.trim() ?? '';
  const digest = digestKeyValue(value);
  const place = value === '' ? undefined : await findKeyByLiveDigest(management, digest);
  if (place === undefined) {
    throw new Fault('unauthenticated', `Send the value of a key that works in the header ${HOLDER_HEADER}.`);
  }
  return {
    caller: {
      subject: place.keyUUID,
      name: 'the holder of the key',
      presentedDigest: digest,
      sourceIp: requestContext.http.sourceIp,
      requestId: requestContext.requestId,
    },
    roles: new Set(['holder']),
  };
}
