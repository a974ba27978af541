import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join, posix } from 'node:path';
import { test } from 'node:test';
import { EVERYWHERE, ROOMS, type Room } from './rooms.js';
import { ROOT, parse, reached, sources } from './source.js';

const BY_NAME = new Map(ROOMS.map((room) => [room.name, room]));
const isTest = (path: string): boolean => path.endsWith('.test.ts') || path.includes('conformance');
const roomOf = (path: string): string | undefined => /^src\/([^/]+)\//.exec(path)?.[1];
const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Why `path` may not reach `specifier`; undefined when it may. */
function complaint(path: string, specifier: string): string | undefined {
  if (specifier.startsWith('node:')) return undefined;
  if (builtinModules.includes(specifier)) return `write node:${specifier}`;
  const from = BY_NAME.get(roomOf(path) ?? '');
  return specifier.startsWith('.') ? roomComplaint(path, from, specifier) : packageComplaint(path, from, packageOf(specifier));
}

function roomComplaint(path: string, from: Room | undefined, specifier: string): string | undefined {
  const target = posix.join(posix.dirname(path), specifier);
  const to = roomOf(target);
  if (from === undefined || to === undefined || to === from.name) return undefined;
  if (isTest(path) && to === 'testing') return undefined;
  if (!from.imports.includes(to)) return `room ${from.name} may not import room ${to}`;
  const doors = ['index', ...(BY_NAME.get(to)?.sideDoors ?? [])].map((door) => `src/${to}/${door}.js`);
  if (!doors.includes(target)) return `room ${to} is entered by its doors only: ${doors.join(', ')}`;
  return undefined;
}

function packageComplaint(path: string, from: Room | undefined, name: string): string | undefined {
  if (EVERYWHERE.includes(name)) return undefined;
  const folder = from?.packages[name];
  if (folder === undefined) return `room ${from?.name ?? '(top)'} may not name the package ${name}`;
  if (!path.startsWith(posix.join('src', from?.name ?? '', folder))) return `${name} may be named in ${from?.name}/${folder} only`;
  return undefined;
}

test('rooms import only what the table allows', () => {
  const complaints = sources('src').flatMap((path) =>
    reached(parse(path)).flatMap((specifier) => {
      const text = complaint(path, specifier);
      return text ? [`${path}: ${specifier}: ${text}`] : [];
    }),
  );
  assert.deepEqual(complaints, []);
});

test('the table itself is in order: rooms import only rooms above them, and every room of src is listed', () => {
  ROOMS.forEach((room, at) => {
    const above = new Set(ROOMS.slice(0, at).map(({ name }) => name));
    for (const to of room.imports) assert.ok(above.has(to), `${room.name} imports ${to}, which is not above it`);
  });
  const found = new Set(sources('src').flatMap((path) => roomOf(path) ?? []));
  assert.deepEqual([...found].toSorted(), ROOMS.map(({ name }) => name).toSorted());
});

test('the checks see what they should: a wrong room, a back door, a stray package, a worker', () => {
  assert.match(complaint('src/vision/a.ts', '../media/index.js') ?? '', /may not import room media/);
  assert.match(complaint('src/media/a.ts', '../core/box.js') ?? '', /doors only/);
  assert.match(complaint('src/media/probe.ts', 'node-av/lib') ?? '', /media\/libav only/);
  assert.match(complaint('src/pipeline/a.ts', 'onnxruntime-node') ?? '', /may not name/);
  assert.equal(complaint('src/media/libav/a.ts', 'node-av/lib'), undefined);
});

test('packages that rooms may name are dependencies, pinned exactly, and no dependency is unused', () => {
  type Manifest = Record<'dependencies' | 'optionalDependencies', Record<string, string>>;
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Manifest;
  const dependencies = { ...manifest.dependencies, ...manifest.optionalDependencies };
  for (const [name, version] of Object.entries(dependencies)) assert.match(version, /^\d+\.\d+\.\d+$/, `${name} is not pinned`);
  const granted = new Set([...EVERYWHERE, ...ROOMS.flatMap((room) => Object.keys(room.packages))]);
  assert.deepEqual(Object.keys(dependencies).toSorted(), [...granted].toSorted());
});
