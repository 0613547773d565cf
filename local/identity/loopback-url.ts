/** Whether a URL leads to this machine, whatever resolves names: by http or https, without user info or fragment. */
export function isLoopbackUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  const isLoopback =
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '127.0.0.1' ||
    hostname === '[::1]';
  return (
    /^https?:$/.test(protocol) && isLoopback && username === '' && password === '' && !text.includes('#')
  );
}
