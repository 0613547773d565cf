import type { Provider } from 'oidc-provider';
import { grantTo } from './accounts.ts';
import { authenticate, type DemoUser } from './demo-users.ts';
import type { Form } from './form.ts';
import { html, type HttpAnswer } from './http-answer.ts';
import { alertParagraph, escapeHtml, page } from './page.ts';
import { PATHS } from './paths.ts';
import { grantScopes } from './scopes.ts';
import { credentialFields, demoUsersNote } from './sign-in-page.ts';

/** The form in which a user enters the code that a device shows; filled in when the device's link was followed. */
export function showDevicePage(form: Form): HttpAnswer {
  return html(200, devicePage(form.get('user_code') ?? ''));
}

/** Signs the user in, and the device with that user, or not. */
export async function answerDevicePage(provider: Provider, form: Form): Promise<HttpAnswer> {
  const userCode = form.get('user_code') ?? '';
  const decision = form.get('decision');
  const user = authenticate(form.get('username') ?? '', form.get('password') ?? '');
  if (decision !== 'approve' && decision !== 'deny') {
    return html(400, devicePage(userCode, 'Choose to sign the device in or not.'));
  }
  if (user === undefined) return html(401, devicePage(userCode, 'Incorrect user name or password.'));
  if (!(await decide(provider, userCode, user, decision === 'approve'))) {
    return html(400, devicePage(userCode, 'No device waits for this code. Begin again on the device.'));
  }
  return decision === 'approve'
    ? html(
        200,
        page('Device signed in', `<p>The device is signed in as ${user.username}. Go back to it.</p>`),
      )
    : html(200, page('Device not signed in', '<p>The device was refused.</p>'));
}

/**
 * A user says yes or no to the device that shows this code: upper or lower case, with or without hyphen.
 * @returns whether a device was waiting for it.
 */
async function decide(
  provider: Provider,
  userCode: string,
  user: DemoUser,
  isApproved: boolean,
): Promise<boolean> {
  const entered = userCode.toUpperCase().replace(/[^A-Z]/g, '');
  const device = await provider.DeviceCode.findByUserCode(entered);
  if (device?.clientId === undefined || !device.isValid) return false;
  if (device.accountId !== undefined || device.error !== undefined) return false;
  const asked = device.params?.['scope'];
  const scope = grantScopes(user, typeof asked === 'string' ? asked : undefined);
  if (isApproved && scope !== '') {
    const { jti: grantId } = await grantTo(provider, user, device.clientId, scope);
    const authTime = Math.floor(Date.now() / 1000);
    Object.assign(device, { accountId: user.subject, grantId, scope, authTime });
  } else {
    Object.assign(device, { error: 'access_denied', errorDescription: 'The user refused' });
  }
  await device.save();
  return true;
}

function devicePage(userCode: string, problem?: string): string {
  return page(
    'Sign a device in',
    `${problem === undefined ? '' : alertParagraph(problem)}
<p>Go on only if a device or terminal of yours shows this code.</p>
<form method="post" action="${PATHS.device}">
<label for="user_code">Code</label>
<input id="user_code" name="user_code" value="${escapeHtml(userCode)}" autocomplete="off" autocapitalize="characters" spellcheck="false" required${userCode === '' ? ' autofocus' : ''}>
${credentialFields(userCode === '' ? '' : 'autofocus')}
<button type="submit" name="decision" value="approve">Sign the device in</button>
<button type="submit" name="decision" value="deny" class="other">Refuse</button>
</form>
${demoUsersNote()}`,
  );
}
