/** The one style sheet of all pages. */
export const STYLE = `body{font:1rem/1.5 system-ui,sans-serif;max-width:22rem;margin:4rem auto;padding:0 1rem;color:#1b1f24}
label{display:block;margin:1rem 0 .25rem}
input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem;border:1px solid #57606a;border-radius:4px}
button{font:inherit;margin:1.5rem .5rem 0 0;padding:.5rem 1.5rem;border:1px solid #0b57a4;border-radius:4px;background:#0b57a4;color:#fff}
button.other{background:#fff;color:#0b57a4}
.error{border-left:4px solid #b3261e;padding-left:.75rem}
:focus-visible{outline:3px solid #0b57a4;outline-offset:2px}`;

/** A whole page; `content` is HTML, `title` is text without special characters. */
export function page(title: string, content: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${title}</title><style>${STYLE}</style></head>
<body><main><h1>${title}</h1>
${content}
</main></body>
</html>
`;
}

/** A paragraph that screen readers say at once. `reason` is text. */
export function alertParagraph(reason: string): string {
  return `<p class="error" role="alert">${escapeHtml(reason)}</p>`;
}

export function escapeHtml(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
