import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { Fault } from '../../core/http/fault.ts';
import { readPresentedValue } from '../../core/decision/decide-access.ts';
import { digestKeyValue } from '../../core/keys/key-value.ts';
import { findKeyByLiveDigest } from '../../management/keys/key-reads.ts';
import type { TableAccess } from '../../management/frame/management.ts';
import { look } from '../../management/frame/snapshot.ts';
import { HOLDER_HEADER } from '../../contract/roles.ts';
import type { Identified } from '../../platform/http/read-caller.ts';

/**
 * Takes the value of a key for who presents it. The caller's subject is the key's id. Anybody can call: what has not the
 * form of a key, or not its checksum, is refused before anything is read. `acceptsImported`: whether values that were
 * made elsewhere are looked up, too, whose form says little.
 * @throws Fault `unauthenticated` for a missing or unknown value, and for one that works no more.
 */
export async function identifyHolder(
  management: TableAccess,
  { headers, requestContext }: APIGatewayProxyEventV2,
  acceptsImported = false,
): Promise<Identified> {
  const presented = readPresentedValue(headers[HOLDER_HEADER]?.trim(), acceptsImported);
  const digest = presented.wellFormed ? digestKeyValue(presented.value) : undefined;
  const keyUUID = digest === undefined ? undefined : await findKeyByLiveDigest(look(management), digest);
  if (digest === undefined || keyUUID === undefined) {
    throw new Fault('unauthenticated', `Send a working key value in the header ${HOLDER_HEADER}.`);
  }
  return {
    caller: {
      subject: keyUUID,
      name: 'the holder of the key',
      presentedDigest: digest,
      sourceIp: requestContext.http.sourceIp,
      requestId: requestContext.requestId,
    },
    roles: new Set(['holder']),
  };
}
