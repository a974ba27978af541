import assert from 'node:assert/strict';
import { posix } from 'node:path';
import { test } from 'node:test';
import { parse, reached } from './source.js';

/** Everything that a browser loads with `path`: files of ours, and what they name besides. */
function loads(path: string, files: Set<string>, others: Set<string>): void {
  if (files.has(path)) return;
  files.add(path);
  for (const specifier of reached(parse(path)))
    if (specifier.startsWith('.')) loads(posix.join(posix.dirname(path), specifier).replace(/\.js$/, '.ts'), files, others);
    else others.add(specifier);
}

test("the client's door for browsers loads nothing of Node", () => {
  const files = new Set<string>();
  const others = new Set<string>();
  loads('src/client/browser.ts', files, others);
  assert.ok(files.has('src/wire/kserve/json.ts') && files.has('src/core/fault.ts'));
  assert.deepEqual([...others].toSorted(), ['@bufbuild/protobuf', '@bufbuild/protobuf/codegenv2', '@bufbuild/protobuf/reflect', '@bufbuild/protobuf/wire', 'zod']); // prettier-ignore
});
