import type { DeviceAuthorizations } from './device-authorizations.ts';
import { authenticate } from './demo-users.ts';
import type { Form } from './form.ts';
import { html, type HttpAnswer } from './http-answer.ts';
import { credentialFields, demoUsersNote } from './login-page.ts';
import { alertParagraph, escapeHtml, page } from './page.ts';

/** The form in which a user enters the code that a device shows; filled in when the device's link was followed. */
export function showDevicePage(form: Form): HttpAnswer {
  return html(200, devicePage(form.get('user_code') ?? ''));
}

/** Signs the user in, and the device with that user, or not. */
export function answerDevicePage(form: Form, devices: DeviceAuthorizations): HttpAnswer {
  const userCode = form.get('user_code') ?? '';
  const decision = form.get('decision');
  const user = authenticate(form.get('username') ?? '', form.get('password') ?? '');
  if (decision !== 'approve' && decision !== 'deny')
    return html(400, devicePage(userCode, 'Choose to sign the device in or not.'));
  if (user === undefined) return html(401, devicePage(userCode, 'Incorrect user name or password.'));
  if (!devices.decide(userCode, user, decision === 'approve'))
    return html(400, devicePage(userCode, 'No device waits for this code. Begin again on the device.'));
  return decision === 'approve'
    ? html(
        200,
        page('Device signed in', `<p>The device is signed in as ${user.username}. Go back to it.</p>`),
      )
    : html(200, page('Device not signed in', '<p>The device was refused.</p>'));
}

function devicePage(userCode: string, problem?: string): string {
  return page(
    'Sign a device in',
    `${problem === undefined ? '' : alertParagraph(problem)}
<p>Go on only if a device or terminal of yours shows this code.</p>
<form method="post" action="/oauth2/device">
<label for="user_code">Code</label>
<input id="user_code" name="user_code" value="${escapeHtml(userCode)}" autocomplete="off" autocapitalize="characters" spellcheck="false" required${userCode === '' ? ' autofocus' : ''}>
${credentialFields(userCode === '' ? '' : 'autofocus')}
<button type="submit" name="decision" value="approve">Sign the device in</button>
<button type="submit" name="decision" value="deny" class="other">Refuse</button>
</form>
${demoUsersNote()}`,
  );
}
