import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** Folder of the project. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** TypeScript files below `folder`, relative to the project, generated ones left out. */
export function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path).replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('_pb.ts'))
    .toSorted();
}

/** The syntax tree of one of {@link sources}. */
export function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(join(ROOT, path), 'utf8'), ts.ScriptTarget.Latest, true);
}

const isNewUrl = (node: ts.Node): node is ts.NewExpression => ts.isNewExpression(node) && node.expression.getText() === 'URL';

function specifierOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return node.argument.literal;
  if (ts.isCallExpression(node) && (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require'))
    return node.arguments[0];
  if (isNewUrl(node) && node.arguments?.[1]?.getText() === 'import.meta.url') return node.arguments[0];
  return undefined;
}

/** Everything a file reaches: `import`, `export from`, `import()`, `import('x').T`, `require` and `new URL(x, import.meta.url)` of a worker. */
export function reached(file: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier && ts.isStringLiteralLike(specifier)) found.push(specifier.text);
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}
