import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { CommandFailure, usageFailure } from '../failures.ts';
import { oneLine } from '../output/table.ts';
import { isPrivate } from '../settings.ts';
import type { SignIn } from './sign-in.ts';
import { askForTokens, postForm, tokenRefusalOf } from './token-endpoint.ts';

const GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const SLOW_DOWN_SECONDS = 5;

const Codes = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.string().refine(isPrivate),
  verification_uri_complete: z.string().refine(isPrivate).optional(),
  expires_in: z.number(),
  interval: z.number().default(5),
});

/** Signs in with another device's browser: shows a code and waits until the user has entered it (RFC 8628). */
export const signInByDeviceCode: SignIn = async ({ http, configuration, clientId, scope, terminal, now }) => {
  const { device_authorization_endpoint: endpoint, token_endpoint: tokenEndpoint } = configuration;
  if (endpoint === undefined) {
    throw usageFailure('This issuer does not sign devices in.', [
      'Use keybound login --browser, keybound login --client-credentials, or set KEYBOUND_TOKEN.',
    ]);
  }
  const json = await postForm(http, endpoint, { client_id: clientId, scope });
  const codes = Codes.safeParse(json).data;
  if (codes === undefined) {
    throw new CommandFailure('failed', `Signing in failed: ${tokenRefusalOf(json).description}.`);
  }
  terminal.note(oneLine(`Open ${codes.verification_uri} and enter the code ${codes.user_code}`));
  if (codes.verification_uri_complete !== undefined) {
    terminal.note(oneLine(`or open ${codes.verification_uri_complete}`));
  }
  terminal.note('Waiting …');

  const expiresAt = now() + codes.expires_in * 1000;
  let intervalSeconds = codes.interval;
  while (now() < expiresAt) {
    await sleep(intervalSeconds * 1000);
    const form = { grant_type: GRANT, client_id: clientId, device_code: codes.device_code };
    const answer = await askForTokens(http, tokenEndpoint, form);
    if (!('error' in answer)) return answer;
    if (answer.error === 'slow_down') {
      intervalSeconds += SLOW_DOWN_SECONDS;
    } else if (answer.error !== 'authorization_pending') {
      throw new CommandFailure('failed', `Signing in failed: ${answer.description}.`);
    }
  }
  throw new CommandFailure('failed', 'Signing in failed: the code has expired. Begin again.');
};
