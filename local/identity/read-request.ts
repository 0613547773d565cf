import type { IncomingMessage } from 'node:http';
import { parseForm, type Form } from './form.ts';
import { html, json, type HttpAnswer } from './http-answer.ts';
import { alertParagraph, page } from './page.ts';
import { readBody } from './read-body.ts';

/** A form, or what is wrong with it, as a sentence without full stop. */
export type ReadForm = Form | string;

/** Undefined when the response has its answer already. */
export type Answer = HttpAnswer | undefined;

export function readQuery(search: string): ReadForm {
  return parseForm(search) ?? 'A parameter is repeated';
}

export async function readForm(request: IncomingMessage): Promise<ReadForm> {
  const type = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') {
    return 'The content type must be application/x-www-form-urlencoded';
  }
  const body = await readBody(request);
  if (body === undefined) return 'The body is too large';
  return readQuery(body);
}

/** Answers a browser: with a page if its form cannot be read. */
export function toBrowser(
  form: ReadForm,
  answer: (form: Form) => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  return typeof form === 'string'
    ? html(400, page('Cannot sign in', alertParagraph(`${form}.`)))
    : answer(form);
}

/** Answers a client: with an error of OAuth if its form cannot be read. */
export function toClient(
  form: ReadForm,
  answer: (form: Form) => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  return typeof form === 'string' ? oauthError('invalid_request', form) : answer(form);
}

export function oauthError(error: string, error_description: string): HttpAnswer {
  return json(400, { error, error_description });
}
