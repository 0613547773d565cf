import { readFileSync } from 'node:fs';
import { isMap, isNode, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { isRecord, type JsonRecord } from './json-record.ts';

/** Steps from the root of a document to a value within it. */
export type Path = readonly (string | number)[];

/** A document that is a mapping, and where things stand in its file. */
export interface ParsedDocument {
  readonly content: JsonRecord;
  /** `content` as JSON. */
  readonly json: string;
  /** The line of what is at `path`, or of the nearest thing around it that there is. */
  readonly lineOf: (path: Path) => number | undefined;
  /** How the text, number or boolean at `path` is written. */
  readonly sourceOf: (path: Path) => string | undefined;
}

/** More uses of anchors than this are a document that grows without bounds. */
const MOST_ALIASES = 1000;

/**
 * Reads YAML, which JSON is a part of: UTF-8, one document, no key twice in a mapping.
 * @throws Error that says in one sentence what is wrong, and where.
 */
export function parseDocumentFile(file: string): ParsedDocument {
  const text = readText(file);
  const lineCounter = new LineCounter();
  const lineAt = (offset: number) => lineCounter.linePos(offset).line;
  const document = parseDocument(text, {
    lineCounter,
    // Compares each key with each other: looked for below, in one walk.
    uniqueKeys: false,
    stringKeys: true,
    merge: true,
    prettyErrors: false,
    logLevel: 'error',
  });
  if (hasComments(text)) throw new Error('it is JSON with comments, which JSON does not allow: remove them');
  const error = document.errors[0] ?? document.warnings[0];
  if (error !== undefined) throw new Error(`line ${lineAt(error.pos[0])}: ${explain(error)}`);
  refuseDuplicates(document, lineAt);
  const content = valueOf(document);
  if (!isRecord(content)) {
    throw new Error(`it holds ${Array.isArray(content) ? 'a list' : 'plain text'}, not an OpenAPI document`);
  }
  const nodeAt = (path: Path): unknown =>
    path.length === 0 ? document.contents : document.getIn(path, true);
  return {
    content,
    json: JSON.stringify(content),
    lineOf: (path) => {
      for (let length = path.length; length >= 0; length -= 1) {
        const node = nodeAt(path.slice(0, length));
        if (isNode(node) && node.range) return lineAt(node.range[0]);
      }
      return undefined;
    },
    sourceOf: (path) => {
      const node = nodeAt(path);
      return isScalar(node) ? node.source : undefined;
    },
  };
}

function readText(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    throw new Error(
      code === 'ENOENT' ? 'there is no such file' : `the file cannot be read (${String(code)})`,
      {
        cause: error,
      },
    );
  }
  let text: string;
  try {
    // Takes a byte order mark off.
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error('it is not UTF-8 text: save it as UTF-8', { cause: error });
  }
  if (text.trim() === '') throw new Error('the file is empty');
  return text;
}

/** A comment of JavaScript, which YAML would take for a part of a key. */
function hasComments(text: string): boolean {
  if (!/^\s*(?:\{|\/[/*])/.test(text)) return false;
  return /(?:^|[\s{[,])\/[/*]/.test(text.replaceAll(/"(?:[^"\\]|\\.)*"/g, '""'));
}

function explain({ code, message }: { readonly code: string; readonly message: string }): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'YAML allows no tabs for indentation: use spaces';
    case 'MULTIPLE_DOCS':
      return 'a second YAML document begins here: a file must hold one';
    case 'TAG_RESOLVE_FAILED':
      return `${message}: write the value that it stands for instead`;
    default:
      return message;
  }
}

function refuseDuplicates(document: Document, lineAt: (offset: number) => number): void {
  visit(document, {
    Map: (_key, map) => {
      const lines = new Map<string, number>();
      for (const { key } of map.items) {
        if (!isScalar(key) || !key.range) continue;
        const name = String(key.value);
        const line = lineAt(key.range[0]);
        const first = lines.get(name);
        if (first !== undefined) {
          throw new Error(`line ${line}: the key ${name} was already used in line ${first}`);
        }
        lines.set(name, line);
      }
    },
  });
}

function valueOf(document: Document): unknown {
  if (document.contents !== null && !isMap(document.contents)) return document.toJS();
  let content: unknown;
  try {
    content = document.toJS({ maxAliasCount: MOST_ALIASES });
    // A value that contains itself is not JSON.
    JSON.stringify(content);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new Error(
      /alias/i.test(message)
        ? `its anchors and aliases cannot be followed: ${message}`
        : 'it contains itself through an anchor',
      { cause: error },
    );
  }
  return content;
}
