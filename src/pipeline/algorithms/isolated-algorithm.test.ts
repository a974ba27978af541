import assert from 'node:assert/strict';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Frame, type Pixels, liveFrames, memoryLog } from '../../core/index.js';
import { packedPixels } from '../../media/index.js';
import type { AlgorithmInstance } from './instance.js';
import { openIsolated } from './isolated-algorithm.js';
import type { SeenFrame } from './seen-frame.js';

let folder = '';
before(async () => (folder = await realpath(await mkdtemp(join(tmpdir(), 'ocellus-isolated-')))));
after(() => rm(folder, { recursive: true }));

const SIZE = { width: 4, height: 2 };
const idle = new AbortController().signal;
const colour = (): Uint8Array => Uint8Array.from({ length: 24 }, (_, at) => [9, 8, 7][at % 3]!);

function seen(number: number, pixels: Pixels = packedPixels(`frame ${number}`, SIZE, colour)): SeenFrame {
  const frame = Frame.of(pixels, { stream: 'a', number, pts: { ticks: BigInt(number), timeBase: { num: 1, den: 25 } }, size: SIZE });
  const objects = [{ node: 'people', label: 'person', classId: 0, confidence: 1, box: { x1: 0, y1: 0, x2: 1, y2: 1 }, attributes: [] }];
  return { frame, objects, drafts: [] };
}

let files = 0;
async function opened(source: string, { settings = {}, graceMs = 5000, log = memoryLog() } = {}): Promise<AlgorithmInstance> {
  const file = join(folder, `algorithm-${files++}.ts`);
  await writeFile(file, source);
  return openIsolated({ file, exportName: 'default', settings, stream: 'a', node: 'mine', frameHasGone: false }, { log }, { graceMs });
}

async function outcomeOf(instance: AlgorithmInstance, frames: readonly SeenFrame[], signal: AbortSignal = idle) {
  try {
    return await instance.run(frames, signal);
  } finally {
    for (const { frame } of frames) frame.close();
  }
}
const valueOf = async (instance: AlgorithmInstance, frames = [seen(0)]): Promise<unknown> => (await outcomeOf(instance, frames)).value;

test('the same algorithm works in a thread: settings, frames, pixels, notes, log, close', async () => {
  const log = memoryLog();
  const instance = await opened(
    `import type { Algorithm, AlgorithmContext, AlgorithmFrame, RunContext } from 'ocellus/pipeline';
export default class implements Algorithm<unknown> {
  #settings: unknown;
  #context?: AlgorithmContext;
  init(settings: unknown, context: AlgorithmContext): void { this.#settings = settings; this.#context = context; }
  async run(frames: readonly AlgorithmFrame[], context: RunContext): Promise<unknown> {
    const newest = frames.at(-1)!;
    const { rgb } = await newest.rgb({ width: 2 });
    const gray = await newest.picture({ size: { width: 1, height: 1 }, order: 'gray', layout: 'packed' });
    context.say(newest.objects[0]!, { tall: 'yes' });
    context.add({ label: 'ball', box: { x1: 0, y1: 0, x2: 2, y2: 2 } });
    context.draw({ kind: 'dots', points: [{ x: 1, y: 1 }], colour: [1, 2, 3], radiusPx: 1 });
    context.replace({ size: { width: 1, height: 1 }, rgb: Uint8Array.of(1, 2, 3) });
    context.log.info('seen', { number: newest.number });
    return { settings: this.#settings, numbers: frames.map(({ number, timeMs }) => [number, timeMs]), rgb: [...rgb], gray: [...gray], where: [context.stream, context.node] };
  }
  close(): void { this.#context!.log.warn('closed'); }
}
`,
    { settings: { level: 3 }, log },
  );
  const { value, notes } = await outcomeOf(instance, [seen(3), seen(4)]);
  assert.deepEqual(value, {
    settings: { level: 3 },
    numbers: [
      [3, 120],
      [4, 160],
    ],
    rgb: [9, 8, 7, 9, 8, 7],
    gray: [8],
    where: ['a', 'mine'],
  });
  assert.deepEqual(notes.said, [{ at: 0, attributes: [{ name: 'tall', value: 'yes' }] }]);
  assert.deepEqual([notes.added[0]!.label, notes.shapes.length, (notes.replaced as { rgb: Uint8Array }).rgb], ['ball', 1, Uint8Array.of(1, 2, 3)]);
  await instance.close();
  assert.deepEqual(
    log.records.map(({ level, message }) => [level, message]),
    [
      ['info', 'seen'],
      ['warn', 'closed'],
    ],
  );
  assert.equal(liveFrames(), 0);
});

test('pictures in shared memory travel without a copy', async () => {
  const shared = new Uint8Array(new SharedArrayBuffer(6)).fill(5);
  const pixels: Pixels = { ...packedPixels('shared', SIZE, colour), label: 'shared', bytes: 6, borrow: async () => shared };
  const instance = await opened(
    `export default class { async run([frame]) { const { rgb } = await frame.rgb({ width: 2, height: 1 }); const is = rgb.buffer instanceof SharedArrayBuffer; rgb[0] = 77; return [is, rgb[1]]; } }`,
  );
  assert.deepEqual(await valueOf(instance, [seen(0, pixels)]), [true, 5]);
  assert.equal(shared[0], 77);
  await instance.close();
});

