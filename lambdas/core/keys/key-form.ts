/** The rest of a key after the product prefix: its environment, its random part and its checksum. */
export const KEY_AFTER_PREFIX = '_(?:prod|sandbox)_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}';

/** A text without what has the form of a key's value, whatever its checksum: for logs. */
export function withoutKeyValues(text: string): string {
  return text.replaceAll(new RegExp(`[a-z0-9]*${KEY_AFTER_PREFIX}`, 'g'), '[key]');
}
