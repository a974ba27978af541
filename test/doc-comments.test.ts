import assert from 'node:assert/strict';
import { test } from 'node:test';
import ts from 'typescript';
import { parse, sources } from './source.js';

const isExported = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((m) => m.kind === ts.SyntaxKind.ExportKeyword);

const hasDoc = (node: ts.Node): boolean =>
  ts.getJSDocCommentsAndTags(node).some((doc) => ts.isJSDoc(doc) && (ts.getTextOfJSDocComment(doc.comment) ?? '').length > 10);

const nameOf = (node: ts.Node): string =>
  ts.isVariableStatement(node)
    ? node.declarationList.declarations.map((d) => d.name.getText()).join(', ')
    : ((node as ts.NamedDeclaration).name?.getText() ?? 'default');

test('every exported name has a doc comment', () => {
  const bare = sources('src')
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap((path) =>
      parse(path)
        .statements.filter((node) => isExported(node) && !hasDoc(node))
        .map((node) => `${path}: ${nameOf(node)}`),
    );
  assert.deepEqual(bare, []);
});

test('no drawer names: every file says what one thing it holds', () => {
  const drawers = sources('src').filter((path) => /(^|[/-])(utils?|common|helpers?|misc|manager)(\.|-|\/)/.test(path));
  assert.deepEqual(drawers, []);
});
