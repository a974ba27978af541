import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CatalogueEntry } from '../models/index.js';
import { CATALOGUE } from '../models/index.js';
import { createCliZoo } from './cli-zoo.js';
import type { CliContext } from './context.js';
import { createProgressDisplay, formatBytes } from './download-progress.js';
import { modelsCommand } from './models.js';
import { formatTable } from './table.js';

const BYTES = Buffer.from('not a network, but its checksum is right');

const entryOf = (name: string): CatalogueEntry => ({
  ...CATALOGUE[0]!,
  name,
  aliases: [`${name}-alias`],
  file: `${name}.onnx`,
  sha256: createHash('sha256').update(BYTES).digest('hex'),
  bytes: BYTES.length,
  source: { kind: 'mirror', hint: 'Ask Ann.' },
});

/** Two models of which one lies in a mirror; nothing here needs a network. */
const catalogue: readonly CatalogueEntry[] = [entryOf('tiny'), entryOf('other')];

/** A stream that keeps what is written. */
function recorder(isTTY = false): { isTTY: boolean; text: string; write(text: string): void } {
  const stream = { isTTY, text: '', write: (text: string): void => void (stream.text += text) };
  return stream;
}

async function setUp() {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-cli-models-'));
  await mkdir(join(folder, 'mirror'));
  await writeFile(join(folder, 'mirror', 'tiny.onnx'), BYTES);
  const [stdout, stderr] = [recorder(), recorder()];
  const env = { OCELLUS_CACHE: join(folder, 'cache'), OCELLUS_MODEL_MIRROR: join(folder, 'mirror') };
  const context: CliContext = { env, cwd: folder, stdout, stderr, drain: new AbortController().signal };
  return {
    folder,
    stdout,
    stderr,
    run: (args: readonly string[], more: Partial<CliContext> = {}) =>
      modelsCommand({ ...context, ...more }, catalogue).parseAsync([...args], { from: 'user' }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}

test('ls prints a table on stdout, and JSON when asked', async () => {
  await using cli = await setUp();
  await cli.run(['ls']);
  const lines = cli.stdout.text.trimEnd().split('\n');
  assert.match(lines[0]!, /^NAME +HERE +SIZE +SUMMARY$/);
  assert.match(lines[1]!, /^tiny +mirror +40 B +/);
  assert.match(lines[2]!, /^other +- +40 B +/);
  assert.equal(cli.stderr.text, '');
  cli.stdout.text = '';
  await cli.run(['ls', '--json']);
  const [tiny, other] = JSON.parse(cli.stdout.text) as { name: string; present: { from: string } | null }[];
  assert.deepEqual([tiny!.name, tiny!.present?.from, other!.present], ['tiny', 'mirror', null]);
});

test('ls tells of a damaged file on stderr', async () => {
  await using cli = await setUp();
  await writeFile(join(cli.folder, 'mirror', 'other.onnx'), 'damaged');
  await cli.run(['ls']);
  assert.match(cli.stdout.text, /other +damaged/);
  assert.match(cli.stderr.text, /^warn: other: .*other\.onnx from the mirror/);
});

test('show prints the card, by alias too', async () => {
  await using cli = await setUp();
  await cli.run(['show', 'tiny-alias']);
  for (const part of [
    /^name +tiny, tiny-alias$/m,
    /^licence +Apache-2\.0$/m,
    /^input +image: 512x512 bgr planar, fit stretch, pad 0$/m,
    /^here +.*tiny\.onnx \(mirror, 40 B\)$/m,
  ])
    assert.match(cli.stdout.text, part);
  cli.stdout.text = '';
  await cli.run(['show', 'tiny', '--json']);
  assert.equal((JSON.parse(cli.stdout.text) as CatalogueEntry).file, 'tiny.onnx');
});

test('pull says where a model came from; an unknown name among several stops all before the first', async () => {
  await using cli = await setUp();
  await cli.run(['pull', 'tiny', '--json']);
  const [pulled] = JSON.parse(cli.stdout.text) as { from: string; path: string }[];
  assert.deepEqual(await readFile(pulled!.path), BYTES);
  cli.stdout.text = '';
  await assert.rejects(cli.run(['pull', 'tiny', 'tinny']), { code: 'NOT_FOUND', message: /Did you mean "tiny"/ });
  assert.equal(cli.stdout.text, '');
  await assert.rejects(cli.run(['pull', 'other']), { code: 'UNAVAILABLE', message: /Ask Ann/ });
});

test('export, import and rm', async () => {
  await using cli = await setUp();
  await cli.run(['export', 'tiny', '-o', 'models.tgz']);
  assert.match(cli.stdout.text, /models\.tgz: tiny \(40 B\)/);
  const withoutMirror = { env: { OCELLUS_CACHE: join(cli.folder, 'cache') } };
  await cli.run(['import', 'models.tgz'], withoutMirror);
  assert.deepEqual(await readFile(join(cli.folder, 'cache', 'models', 'tiny.onnx')), BYTES);
  cli.stdout.text = '';
  await cli.run(['rm', 'tiny', '--json'], withoutMirror);
  assert.deepEqual(JSON.parse(cli.stdout.text), [{ name: 'tiny', paths: [join(cli.folder, 'cache', 'models', 'tiny.onnx')] }]);
  cli.stdout.text = '';
  await cli.run(['rm', 'tiny'], withoutMirror);
  assert.equal(cli.stdout.text, 'tiny: not in the cache\n');
});

test('the cache and the mirror are those of the environment', () => {
  const [stdout, stderr] = [recorder(), recorder()];
  const env = { OCELLUS_CACHE: '/c', OCELLUS_MODEL_MIRROR: '/m' };
  const { options } = createCliZoo({ env, cwd: '/w', stdout, stderr, drain: new AbortController().signal });
  assert.deepEqual([options.cacheFolder, options.mirror, options.cwd], ['/c', '/m', '/w']);
});

test('progress is one line that updates on a terminal, and a plain line now and then elsewhere', () => {
  let now = 0;
  const [terminal, file] = [recorder(true), recorder(false)];
  const displays = [createProgressDisplay(terminal, () => now), createProgressDisplay(file, () => now)];
  for (now = 0; now <= 20_000; now += 50)
    for (const display of displays) display.show({ name: 'net', receivedBytes: now * 100, totalBytes: 2_000_000 });
  for (const display of displays) display.done();
  // 20 s at 50 ms: on the terminal every 100 ms and the end; in a file at 0, 10 and 20 s.
  assert.equal(terminal.text.split('\r').length - 1, 201);
  assert.ok(terminal.text.endsWith('net: 2.0 MB of 2.0 MB (100 %)\u001b[K\n'));
  assert.equal(file.text, 'net: 0 B of 2.0 MB (0 %)\nnet: 1.0 MB of 2.0 MB (50 %)\nnet: 2.0 MB of 2.0 MB (100 %)\n');
});

test('bytes and tables for people', () => {
  assert.deepEqual([0, 999, 1000, 3_660_092, 5e9].map(formatBytes), ['0 B', '999 B', '1.0 kB', '3.7 MB', '5.0 GB']);
  assert.equal(
    formatTable(
      ['A', 'B'],
      [
        ['long', 'x'],
        ['y', ''],
      ],
    ),
    'A     B\nlong  x\ny\n',
  );
});

/** `y = x + 2` as a TF.js graph model. */
async function writeTfjs(folder: string): Promise<void> {
  const dim = [{ size: '1' }, { size: '3' }];
  const node = [
    { name: 'x', op: 'Placeholder', attr: { dtype: { type: 'DT_FLOAT' }, shape: { shape: { dim } } } },
    { name: 'two', op: 'Const' },
    { name: 'y', op: 'Add', input: ['x', 'two'] },
    { name: 'z', op: 'FFT', input: ['x'] },
  ];
  const weightsManifest = [{ paths: ['w.bin'], weights: [{ name: 'two', dtype: 'float32', shape: [] }] }];
  await writeFile(join(folder, 'model.json'), JSON.stringify({ format: 'graph-model', modelTopology: { node }, weightsManifest }));
  await writeFile(join(folder, 'w.bin'), new Uint8Array(Float32Array.of(2).buffer));
}

test('convert makes an ONNX file of what the wanted outputs need, and says what it takes and answers', async () => {
  await using cli = await setUp();
  await writeTfjs(cli.folder);
  const path = join(cli.folder, 'new/y.onnx');
  await cli.run(['convert', 'model.json', '-o', 'new/y.onnx', '--outputs', 'y']);
  const { length } = await readFile(path);
  assert.equal(cli.stdout.text, `file     ${path} (${length} B, 2 operators)\ninputs   x: FP32 [N, 3]\noutputs  y: FP32 [N, 3]\n`);
  await assert.rejects(cli.run(['convert', 'model.json', '-o', 'new/y.onnx']), { code: 'ALREADY_EXISTS', message: /--overwrite/ });
  cli.stdout.text = '';
  await cli.run(['convert', 'model.json', '-o', 'new/y.onnx', '--outputs', 'y', '--overwrite', '--json']);
  const [x, y] = ['x', 'y'].map((name) => ({ name, datatype: 'FP32', shape: ['N', 3] }));
  assert.deepEqual(JSON.parse(cli.stdout.text), { path, inputs: [x], outputs: [y], operators: 2, bytes: length });
});

test('convert names what is in the way, and leaves no file', async () => {
  await using cli = await setUp();
  await writeTfjs(cli.folder);
  const refused = async (model: string, code: string, message: RegExp): Promise<void> =>
    assert.rejects(cli.run(['convert', model, '-o', 'no.onnx']), { code, message });
  await refused('model.json', 'UNSUPPORTED', /operator FFT of node "z"/);
  await refused('model.pb', 'UNSUPPORTED', /no converter for such a file; known are tfjs/);
  await refused('nowhere.json', 'NOT_FOUND', /nowhere\.json does not exist/);
  await writeFile(join(cli.folder, 'text.json'), 'dear diary');
  await refused('text.json', 'INPUT_CORRUPT', /text\.json is no JSON/);
  await rm(join(cli.folder, 'w.bin'));
  await refused('model.json', 'NOT_FOUND', /w\.bin, which .*model\.json names, does not exist/);
  const json = await readFile(join(cli.folder, 'model.json'), 'utf8');
  await writeFile(join(cli.folder, 'model.json'), json.replace('w.bin', '../w.bin'));
  await refused('model.json', 'INPUT_CORRUPT', /outside of its folder/);
  assert.equal(existsSync(join(cli.folder, 'no.onnx')), false);
});
