import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** One import or re-export of a module, or one module that it loads with `import()` or `require()`. */
export interface Import {
  /** A path from the project's root (`lambdas/core/http/fault.ts`), or the name of a package (`@aws-sdk/lib-dynamodb`). */
  readonly target: string;
  /** Whether it is gone when the program runs: `import type`. */
  readonly erased: boolean;
}

/** What the rules must know of a module. */
export interface SourceModule {
  /** From the project's root. */
  readonly path: string;
  readonly imports: readonly Import[];
  /** String literals and the first parts of templates. */
  readonly texts: readonly string[];
  /** What it does with globals: `process.env`, `process` as a whole, `Date.now`, `new Date()`. */
  readonly globals: ReadonlySet<string>;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** Reads every TypeScript module below `folders`. */
export function readModules(folders: readonly string[]): readonly SourceModule[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => parseModule(file.slice(ROOT.length), readFileSync(file, 'utf8'))),
  );
}

/** Parses `text`, the module at `path`, with the compiler's own parser: comments and strings cannot deceive it. */
export function parseModule(path: string, text: string): SourceModule {
  const imports: Import[] = [];
  const texts: string[] = [];
  const globals = new Set<string>();
  const add = (specifier: ts.Expression | undefined, erased: boolean) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
    imports.push({ target: targetOf(path, specifier.text), erased });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node)) {
      add(node.moduleSpecifier, node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword);
      return;
    }
    if (ts.isExportDeclaration(node)) {
      add(node.moduleSpecifier, node.isTypeOnly);
      return;
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      const { literal } = node.argument;
      if (ts.isStringLiteral(literal)) add(literal, true);
    }
    if (ts.isCallExpression(node) && isLoader(node.expression)) add(node.arguments[0], false);
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) texts.push(node.text);
    if (ts.isIdentifier(node)) {
      const use = useOfGlobal(node);
      if (use !== undefined) globals.add(use);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return { path, imports, texts, globals };
}

function isLoader(callee: ts.Expression): boolean {
  return (
    callee.kind === ts.SyntaxKind.ImportKeyword || (ts.isIdentifier(callee) && callee.text === 'require')
  );
}

/** What `name` does with a global, if it is the name of one and neither a member, a property nor a type. */
function useOfGlobal(name: ts.Identifier): string | undefined {
  const { parent, text } = name;
  if (text !== 'process' && text !== 'Date') return undefined;
  if (ts.isPropertyAccessExpression(parent)) {
    return parent.expression === name ? `${text}.${parent.name.text}` : undefined;
  }
  if ((ts.isPropertyAssignment(parent) && parent.name === name) || ts.isTypeNode(parent)) return undefined;
  if (!ts.isNewExpression(parent) || parent.expression !== name) return text;
  return (parent.arguments?.length ?? 0) === 0 ? `new ${text}()` : undefined;
}

function targetOf(importer: string, specifier: string): string {
  if (specifier.startsWith('.')) return join(dirname(importer), specifier);
  const [scope = '', name] = specifier.split('/');
  return scope.startsWith('@') && name !== undefined ? `${scope}/${name}` : scope;
}
