import type { ParsedDocument, Path } from './parsed-document.ts';

/** Collects what is wrong with a document, so that it is told all at once. */
export interface Problems {
  /** `subject`: what to call the place, when not by its path. */
  readonly add: (path: Path, message: string, subject?: string) => void;
  /** @throws Error when there were any. */
  readonly throwIfAny: () => void;
}

/** A document that is wrong a thousand times need not say it a thousand times. */
const MOST_TOLD = 10;

export function collectProblems({ lineOf }: ParsedDocument): Problems {
  const found: string[] = [];
  return {
    add: (path, message, subject = path.join('.')) => {
      const line = lineOf(path);
      found.push(`${subject}: ${message}${line === undefined ? '' : ` (line ${line})`}`);
    },
    throwIfAny: () => {
      if (found.length === 0) return;
      const rest = found.length - MOST_TOLD;
      throw new Error([...found.slice(0, MOST_TOLD), ...(rest > 0 ? [`and ${rest} more`] : [])].join('; '));
    },
  };
}
