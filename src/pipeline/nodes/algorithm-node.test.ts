import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type FrameMeta, Fault, liveFrames, memoryLog } from '../../core/index.js';
import { fakeEngine } from '../../inference/index.js';
import { type FakeClip, type Media, fakeMedia } from '../../media/index.js';
import type { Algorithm, AlgorithmContext, AlgorithmFrame, AlgorithmMaker, RunContext } from '../algorithms/algorithm.js';
import type { PipelineConfigInput } from '../config.js';
import type { FrameResult } from '../frame-result.js';
import { type Pipeline, openPipeline } from '../pipeline.js';
import { SIZE, detectorSeeing, models } from '../scripted.test.support.js';

type Nodes = PipelineConfigInput['nodes'];
const clip = (frames: number, more: FakeClip = {}): FakeClip => ({ size: SIZE, frames, ...more });
const open = (
  nodes: Nodes,
  { frames = 10, streams = ['a'], log = memoryLog(), engine = fakeEngine(), more = {} as FakeClip } = {},
): Promise<Pipeline> =>
  openPipeline(
    { version: 1, sources: Object.fromEntries(streams.map((name) => [name, `${name}.mp4`])), nodes },
    { models, engine, log, media: fakeMedia({ anyClip: clip(frames, more) }) },
  );

/** What came of each frame; ends with no frame alive. */
async function run<T>(pipeline: Pipeline, tell: (result: FrameResult) => T): Promise<T[]> {
  await using open = pipeline;
  const all: T[] = [];
  for await (const result of open.results()) {
    using _ = result;
    all.push(tell(result));
  }
  assert.equal(liveFrames(), 0);
  return all;
}

/** An algorithm that is one function. */
const doing =
  (work: (frames: readonly AlgorithmFrame[], context: RunContext) => unknown): AlgorithmMaker =>
  () => ({ run: work });
const numbers: AlgorithmMaker = doing((frames) => frames.map(({ number }) => number));

test('an algorithm gets its frames, and what it gives is the value of the node on the frames that it ran on', async () => {
  const sampling = { frameCount: 3, frameStep: 2, interval: 0.2, firstRun: 'interval' } as const;
  const all = await run(await open({ counter: { algorithm: numbers, ...sampling } }, { frames: 12 }), (result) => [
    result.meta.inferred['counter'],
    result.value<number[]>('counter'),
    result.meta.values,
  ]);
  assert.deepEqual(all[5], [true, [1, 3, 5], { counter: [1, 3, 5] }]);
  assert.deepEqual(all[10], [true, [6, 8, 10], { counter: [6, 8, 10] }]);
  assert.deepEqual(all.filter((_, n) => n % 5 !== 0 || n === 0), Array.from({ length: 10 }, () => [false, undefined, undefined])); // prettier-ignore
});