test('what cannot be done in a thread, what is no plain data and what throws comes back as such, with the place', async () => {
  const instance = await opened(`const acts = [
  ([frame]) => frame.frame,
  () => ({ map: new Map() }),
  () => { throw new TypeError('odd'); },
  async ([frame]) => frame.picture({ size: { width: 1, height: 1 }, order: 'rgb', layout: 'packed', source: { x: 9, y: 9, width: 9, height: 9 } }),
];
export default class { #n = 0; run(frames, context) { return acts[this.#n++](frames, context); } }
`);
  await assert.rejects(valueOf(instance), {
    code: 'UNSUPPORTED',
    message: /frame: in a thread of its own .* use picture\(\), rgb\(\) or tensor\(\)/,
  });
  await assert.rejects(valueOf(instance), { code: 'INVALID_ARGUMENT', message: /run of mine on frame 0 gave what is no plain data: map is a Map/ });
  await assert.rejects(valueOf(instance), (error: Error) => error.message === 'TypeError: odd' && /algorithm-\d+\.ts(\?\S*)?:4:/.test(error.stack!));
  await assert.rejects(valueOf(instance), { code: 'INVALID_ARGUMENT', message: /source 9x9 at 9,9/ });
  await instance.close();
});

const ENDS: readonly (readonly [string, string, RegExp])[] = [
  ['process.exit', 'process.exit(3)', /its thread ended: exit code 3/],
  ['an error that nobody catches', 'return new Promise(() => setTimeout(() => { throw new Error("stray"); }, 0))', /its thread ended: Error: stray/],
  ['a rejection that nobody hears', 'Promise.reject(new Error("unheard")); return new Promise(() => {})', /its thread ended: Error: unheard/],
];
for (const [name, act, message] of ENDS)
  test(`${name} ends its thread alone, which is replaced for the next run`, async () => {
    const instance = await opened(`let runs = 0;
export default class { run([frame]) { if (frame.number === 1) { ${act}; } return ++runs; } }
`);
    assert.equal(await valueOf(instance), 1);
    await assert.rejects(valueOf(instance, [seen(1)]), { code: 'UNAVAILABLE', message });
    assert.equal(await valueOf(instance, [seen(2)]), 1);
    await instance.close();
    assert.equal(liveFrames(), 0);
  });

test('an endless loop is ended when it does not heed the abort within the grace; one that heeds it keeps its thread', async () => {
  const instance = await opened(
    `let runs = 0;
export default class {
  run([frame]: readonly { number: number }[], { signal }: { signal: AbortSignal }): unknown {
    runs++;
    if (frame.number === 1) return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    if (frame.number === 2) for (;;);
    return runs;
  }
}
`,
    { graceMs: 50 },
  );
  await assert.rejects(outcomeOf(instance, [seen(2)], AbortSignal.timeout(1)), { code: 'UNAVAILABLE', message: /its thread ended/ });
  const patient = await opened(
    'export default class { #n = 0; run(_, { signal }) { this.#n++; return this.#n > 1 ? this.#n : new Promise((_, no) => signal.aborted ? no(signal.reason) : signal.addEventListener("abort", () => no(signal.reason))); } }',
  );
  await assert.rejects(outcomeOf(patient, [seen(1)], AbortSignal.timeout(1)), /aborted due to timeout/);
  await assert.rejects(outcomeOf(patient, [seen(1)], AbortSignal.abort()), { code: 'CANCELLED' });
  assert.equal(await valueOf(patient), 2);
  assert.equal(await valueOf(instance), 1);
  await Promise.all([instance.close(), patient.close()]);
});

test('an init that throws, a file that does not load and settings that cannot travel fail opening, and leave no thread', async () => {
  await assert.rejects(opened('export default class { init() { throw new Error("no level"); } run() {} }'), {
    code: 'CONFIG_INVALID',
    message: 'no level',
  });
  await assert.rejects(opened('export default class {'), { code: 'CONFIG_INVALID', message: /algorithm-\d+\.ts:1:/ });
  await assert.rejects(opened('export default class {}'), { code: 'INVALID_ARGUMENT', message: /"default" has no run/ });
  await assert.rejects(opened('process.exit(4)'), { code: 'UNAVAILABLE', message: /exit code 4/ });
  await assert.rejects(opened('export default class { run() {} }', { settings: { call: () => 1 } }), {
    code: 'CONFIG_INVALID',
    message: /settings must be plain data/,
  });
});

test('a close that hangs is cut short', async () => {
  const instance = await opened('export default class { run() {} close() { for (;;); } }', { graceMs: 20 });
  await valueOf(instance);
  await instance.close();
});
