import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { makeAlgorithm } from './algorithm.js';
import { allowedFile } from './allowed-file.js';
import { loadAlgorithm } from './load-algorithm.js';
import { thrownAt } from './thrown-at.js';
import { MARK, load, resolve, withoutTypes } from './typescript-hooks.js';

let folder = '';
before(async () => (folder = await realpath(await mkdtemp(join(tmpdir(), 'ocellus-algorithm-')))));
after(() => rm(folder, { recursive: true }));
async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, '..'), { recursive: true });
  await writeFile(path, text);
  return path;
}
/** What the export of a file gives when it is run on nothing. */
const given = async (path: string, name = 'default'): Promise<unknown> => makeAlgorithm(await loadAlgorithm(path, name)).run([], {} as never);

test('TypeScript is loaded with what it imports: files by either name, and Ocellus itself', async () => {
  await file('parts/sum.ts', 'export const sum = (a: number, b: number): number => a + b;\n');
  await file('parts/two.mts', 'export const two = 2 as const;\n');
  const path = await file(
    'adder.ts',
    `import { Fault } from 'ocellus/core';
import type { Algorithm } from 'ocellus/pipeline';
import { sum } from './parts/sum.js';
import { two } from './parts/two.mts';
export default class Adder<T extends object> implements Algorithm<unknown> {
  readonly #base: number = 40;
  run(): unknown { return [sum(this.#base, two satisfies number), Fault.name, import.meta.url.startsWith('file:')]; }
}
`,
  );
  assert.deepEqual(await given(path), [42, 'Fault', true]);
});

test('JavaScript is loaded too, a class or a function that gives an instance', async () => {
  const path = await file(
    'plain.mjs',
    'export class A { run() { return "a"; } }\nexport const make = () => ({ run: () => "made" });\nexport function Old() {}\nOld.prototype.run = () => "old";\n',
  );
  assert.deepEqual(await Promise.all(['A', 'make', 'Old'].map((name) => given(path, name))), ['a', 'made', 'old']);
});

test('an error tells the place in the TypeScript that was written', async () => {
  const path = await file(
    'thrower.ts',
    `interface Wide {
  readonly a: number;
}
export default class {
  run(wide: Wide): number {
    if (true as boolean) throw new Error('here');
    return wide.a;
  }
}
`,
  );
  const algorithm = makeAlgorithm(await loadAlgorithm(path, 'default'));
  assert.throws(() => algorithm.run([], {} as never), (error) => thrownAt(error) === `${path}:6:32`); // prettier-ignore
});

test('code that does not load tells where', async () => {
  const message = (path: string): Promise<unknown> => loadAlgorithm(path, 'default').then(() => '', (error: unknown) => `${(error as { code: string }).code} ${(error as Error).message}`); // prettier-ignore
  const broken = await file('broken.ts', 'const a: number = 1;\nconst b = ;\nexport default class { run() {} }\n');
  assert.equal(await message(broken), `CONFIG_INVALID SyntaxError: ${broken}:2:11: Expression expected`);
  const enums = await file('enums.ts', 'enum A { x }\nexport default class { run() { return A.x; } }\n');
  assert.match(String(await message(enums)), /enums\.ts:1:1: TypeScript enum is not supported in strip-only mode/);
  const typed = await file('typed.ts', "import { Algorithm } from 'ocellus/pipeline';\nexport default class implements Algorithm { run() {} }\n");
  assert.match(String(await message(typed)), /does not provide an export named 'Algorithm'.*; if it is a type, write import type/);
  const throws = await file('throws.ts', "\nthrow new Error('no licence');\n");
  assert.equal(await message(throws), `CONFIG_INVALID no licence (${throws}:2:7)`);
});

test('a missing export comes with those that are there', async () => {
  const path = await file('named.ts', 'export class Counter { run() {} }\nexport const limit = 3;\n');
  await assert.rejects(loadAlgorithm(path, 'Conter'), {
    code: 'NOT_FOUND',
    message: /no export "Conter"\. Did you mean "Counter"\?.* named\.ts exports: Counter, limit/,
  });
  await assert.rejects(loadAlgorithm(path, 'limit'), { code: 'CONFIG_INVALID', message: /its export "limit" is no class and no function/ });
});

