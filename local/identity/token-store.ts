import { createHash } from 'node:crypto';
import type { Adapter, AdapterFactory, AdapterPayload } from 'oidc-provider';
import type { StoredEntry, TokenJournal } from './token-journal.ts';

/** Kinds that outlive the runner; a sign-in that is half done begins again. */
const KEPT_KINDS: ReadonlySet<string> = new Set(['AccessToken', 'Grant', 'RefreshToken', 'Session']);

/** Expired entries stay this long: a device that asks late is told that its code has expired. */
const AFTERLIFE_MILLISECONDS = 600_000;
const SWEEP_MILLISECONDS = 60_000;
const NEVER = Number.MAX_SAFE_INTEGER;

/** Where the library keeps sessions, grants, codes and tokens: in memory, some of them in a journal as well. */
export function createTokenStore(journal: TokenJournal): AdapterFactory {
  const entries = new Map(journal.kept);
  let sweptAt = Date.now();

  const put = (kind: string, key: string, entry: StoredEntry | undefined): void => {
    if (entry === undefined) entries.delete(key);
    else entries.set(key, entry);
    if (KEPT_KINDS.has(kind)) journal.write(key, entry);
  };

  const sweep = (): void => {
    const now = Date.now();
    if (now < sweptAt + SWEEP_MILLISECONDS) return;
    sweptAt = now;
    for (const [key, { expiresAt }] of entries) {
      if (expiresAt + AFTERLIFE_MILLISECONDS <= now) entries.delete(key);
    }
  };

  return (kind): Adapter => {
    const keyOf = (id: string): string => `${kind}:${createHash('sha256').update(id).digest('base64url')}`;
    const ofKind = (): [string, StoredEntry][] =>
      Array.from(entries).filter(([key]) => key.startsWith(`${kind}:`));
    const payloadWhere = (matches: (payload: AdapterPayload) => boolean): AdapterPayload | undefined =>
      copyOf(ofKind().find(([, { payload }]) => matches(payload))?.[1].payload);

    return {
      upsert(id, payload, expiresInSeconds) {
        sweep();
        const expiresAt = expiresInSeconds === undefined ? NEVER : Date.now() + expiresInSeconds * 1000;
        put(kind, keyOf(id), { payload: structuredClone(payload), expiresAt });
        return Promise.resolve();
      },
      find(id) {
        const payload = copyOf(entries.get(keyOf(id))?.payload);
        return Promise.resolve(payload && { ...payload, jti: id });
      },
      findByUid: (uid) => Promise.resolve(payloadWhere((payload) => payload.uid === uid)),
      findByUserCode: (code) => Promise.resolve(payloadWhere((payload) => payload.userCode === code)),
      consume(id) {
        const entry = entries.get(keyOf(id));
        const consumed = Math.floor(Date.now() / 1000);
        if (entry !== undefined) put(kind, keyOf(id), { ...entry, payload: { ...entry.payload, consumed } });
        return Promise.resolve();
      },
      destroy(id) {
        if (entries.has(keyOf(id))) put(kind, keyOf(id), undefined);
        return Promise.resolve();
      },
      revokeByGrantId(grantId) {
        for (const [key, { payload }] of ofKind()) if (payload.grantId === grantId) put(kind, key, undefined);
        return Promise.resolve();
      },
    };
  };
}

function copyOf(payload: AdapterPayload | undefined): AdapterPayload | undefined {
  return payload === undefined ? undefined : structuredClone(payload);
}