test('a class is made once for each stream, told its settings and its place, and closed when the stream ends', async () => {
  const said: string[] = [];
  class Greeter implements Algorithm<string, { readonly greeting: string }> {
    #greeting = '';
    #stream = '';
    #runs = 0;
    async init({ greeting }: { readonly greeting: string }, { stream, node, signal }: AlgorithmContext): Promise<void> {
      await Promise.resolve();
      [this.#greeting, this.#stream] = [greeting, stream];
      said.push(`init ${node} of ${stream}`);
      signal.addEventListener('abort', () => said.push(`abort ${stream}`));
    }
    run(): string {
      return `${this.#greeting} ${this.#stream} ${++this.#runs}`;
    }
    close(): void {
      said.push(`close ${this.#stream}`);
    }
  }
  const node = { algorithm: Greeter, settings: { greeting: 'hello' } };
  const pipeline = await open({ one: node, two: node }, { frames: 2, streams: ['a', 'b'] });
  assert.deepEqual(said.splice(0), ['init one of a', 'init one of b', 'init two of a', 'init two of b']);
  const all = await run(pipeline, ({ meta }) => [meta.values!['one'], meta.values!['two']]);
  assert.deepEqual(all.flat().toSorted(), ['hello a 1', 'hello a 1', 'hello a 2', 'hello a 2', 'hello b 1', 'hello b 1', 'hello b 2', 'hello b 2']);
  assert.deepEqual(said.toSorted(), ['abort a', 'abort a', 'abort b', 'abort b', 'close a', 'close a', 'close b', 'close b']);
});

test('pixels: rgb in proportion, and tensors of numbers from 0 to 1', async () => {
  const rgb = (): Uint8Array => Uint8Array.from({ length: SIZE.width * SIZE.height * 3 }, (_, at) => [255, 51, 0][at % 3]!);
  const pixels = doing(async ([frame]) => {
    const { size, rgb: packed } = await frame!.rgb({ width: 4 });
    const { shape, data, datatype } = await frame!.tensor({ width: 2, height: 1 });
    const bytes = await frame!.byteTensor({ width: 2, height: 1, order: 'bgr', layout: 'packed' });
    const own = await frame!.frame.render({ size: { width: 1, height: 1 }, order: 'rgb', layout: 'packed' });
    return {
      size,
      first: Array.from(packed.slice(0, 3)),
      shape,
      datatype,
      data: Array.from(data, (value) => Number(value.toFixed(2))),
      bytes: [...bytes.data],
      bgr: bytes.shape,
      own: [...own],
    };
  });
  const [value] = await run(await open({ look: { algorithm: pixels } }, { frames: 1, more: { rgb } }), (result) => result.value('look'));
  assert.deepEqual(value, {
    size: { width: 4, height: 4 },
    first: [255, 51, 0],
    shape: [1, 3, 1, 2],
    datatype: 'FP32',
    data: [1, 1, 0.2, 0.2, 0, 0],
    bytes: [0, 51, 255, 0, 51, 255],
    bgr: [1, 1, 2, 3],
    own: [255, 51, 0],
  });
});

test('it sees objects of the nodes that it reads, of earlier frames too, and says something of the newest', async () => {
  const engine = detectorSeeing((n) => [{ x: n, y: 10 }, { x: 100, y: 10, classId: 1 }]); // prettier-ignore
  const speeds = doing((frames, context) => {
    const xs = frames.map(({ objects }) => objects[0]!.box.x1);
    context.say(frames.at(-1)!.objects[0]!, { moved: xs.at(-1)! - xs[0]! });
    context.say(frames.at(-1)!.objects[0]!, [{ name: 'sure', value: 'yes', confidence: 0.5 }]);
    return frames.map(({ objects }) => objects.map(({ label, trackId }) => [label, trackId ?? null]));
  });
  const nodes = {
    people: { model: 'boxes' },
    tracker: { track: 'sort', on: { objects: 'people' } },
    speed: { algorithm: speeds, on: { objects: 'tracker', labels: ['person'] }, frameCount: 2, frameStep: 3 },
    raw: { algorithm: speeds, on: { objects: ['people'] } },
  } as const;
  const all = await run(await open(nodes, { frames: 8, engine }), (result) => ({
    of: result.of('tracker').find(({ label }) => label === 'person')?.attributes ?? [],
    speed: result.value('speed'),
    raw: result.value('raw'),
  }));
  const last = all.at(-1)!;
  assert.deepEqual(last.speed, [[['person', 1]], [['person', 1]]]);
  // The tracker that numbers them is not read: whether it was faster must not show.
  assert.deepEqual(last.raw, [[['person', null], ['car', null]]]); // prettier-ignore
  assert.deepEqual(
    last.of.filter(({ node }) => node === 'speed'),
    [
      { node: 'speed', name: 'moved', value: 3 },
      { node: 'speed', name: 'sure', value: 'yes', confidence: 0.5 },
    ],
  );
});

test('objects that it adds are followed and counted like those of a model', async () => {
  const finder = doing(([frame], context) => {
    const y = 40 + frame!.number * 2;
    context.add({ label: 'ball', box: { x1: 50, y1: y, x2: 70, y2: y + 10 }, confidence: 0.8, attributes: [{ name: 'colour', value: 'red' }] });
    context.add({ label: 'outside', box: { x1: 500, y1: 0, x2: 510, y2: 10 } });
  });
  const nodes = {
    finder: { algorithm: finder },
    tracker: { track: 'sort', on: { objects: 'finder' } },
    gate: { analytics: 'lines', on: { objects: 'tracker' }, lines: { middle: { from: [0, 0.5], to: [1, 0.5] } } },
  } as const;
  const all = await run(await open(nodes, { frames: 16 }), (result) => ({ of: result.of('finder'), events: result.events }));
  assert.deepEqual(all.map(({ of }) => of.length), Array.from({ length: 16 }, () => 1)); // prettier-ignore
  assert.deepEqual(all[9]!.of[0]!.attributes, [{ node: 'finder', name: 'colour', value: 'red' }]);
  assert.equal(all[9]!.of[0]!.trackId, 1);
  assert.deepEqual(all.flatMap(({ events }) => events.map(({ type }) => type)), ['line-crossing']); // prettier-ignore
});

test('a run that throws, or gives no plain data, fails neither its frame nor other nodes; it becomes an event', async () => {
  const log = memoryLog();
  const moody = doing(([frame]) => {
    if (frame!.number === 1) throw new RangeError('too dark');
    return frame!.number === 2 ? { bad: 1n } : frame!.number;
  });
  const pipeline = await open({ moody: { algorithm: moody }, steady: { algorithm: numbers } }, { frames: 4, log });
  const all = await run(pipeline, ({ meta, events }) => ({ meta, events }));
  assert.deepEqual(all.map(({ meta }) => meta.values), [{ moody: 0, steady: [0] }, { steady: [1] }, { steady: [2] }, { moody: 3, steady: [3] }]); // prettier-ignore
  assert.deepEqual(all.map(({ meta }) => meta.inferred['moody']), [true, false, false, true]); // prettier-ignore
  const told = all.flatMap(({ events }) => events.flatMap((event) => (event.type === 'algorithm-error' ? [event] : [])));
  assert.deepEqual(told.map(({ node, frame, consecutive, breaker }) => [node, frame, consecutive, breaker]), [['moody', 1, 1, 'closed'], ['moody', 2, 2, 'closed']]); // prettier-ignore
  assert.match(told[0]!.message, /^RangeError: too dark/);
  assert.match(told[1]!.message, /run of moody on frame 2 gave what is no plain data: bad is a BigInt/);
  assert.equal(log.records.filter(({ level }) => level === 'warn').length, 2);
});

test('one that keeps failing is left alone for a while, then tried again', async () => {
  const broken = doing(([frame]) => {
    if (frame!.number < 12) throw new Error('no');
    return 'well again';
  });
  const onError = { breakAfter: 2, retryAfterSeconds: 0.2 };
  const pipeline = await open({ broken: { algorithm: broken, onError } }, { frames: 20 });
  const told = await run(pipeline, ({ events }) => events.map((event) => event.type === 'algorithm-error' && event.breaker)[0] ?? null);
  // Frames are 0.04 s apart: after two failures 0.2 s are five frames.
  assert.deepEqual(told.map((state, at) => (state ? `${at} ${state}` : '')).filter(Boolean), ['0 closed', '1 open', '6 open', '11 open']); // prettier-ignore
});

test('with onError: fail a run that throws ends the stream with its fault', async () => {
  const broken = doing(() => {
    throw new Fault('INPUT_CORRUPT', 'this is no street');
  });
  const pipeline = await open({ broken: { algorithm: broken, onError: 'fail' } });
  await assert.rejects(run(pipeline, () => 0), { code: 'INPUT_CORRUPT', message: /^nodes\.broken: frame 0: this is no street/ }); // prettier-ignore
  await pipeline[Symbol.asyncDispose]();
  assert.equal(liveFrames(), 0);
});

test('a run that takes too long is given up; what it gives in the end is dropped and counted', async () => {
  let release = (): void => {};
  let aborted = 0;
  const slow = doing(([frame], { signal }) => {
    if (frame!.number > 0) return frame!.number;
    signal.addEventListener('abort', () => aborted++);
    return new Promise((resolve) => (release = () => resolve('late')));
  });
  const pipeline = await open({ slow: { algorithm: slow, timeoutMs: 20 } }, { frames: 4 });
  const told: unknown[] = [];
  const summary = await pipeline.run({
    onResult: async (result) => {
      told.push(result.value('slow') ?? result.events.map((event) => event.type === 'algorithm-error' && event.message)[0] ?? 'busy');
      // The frame after it finds the run still at work.
      if (result.meta.frame === 1) await new Promise((resolve) => (release(), setImmediate(resolve)));
    },
  });
  assert.equal(summary.frames, 4);
  await pipeline[Symbol.asyncDispose]();
  assert.equal(told[0], 'it took longer than timeoutMs, which is 20');
  assert.equal(told[1], 'busy');
  assert.equal(aborted, 1);
  const { runs, failures, timeouts, late, busy } = pipeline.counters['slow']!;
  assert.deepEqual([failures, timeouts, late, runs! + busy!], [1, 1, 1, 3]);
  assert.equal(liveFrames(), 0);
});

test('with wait: false frames go on; a value comes with a later frame, and says of which it is', async () => {
  const releases: (() => void)[] = [];
  const slow = doing(
    ([frame], context) =>
      new Promise((resolve) => {
        releases.push(() => {
          context.draw({ kind: 'dots', points: [{ x: 1, y: 1 }], colour: [255, 0, 0], radiusPx: 2 });
          resolve(`of ${frame!.number}`);
        });
        context.signal.addEventListener('abort', () => resolve('too late'));
      }),
  );
  const pipeline = await open({ slow: { algorithm: slow, wait: false } }, { frames: 30 });
  const seen: { readonly meta: FrameMeta; readonly shapes: number }[] = [];
  await pipeline.run({
    onResult: async ({ meta, shapes }) => {
      seen.push({ meta, shapes: shapes.length });
      if (meta.frame !== 4) return;
      releases.shift()!();
      await new Promise(setImmediate);
    },
  });
  const told = seen.filter(({ meta }) => meta.values);
  assert.equal(told.length, 1);
  const [{ meta, shapes }] = told as [(typeof told)[number]];
  assert.ok(meta.frame > 4);
  assert.deepEqual([meta.values, meta.valueFrames, shapes], [{ slow: 'of 0' }, { slow: 0 }, 1]);
  assert.equal(seen[0]!.meta.inferred['slow'], true);
  assert.equal(seen[2]!.meta.inferred['slow'], false);
  const { runs, busy } = pipeline.counters['slow']!;
  assert.deepEqual([runs, busy], [1, 28]);
  await pipeline[Symbol.asyncDispose]();
  assert.equal(liveFrames(), 0);
});

test('what the frame that has gone on cannot take is refused', async () => {
  const adder = doing((_, context) => context.add({ label: 'a', box: { x1: 0, y1: 0, x2: 1, y2: 1 } }));
  const told = await run(await open({ adder: { algorithm: adder, wait: false } }), ({ events }) => events);
  const [event] = told.flat();
  assert.match(event?.type === 'algorithm-error' ? event.message : '', /add: with wait: false the frame has gone on; only draw works/);
});

test('notes that make no sense are refused with what to do, and notes after the run too', async () => {
  let late: RunContext | undefined;
  const wrong: ((frames: readonly AlgorithmFrame[], context: RunContext) => unknown)[] = [
    (_, context) => context.add({ label: '', box: { x1: 0, y1: 0, x2: 1, y2: 1 } }),
    (_, context) => context.add({ label: 'a', box: { x1: 5, y1: 0, x2: 1, y2: 1 } }),
    (_, context) => context.add({ label: 'a', box: { x1: 0, y1: 0, x2: 1, y2: 1 }, confidence: 2 }),
    ([frame], context) => context.say({ ...frame!.objects[0]! }, { a: 1 }),
    ([frame], context) => context.say(frame!.objects[0]!, { a: Number.NaN }),
    (_, context) => context.draw({ kind: 'star' } as never),
    (_, context) => context.replace({ size: { width: 2, height: 2 }, rgb: new Uint8Array(3) }),
    (_, context) => void (late = context),
    () => late!.add({ label: 'a', box: { x1: 0, y1: 0, x2: 1, y2: 1 } }),
  ];
  const engine = detectorSeeing(() => [{ x: 1, y: 1 }]);
  const algorithm = doing((frames, context) => wrong[frames[0]!.number]!(frames, context));
  const nodes = { people: { model: 'boxes' }, odd: { algorithm, on: { objects: 'people' }, onError: { breakAfter: 99 } } } as const;
  const told = await run(await open(nodes, { frames: wrong.length, engine }), ({ events }) =>
    events[0]?.type === 'algorithm-error' ? events[0].message : '',
  );
  const expected = [
    /add: an object needs a label/,
    /add: the box of a must have x1 < x2 and y1 < y2 in pixels, got 5, 0, 1, 1/,
    /add: the confidence of a must be from 0 to 1, got 2/,
    /say: something can be said of the newest frame's objects only/,
    /say: the value of a must be a text or a finite number/,
    /draw: there is no shape "star"\. There are: box, path, dots, text/,
    /a picture of 2x2 takes 12 bytes, got 3/,
    /^$/,
    /add: the run is over; call it before run settles/,
  ];
  for (const [at, message] of expected.entries()) assert.match(told[at]!, message);
});

test('pixels are lent for the run: a frame kept beyond it says so, one that is retained goes on', async () => {
  let kept: AlgorithmFrame | undefined;
  const keeper = doing(async ([frame]) => {
    if (kept) await kept.rgb();
    kept = frame;
  });
  const told = await run(await open({ keeper: { algorithm: keeper } }, { frames: 2 }), ({ events }) => events);
  assert.match(told[1]![0]?.type === 'algorithm-error' ? told[1]![0].message : '', /frame 0 was used after its run: copy what is to be kept/);
});

test('what it draws is drawn, and what it replaces the frame by is shown: the last of the plan, closed with the result', async () => {
  const gray = (value: number) => ({ size: { width: 64, height: 64 }, rgb: new Uint8Array(64 * 64 * 3).fill(value) });
  const painter = (value: number): AlgorithmMaker => doing((_, context) => context.replace(gray(value)));
  const dots = doing((_, context) => context.draw({ kind: 'dots', points: [{ x: 64, y: 64 }], colour: [255, 0, 0], radiusPx: 8 }));
  const media = fakeMedia({ anyClip: clip(3) });
  const nodes = { first: { algorithm: painter(10) }, second: { algorithm: painter(200) }, dots: { algorithm: dots } };
  await using pipeline = await openPipeline(
    { version: 1, sources: { a: 'a.mp4' }, nodes, outputs: { film: { video: '/films/film.mp4' } } },
    { models, engine: fakeEngine(), media },
  );
  await pipeline.run({
    onResult: (result) => {
      assert.deepEqual(result.shown.size, { width: 64, height: 64 });
      assert.equal(result.frame.size.width, SIZE.width);
      if (result.meta.frame === 1) result.replace({ size: { width: 1, height: 1 }, rgb: Uint8Array.of(0, 0, 250) });
      if (result.meta.frame === 2) result.draw({ kind: 'dots', points: [{ x: 10, y: 10 }], colour: [0, 255, 0], radiusPx: 4 });
    },
  });
  const film = media.clips.get('/films/film.mp4')!;
  const pixel = (frame: number, x: number, y: number): number[] => {
    const at = (y * SIZE.width + x) * 3;
    return Array.from(film.rgb!(frame).subarray(at, at + 3));
  };
  assert.deepEqual([pixel(0, 2, 2), pixel(0, 64, 64)], [[200, 200, 200], [255, 0, 0]]); // prettier-ignore
  assert.deepEqual([pixel(1, 2, 2), pixel(1, 64, 64)], [[0, 0, 250], [255, 0, 0]]); // prettier-ignore
  assert.deepEqual([pixel(2, 10, 10), pixel(2, 64, 64)], [[0, 255, 0], [255, 0, 0]]); // prettier-ignore
  assert.equal(liveFrames(), 0);
});

test('a report shows what replaced the frame, never the frame: the picture of each object too', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ocellus-replaced-'));
  try {
    const shown: number[] = [];
    const plain = fakeMedia({ anyClip: clip(20) });
    const media: Media = {
      ...plain,
      encodeImage: (image, format) => (shown.push('rgb' in image ? Math.max(...image.rgb) : -1), plain.encodeImage(image, format)),
    };
    // Black, and of another size than the frame.
    const blank = doing((_, context) => context.replace({ size: { width: 64, height: 32 }, rgb: new Uint8Array(64 * 32 * 3) }));
    const nodes = { people: { model: 'boxes' }, tracker: { track: 'sort', on: { objects: 'people' } }, blank: { algorithm: blank } } as const;
    const outputs = { page: { report: join(folder, 'page.html') } };
    const engine = detectorSeeing((n) => [{ x: 105, y: 80 + n * 0.1 }]);
    await using pipeline = await openPipeline({ version: 1, sources: { a: 'a.mp4' }, nodes, outputs }, { models, engine, media });
    await pipeline.run();
    assert.ok(shown.length >= 2, `${shown.length} pictures`);
    assert.deepEqual(new Set(shown), new Set([0]));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a frame that fails elsewhere gives what replaced it back', async () => {
  const replacer = doing((_, context) => context.replace({ size: { width: 2, height: 2 }, rgb: new Uint8Array(12) }));
  const broken = doing(() => Promise.reject(new Error('no')));
  const pipeline = await open({ replacer: { algorithm: replacer }, broken: { algorithm: broken, onError: 'fail' } });
  await assert.rejects(
    run(pipeline, () => 0),
    /nodes\.broken: frame 0: no/,
  );
  await pipeline[Symbol.asyncDispose]();
  assert.equal(liveFrames(), 0);
});

test('an init that throws fails opening, naming the node and the place; what was made before is closed', async () => {
  let closed = 0;
  class Wary implements Algorithm {
    init(_settings: unknown, { stream }: AlgorithmContext): void {
      if (stream === 'b') throw new Error('settings.level is missing');
    }
    run(): void {}
    close(): void {
      closed++;
    }
  }
  const message = /^nodes\.wary\.algorithm: settings\.level is missing/;
  await assert.rejects(open({ wary: { algorithm: Wary } }, { streams: ['a', 'b'] }), { code: 'CONFIG_INVALID', message });
  assert.equal(closed, 1);
  const nothing = (() => ({})) as unknown as AlgorithmMaker;
  await assert.rejects(open({ nothing: { algorithm: nothing } }), {
    code: 'INVALID_ARGUMENT',
    message: /nodes\.nothing\.algorithm: an algorithm is a class with a method run/,
  });
});

test('two pipelines at once, and one after the other, share nothing', async () => {
  class Counter implements Algorithm<number> {
    #count = 0;
    run(): number {
      return ++this.#count;
    }
  }
  const once = async (): Promise<unknown[]> => run2(await open({ counter: { algorithm: Counter } }, { frames: 3 }));
  const run2 = async (pipeline: Pipeline): Promise<unknown[]> => {
    const values: unknown[] = [];
    await pipeline.run({ onResult: (result) => void values.push(result.value('counter')) });
    await pipeline[Symbol.asyncDispose]();
    return values;
  };
  assert.deepEqual(await Promise.all([once(), once()]), [[1, 2, 3], [1, 2, 3]]); // prettier-ignore
  assert.deepEqual(await once(), [1, 2, 3]);
});

test('leaving early and aborting give every frame back', async () => {
  const node = { algorithm: numbers, frameCount: 5, frameStep: 2, whenShort: 'partial' } as const;
  {
    await using pipeline = await open({ counter: node }, { frames: 100 });
    for await (const result of pipeline.results()) {
      using _ = result;
      if (result.meta.frame === 20) break;
    }
  }
  assert.equal(liveFrames(), 0);
  const stuck = doing((_, { signal }) => new Promise((resolve) => signal.addEventListener('abort', resolve)));
  const pipeline = await open({ counter: node, stuck: { algorithm: stuck } }, { frames: 100 });
  const abort = new AbortController();
  setImmediate(() => abort.abort());
  await assert.rejects(pipeline.run({ signal: abort.signal }), { code: 'CANCELLED' });
  await pipeline[Symbol.asyncDispose]();
  assert.equal(liveFrames(), 0);
});

test('a second run of a pipeline has instances of its own', async () => {
  let made = 0;
  class Counter implements Algorithm<number> {
    #count = 0;
    init(): void {
      made++;
    }
    run(): number {
      return ++this.#count;
    }
  }
  await using pipeline = await open({ counter: { algorithm: Counter } }, { frames: 3 });
  for (const time of [1, 2]) {
    const values: unknown[] = [];
    await pipeline.start({ onResult: (result) => void values.push(result.value('counter')) });
    await pipeline.ended;
    assert.deepEqual(values, [1, 2, 3], `run ${time}`);
  }
  assert.equal(made, 2);
  assert.deepEqual(pipeline.counters['counter']!['runs'], 6);
});