test('a file that was changed is read again', async () => {
  const path = await file('changing.ts', 'export default class { run(): number { return 1; } }\n');
  assert.equal(await given(path), 1);
  await file('changing.ts', 'export default class { run(): number { return 2; } }\n');
  await utimes(path, 1, 1);
  assert.equal(await given(path), 2);
});

test('types leave blanks behind, so that every character keeps its place', () => {
  const source = 'export const a: number = <T,>(b: T): T => b;\nclass A { readonly x?: string; declare y: number }\n';
  const plain = withoutTypes(source, 'a.ts');
  assert.equal(plain.length, source.length);
  assert.equal(plain.indexOf('b;'), source.indexOf('b;'));
});

test('code is loaded from allowed folders only, links followed', async () => {
  const inside = await file('allowed/deep/a.ts', '');
  const outside = await file('allowed-not/b.ts', '');
  await symlink(outside, join(folder, 'allowed/out.ts'));
  await symlink(join(folder, 'allowed'), join(folder, 'by-link'));
  const folders = [join(folder, 'allowed')];
  assert.equal(await allowedFile(inside, folders), inside);
  assert.equal(await allowedFile(join(folder, 'by-link/deep/a.ts'), folders), inside);
  assert.equal(await allowedFile(inside, [join(folder, 'no-such'), join(folder, 'by-link')]), inside);
  const refused = {
    code: 'PERMISSION_DENIED',
    message: /code is loaded only from .*allowed and below; allow its folder with algorithmFolders, or with --algorithms$/,
  };
  await assert.rejects(allowedFile(outside, folders), refused);
  await assert.rejects(allowedFile(join(folder, 'allowed/../allowed-not/b.ts'), folders), refused);
  await assert.rejects(allowedFile(join(folder, 'allowed/out.ts'), folders), {
    ...refused,
    message: /out\.ts \(in truth .*allowed-not\/b\.ts\): code is loaded only/,
  });
  await assert.rejects(allowedFile(inside, []), { code: 'PERMISSION_DENIED', message: /only from nowhere/ });
  await assert.rejects(allowedFile(join(folder, 'allowed/none.ts'), folders), { code: 'NOT_FOUND' });
  await assert.rejects(allowedFile(join(folder, 'allowed/a.json'), folders), { code: 'INVALID_ARGUMENT', message: /\.js, \.mjs, \.ts, \.mts/ });
});

test('the hooks leave every other module alone, and work where hooks are called in place', async () => {
  const here = await file('parts/sum.ts', 'export const sum: number = 1;\n');
  const parentURL = `${pathToFileURL(join(folder, 'main.ts')).href}?${MARK}=7`;
  const asked: string[] = [];
  const next = (specifier: string, context?: { readonly parentURL?: string }) => (
    asked.push(`${specifier} from ${context?.parentURL ?? ''}`),
    { url: specifier }
  );
  const from = (specifier: string, parent: string) => resolve(specifier, { parentURL: parent } as never, next as never);
  assert.deepEqual(from('./parts/sum.js', parentURL), { url: `${pathToFileURL(here).href}?${MARK}=7` });
  from('./parts/sum.js', 'file:///elsewhere/main.js');
  from('left-pad', parentURL);
  from('ocellus/core', parentURL);
  assert.equal(asked[1], './parts/sum.js from file:///elsewhere/main.js');
  assert.equal(asked[2], `left-pad from ${parentURL}`);
  assert.match(asked[3]!, /^ocellus\/core from file:.*typescript-hooks\.js$/);
  const loaded = (url: string) => load(url, {} as never, (() => 'left alone') as never);
  assert.equal(loaded(pathToFileURL(here).href), 'left alone');
  assert.equal(loaded('node:fs'), 'left alone');
  assert.equal((loaded(`${pathToFileURL(here).href}?${MARK}=7`) as unknown as { source: string }).source, 'export const sum         = 1;\n');
});
