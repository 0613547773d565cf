import {
  DEVICE_CODE_SECONDS,
  POLL_INTERVAL_SECONDS,
  type DeviceAuthorizations,
} from './device-authorizations.ts';
import type { Form } from './form.ts';
import { json, type HttpAnswer } from './http-answer.ts';

export interface DeviceEndpoint {
  readonly issuer: string;
  readonly clientId: string;
  readonly devices: DeviceAuthorizations;
}

/** Answers `POST /oauth2/device_authorization` (RFC 8628, section 3.1): two codes, for the device and for the user. */
export function answerDeviceRequest({ issuer, clientId, devices }: DeviceEndpoint, form: Form): HttpAnswer {
  if (form.get('client_id') !== clientId)
    return json(400, { error: 'invalid_client', error_description: `The client_id is ${clientId}` });
  const { deviceCode, userCode } = devices.create(clientId, form.get('scope'));
  const verificationUri = `${issuer}/oauth2/device`;
  return json(200, {
    device_code: deviceCode,
    user_code: userCode,
    verification_uri: verificationUri,
    verification_uri_complete: `${verificationUri}?user_code=${userCode}`,
    expires_in: DEVICE_CODE_SECONDS,
    interval: POLL_INTERVAL_SECONDS,
  });
}
