import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCode, errorCodeInBrackets } from '../error-code.ts';
import { CommandFailure } from '../failures.ts';
import { parseJson } from '../parsing/parse-json.ts';

/** Somebody signed in at a management API. */
export const Session = z.object({
  issuer: z.string(),
  clientId: z.string(),
  tokenEndpoint: z.string(),
  revocationEndpoint: z.string().optional(),
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  /** Milliseconds since 1970. */
  expiresAt: z.number(),
});
export type Session = z.infer<typeof Session>;

/** Sessions by the management URL that they are for: a token never goes to another server. */
export interface SessionStore {
  readonly file: string;
  readonly read: (url: string) => Session | undefined;
  readonly write: (url: string, session: Session) => void;
  readonly remove: (url: string) => void;
}

const SessionFile = z.object({ sessions: z.record(z.string(), Session) });

/** Keeps sessions in a file that only its owner can read. */
export function createSessionStore(directory: string): SessionStore {
  const file = join(directory, 'sessions.json');
  const readAll = (): Record<string, Session> => {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return {};
      throw new CommandFailure(
        'failed',
        `The sessions in ${file} cannot be read${errorCodeInBrackets(error)}.`,
        ['Give yourself access to it, or set XDG_CONFIG_HOME to another directory, or use KEYBOUND_TOKEN.'],
      );
    }
    // Damaged, or of another version: as good as signed out.
    return SessionFile.safeParse(parseJson(text)).data?.sessions ?? {};
  };
  const writeAll = (sessions: Record<string, Session>): void => {
    const temporary = `${file}.${randomBytes(6).toString('hex')}`;
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 });
      writeFileSync(temporary, `${JSON.stringify({ sessions }, undefined, 2)}\n`, {
        mode: 0o600,
        flag: 'wx',
      });
      renameSync(temporary, file);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw new CommandFailure(
        'failed',
        `The session cannot be stored in ${file}${errorCodeInBrackets(error)}.`,
        ['Set XDG_CONFIG_HOME to a directory that can be written, or use KEYBOUND_TOKEN.'],
      );
    }
  };
  return {
    file,
    read: (url) => readAll()[url],
    write: (url, session) => writeAll({ ...readAll(), [url]: session }),
    remove: (url) => {
      const { [url]: removed, ...others } = readAll();
      if (removed !== undefined) writeAll(others);
    },
  };
}
