import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Frame, type PictureRequest, type Pts, type Size, comparePts, liveFrames, toMs } from '../core/index.js';
import type { Shape } from '../vision/index.js';
import type { Media, VideoSource } from './port.js';

/** What a media adapter brings to its conformance test: itself, and a clip of at least 20 frames. */
export interface MediaFixture {
  readonly media: Media;
  readonly uri: string;
  readonly size: Size;
  readonly frames: number;
  /** A URI where nothing is. */
  readonly missing?: string;
  /** A path to write a video to, a new one each time; absent when the adapter cannot write. */
  readonly outputPath?: () => string;
  /** True when both formats come out as what they are called. */
  readonly encodesImages?: boolean;
  readonly close?: () => Promise<void>;
}

type Case = (fixture: MediaFixture) => Promise<void>;

async function withSource(fixture: MediaFixture, use: (source: VideoSource) => Promise<void>): Promise<void> {
  await using source = await fixture.media.open(fixture.uri);
  await use(source);
}

async function ptsOf(source: VideoSource, limit = Infinity): Promise<Pts[]> {
  const out: Pts[] = [];
  if (limit === 0) return out;
  for await (const frame of source.frames()) {
    out.push(frame.pts);
    frame.close();
    if (out.length >= limit) break;
  }
  return out;
}

const letterboxed: PictureRequest = {
  size: { width: 40, height: 30 },
  order: 'rgb',
  layout: 'packed',
  content: { x: 5, y: 6, width: 29, height: 17 },
  pad: 7,
};

function checkPad(picture: Uint8Array, { size, order, layout, content, pad }: PictureRequest): void {
  const channels = order === 'gray' ? 1 : 3;
  const { x, y, width, height } = content!;
  for (let at = 0; at < picture.length; at++) {
    const pixel = layout === 'planar' ? at % (size.width * size.height) : Math.floor(at / channels);
    const column = pixel % size.width;
    const row = Math.floor(pixel / size.width);
    const inside = column >= x && column < x + width && row >= y && row < y + height;
    if (!inside) assert.equal(picture[at], pad, `${order} ${layout}: byte ${at} at ${column},${row} is padding`);
  }
}

const reading: Record<string, Case> = {
  'frames come in order, numbered from 0, with rising pts': async (fixture) =>
    withSource(fixture, async (source) => {
      let last: Frame['pts'] | undefined;
      let count = 0;
      for await (const frame of source.frames()) {
        assert.equal(frame.number, count++);
        assert.deepEqual(frame.size, fixture.size);
        assert.deepEqual(frame.pts.timeBase, source.info.video.timeBase);
        if (last) assert.ok(comparePts(frame.pts, last) > 0, `pts of frame ${frame.number} rises`);
        last = frame.pts;
        frame.close();
      }
      assert.equal(count, fixture.frames);
      assert.deepEqual(source.losses, { corruptPackets: 0, damagedFrames: 0, truncated: false });
    }),

  'probe and open tell the same': async (fixture) =>
    withSource(fixture, async (source) => {
      assert.deepEqual(await fixture.media.probe(fixture.uri), source.info);
      assert.deepEqual(source.info.video.size, fixture.size);
    }),

  'leaving early releases what was decoded ahead, and the next iteration begins at the beginning': async (fixture) =>
    withSource(fixture, async (source) => {
      const first = await ptsOf(source, 3);
      assert.equal(liveFrames(), 0);
      const again = await ptsOf(source);
      assert.deepEqual(again.slice(0, 3), first);
      assert.equal(again.length, fixture.frames);
    }),

  'an abort in the middle ends the loop with CANCELLED and leaks nothing': async (fixture) =>
    withSource(fixture, async (source) => {
      const abort = new AbortController();
      let count = 0;
      const loop = async (): Promise<void> => {
        for await (const frame of source.frames({ signal: abort.signal })) {
          frame.close();
          if (++count === 4) abort.abort();
        }
      };
      await assert.rejects(loop, { code: 'CANCELLED' });
      assert.equal(count, 4);
      assert.equal(liveFrames(), 0);
    }),

  'an aborted signal stops before the first frame': async (fixture) =>
    withSource(fixture, async (source) => {
      const frames = source.frames({ signal: AbortSignal.abort() })[Symbol.asyncIterator]();
      await assert.rejects(() => frames.next(), { code: 'CANCELLED' });
    }),

  'only one iteration at a time': async (fixture) =>
    withSource(fixture, async (source) => {
      for await (const frame of source.frames()) {
        frame.close();
        await assert.rejects(() => ptsOf(source), { code: 'FAILED_PRECONDITION' });
        break;
      }
      assert.equal((await ptsOf(source)).length, fixture.frames);
    }),

  'take leaves frames out, and the numbers and times of the others stay': async (fixture) =>
    withSource(fixture, async (source) => {
      const all = await ptsOf(source);
      const taken: number[] = [];
      for await (const frame of source.frames({ take: { everyFrames: 5 } })) {
        taken.push(frame.number);
        assert.deepEqual(frame.pts, all[frame.number]);
        assert.ok((await frame.render(letterboxed)).some((value) => value !== 7));
        frame.close();
      }
      assert.deepEqual(taken, [...all.keys()].filter((n) => n % 5 === 0)); // prettier-ignore
      const stepMs = toMs(all.at(-1)!) - toMs(all[0]!) + 1;
      const first: number[] = [];
      for await (const frame of source.frames({ take: { everySeconds: stepMs / 1000 } })) {
        first.push(frame.number);
        frame.close();
      }
      assert.deepEqual(first, [0]);
      const refused = source.frames({ take: { everyFrames: 0 } })[Symbol.asyncIterator]();
      await assert.rejects(() => refused.next(), { code: 'INVALID_ARGUMENT' });
      assert.equal((await ptsOf(source)).length, fixture.frames, 'a refused loop leaves the source as it was');
    }),

  'a source of a known length is not live': async (fixture) => withSource(fixture, async ({ info }) => assert.equal(info.live, false)),

  'two sources decode side by side': async (fixture) =>
    withSource(fixture, (one) =>
      withSource(fixture, async (two) => {
        const [a, b] = await Promise.all([ptsOf(one), ptsOf(two)]);
        assert.equal(a.length, fixture.frames);
        assert.deepEqual(a, b);
      }),
    ),

  'a closed source gives no frames': async (fixture) => {
    const source = await fixture.media.open(fixture.uri);
    await source[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
    await assert.rejects(() => ptsOf(source), { code: 'FAILED_PRECONDITION' });
  },

  'closing the source ends a loop that is under way': async (fixture) => {
    const source = await fixture.media.open(fixture.uri);
    let count = 0;
    for await (const frame of source.frames()) {
      frame.close();
      if (++count === 2) await source[Symbol.asyncDispose]();
    }
    assert.ok(count < fixture.frames, `${count} frames after closing at the second`);
    assert.equal(liveFrames(), 0);
  },
};

const seeking: Record<string, Case> = {
  'seek begins at the first frame at or after the time': async (fixture) =>
    withSource(fixture, async (source) => {
      const all = await ptsOf(source);
      await source.seek(toMs(all[12]!));
      assert.deepEqual((await ptsOf(source, 1))[0], all[12]);
      await source.seek((toMs(all[6]!) + toMs(all[7]!)) / 2);
      assert.deepEqual(await ptsOf(source), all.slice(7), 'a time between two frames means the later one');
      assert.deepEqual(await ptsOf(source), all, 'a seek counts once');
    }),

  'seek to or before the start gives every frame, beyond the end none': async (fixture) =>
    withSource(fixture, async (source) => {
      await source.seek(-1000);
      assert.equal((await ptsOf(source)).length, fixture.frames);
      await source.seek(3_600_000);
      assert.equal((await ptsOf(source)).length, 0);
    }),
};

const rendering: Record<string, Case> = {
  'render fills the content and leaves the padding, in every order and layout': async (fixture) =>
    withSource(fixture, async (source) => {
      for await (const frame of source.frames()) {
        for (const order of ['rgb', 'bgr', 'gray'] as const)
          for (const layout of ['planar', 'packed'] as const) {
            const request = { ...letterboxed, order, layout };
            const dark = await frame.render(request);
            checkPad(dark, request);
            const light = await frame.render({ ...request, pad: 201 });
            checkPad(light, { ...request, pad: 201 });
            const differing = dark.reduce((sum, value, at) => sum + (value === light[at] ? 0 : 1), 0);
            const { content, size } = request;
            const around = size.width * size.height - content!.width * content!.height;
            assert.equal(differing, around * (order === 'gray' ? 1 : 3), 'only the padding follows pad');
          }
        frame.close();
        break;
      }
    }),

  'rgb and bgr are each other backwards': async (fixture) =>
    withSource(fixture, async (source) => {
      for await (const frame of source.frames()) {
        const rgb = await frame.render(letterboxed);
        const bgr = await frame.render({ ...letterboxed, order: 'bgr' });
        for (let at = 0; at < rgb.length; at += 3) assert.deepEqual(bgr.slice(at, at + 3), rgb.slice(at, at + 3).toReversed());
        frame.close();
        break;
      }
    }),

  'a rectangle outside its picture is refused': async (fixture) =>
    withSource(fixture, async (source) => {
      for await (const frame of source.frames()) {
        const { width, height } = frame.size;
        const wrong = { ...letterboxed, source: { x: 1, y: 0, width, height } };
        await assert.rejects(() => frame.render(wrong), { code: 'INVALID_ARGUMENT' });
        await assert.rejects(() => frame.render({ ...letterboxed, content: { x: 0, y: 14, width: 40, height: 17 } }), { code: 'INVALID_ARGUMENT' });
        frame.close();
        break;
      }
    }),

  'a frame outlives its source, and many renders of it may overlap': async (fixture) => {
    let kept: Frame | undefined;
    await withSource(fixture, async (source) => {
      for await (const frame of source.frames()) {
        kept = frame.retain('test');
        frame.close();
        break;
      }
    });
    const pictures = await Promise.all(Array.from({ length: 5 }, () => kept!.render(letterboxed)));
    for (const picture of pictures) assert.deepEqual(picture, pictures[0]);
    kept!.close();
  },
};

async function copyOf(fixture: MediaFixture, path: string): Promise<Pts[]> {
  await using source = await fixture.media.open(fixture.uri);
  const { size, timeBase } = source.info.video;
  await using writer = await fixture.media.createWriter(path, { size, timeBase });
  const written: Pts[] = [];
  for await (const frame of source.frames()) {
    await writer.write(frame);
    written.push(frame.pts);
    frame.close();
  }
  const { frames, bytes, audio } = await writer.finish();
  assert.equal(frames, fixture.frames);
  assert.ok(bytes > 0);
  assert.equal(audio, 'none');
  return written;
}

const writing: Record<string, Case> = {
  'what is written reads back: every frame, every pts': async (fixture) => {
    const path = fixture.outputPath!();
    const written = await copyOf(fixture, path);
    await withSource({ ...fixture, uri: path }, async (source) => {
      const read = await ptsOf(source);
      assert.equal(read.length, written.length);
      read.forEach((pts, i) => assert.equal(comparePts(pts, written[i]!), 0, `pts of frame ${i}`));
    });
  },

  'an existing file is kept, unless overwriting is asked for': async (fixture) => {
    const path = fixture.outputPath!();
    await copyOf(fixture, path);
    const options = { size: fixture.size, timeBase: { num: 1, den: 1000 } };
    await assert.rejects(() => fixture.media.createWriter(path, options), { code: 'ALREADY_EXISTS' });
    await using writer = await fixture.media.createWriter(path, { ...options, overwrite: true });
    assert.ok(writer);
  },

  'pts that do not rise are refused, and so is writing after the end': async (fixture) =>
    withSource(fixture, async (source) => {
      const { size, timeBase } = source.info.video;
      await using writer = await fixture.media.createWriter(fixture.outputPath!(), { size, timeBase });
      for await (const frame of source.frames()) {
        await writer.write(frame);
        await assert.rejects(() => writer.write(frame), { code: 'INVALID_ARGUMENT' });
        await writer.finish();
        await assert.rejects(() => writer.write(frame), { code: 'FAILED_PRECONDITION' });
        frame.close();
        break;
      }
    }),
};

const missing: Record<string, Case> = {
  'what is not there is NOT_FOUND': async ({ media, missing }) => {
    await assert.rejects(() => media.open(missing!), { code: 'NOT_FOUND' });
    await assert.rejects(() => media.probe(missing!), { code: 'NOT_FOUND' });
  },
};

/** Draws `shapes` on the first frame of the clip, and gives that frame before and after, and as written. */
async function drawn(fixture: MediaFixture, shapes: readonly Shape[], written: Size): Promise<{ plain: Uint8Array; drawn: Uint8Array }> {
  const path = fixture.outputPath!();
  const pictures: Uint8Array[] = [];
  await withSource(fixture, async (source) => {
    const { timeBase } = source.info.video;
    await using writer = await fixture.media.createWriter(path, { size: written, timeBase, crf: 1 });
    for await (const frame of source.frames()) {
      const request = { size: written, order: 'rgb', layout: 'packed' } as const;
      const before = await frame.render(request);
      await writer.write(frame, frame.number === 0 ? shapes : []);
      assert.deepEqual(await frame.render(request), before, 'the frame itself is not drawn on');
      if (frame.number === 0) pictures.push(before);
      frame.close();
      if (frame.number === 2) break;
    }
    await writer.finish();
  });
  await withSource({ ...fixture, uri: path }, async (source) => {
    for await (const frame of source.frames()) {
      const { width, height } = frame.size;
      assert.ok(width - written.width <= 1 && height - written.height <= 1, `${width}x${height}`);
      if (frame.number === 0)
        pictures.push(await frame.render({ size: written, source: { x: 0, y: 0, ...written }, order: 'rgb', layout: 'packed' }));
      frame.close();
    }
  });
  return { plain: pictures[0]!, drawn: pictures[1]! };
}

/** Largest difference of a component at x, y from `colour`. */
function offBy(picture: Uint8Array, { width }: Size, x: number, y: number, colour: readonly number[]): number {
  return Math.max(...colour.map((value, i) => Math.abs(picture[(y * width + x) * 3 + i]! - value)));
}

/** Lossy coding and halved chroma move colours by this much at most, well inside an even surface. */
const SHADE = 24;

const drawing: Record<string, Case> = {
  'shapes are drawn where they belong, in their colours, and nothing else changes': async (fixture) => {
    const { size } = fixture;
    const red = [230, 20, 40] as const;
    const box = { x1: 10, y1: 20, x2: 40, y2: 44 };
    const path = [{ x: 48, y: 14 }, { x: 48, y: 44 }, { x: 60, y: 44 }]; // prettier-ignore
    const shapes: Shape[] = [
      { kind: 'box', box, colour: red, thicknessPx: 4 },
      { kind: 'path', points: path, colour: [20, 60, 240], thicknessPx: 4 },
      { kind: 'text', text: 'i', at: { x: 2, y: 2 }, colour: [0, 0, 0], plate: [250, 240, 60], heightPx: 10 },
    ];
    const { plain, drawn: picture } = await drawn(fixture, shapes, size);
    for (const [x, y] of [[10, 30], [39, 30], [25, 20], [25, 43]] as const) assert.ok(offBy(picture, size, x, y, red) <= SHADE, `the box at ${x},${y}`); // prettier-ignore
    for (const [x, y] of [[48, 30], [54, 44]] as const) assert.ok(offBy(picture, size, x, y, [20, 60, 240]) <= SHADE, `the path at ${x},${y}`); // prettier-ignore
    assert.ok(offBy(picture, size, 3, 3, [250, 240, 60]) <= SHADE, 'the plate');
    for (const [x, y] of [
      [25, 32],
      [4, 50],
      [54, 20],
      [63, 10],
    ] as const) {
      // prettier-ignore
      const was = plain.subarray((y * size.width + x) * 3, (y * size.width + x) * 3 + 3);
      assert.ok(offBy(picture, size, x, y, [...was]) <= SHADE, `nothing at ${x},${y}`);
    }
  },

  'shapes outside the picture, huge or not numbers are cut, not refused': async (fixture) => {
    const { size } = fixture;
    const far = [-1e30, -500, 1e30, NaN, Infinity];
    const shapes: Shape[] = far.flatMap((at): Shape[] => [
      { kind: 'box', box: { x1: at, y1: at, x2: at + 1, y2: -at }, colour: [255, 0, 0], thicknessPx: 3, tag: 'far' },
      { kind: 'path', points: [{ x: at, y: -20 }, { x: -at, y: -20 }], colour: [255, 0, 0], thicknessPx: at > 0 ? 2 : at, closed: true }, // prettier-ignore
      { kind: 'dots', points: [{ x: at, y: -300 }], colour: [255, 0, 0], radiusPx: 4 },
      { kind: 'text', text: 'far', at: { x: at, y: 500 }, colour: [255, 0, 0], heightPx: 12 },
    ]);
    shapes.push({ kind: 'box', box: { x1: -50, y1: 30, x2: 1e9, y2: 40 }, colour: [20, 230, 60], thicknessPx: 4 });
    const { drawn: picture } = await drawn(fixture, shapes, size);
    assert.ok(offBy(picture, size, 30, 30, [20, 230, 60]) <= SHADE, 'the edge that can be seen');
  },

  'a picture of another, odd size is drawn on at its own scale': async (fixture) => {
    const { width, height } = fixture.size;
    const half = { width: (width >> 1) + 1, height: (height >> 1) - 1 };
    const box = { x1: width / 2, y1: height / 2, x2: width - 8, y2: height - 8 };
    const { drawn: picture } = await drawn(fixture, [{ kind: 'box', box, colour: [240, 60, 230], thicknessPx: 8 }], half);
    const [x, y] = [Math.floor(half.width / 2), Math.floor(half.height * 0.7)];
    assert.ok(offBy(picture, half, x, y, [240, 60, 230]) <= SHADE, `the left edge at ${x},${y}`);
  },
};

const composing: Record<string, Case> = {
  'frames are composed into one picture: scaled, filled around, darkened, drawn on within their parts': async (fixture) =>
    withSource(fixture, async (source) => {
      await using composer = await fixture.media.createComposer();
      const size = { width: 120, height: 80 };
      const [top, bottom] = [{ x: 4, y: 2, width: 48, height: 32 }, { x: 60, y: 40, width: 60, height: 40 }]; // prettier-ignore
      for await (const frame of source.frames({ take: { everyFrames: 9 } })) {
        using shown = frame;
        const plain = await shown.render({ size: bottom, order: 'rgb', layout: 'packed' });
        const wide: Shape = { kind: 'box', box: { x1: -40, y1: 10, x2: 400, y2: 22 }, colour: [250, 20, 20], thicknessPx: 4 };
        const info = { stream: 'wall', number: 7, pts: { ticks: 70n, timeBase: { num: 1, den: 1000 } }, size, ground: [20, 40, 120] as const };
        using wall = await composer.compose(
          [
            { at: { x: 56, y: 0, width: 64, height: 38 }, fill: [30, 140, 60] },
            { at: top, frame: shown, shapes: [wide] },
            { at: bottom, frame: shown, shade: 0.5 },
          ],
          info,
        );
        assert.deepEqual([wall.stream, wall.number, wall.pts, wall.size], ['wall', 7, info.pts, size]);
        const picture = await wall.render({ size, order: 'rgb', layout: 'packed' });
        assert.ok(offBy(picture, size, 2, 60, [20, 40, 120]) <= SHADE, 'the ground');
        assert.ok(offBy(picture, size, 100, 20, [30, 140, 60]) <= SHADE, 'the filled part');
        assert.ok(offBy(picture, size, 30, 12, [250, 20, 20]) <= SHADE, 'the shape, inside its part');
        assert.ok(offBy(picture, size, 54, 12, [20, 40, 120]) <= SHADE, 'and not outside');
        const [x, y] = [30, 20];
        const was = [...plain.subarray((y * bottom.width + x) * 3, (y * bottom.width + x) * 3 + 3)];
        const dark = was.map((value) => value / 2);
        assert.ok(offBy(picture, size, bottom.x + x, bottom.y + y, dark) <= SHADE, `the darkened frame, ${dark.join(' ')}`);
        using again = await composer.compose([{ at: { x: 0, y: 0, ...size }, frame: wall }], { ...info, number: 8 });
        const copy = await again.render({ size, order: 'rgb', layout: 'packed' });
        assert.ok(offBy(copy, size, 100, 20, [30, 140, 60]) <= SHADE, 'a composed picture is composed again');
        assert.ok((await fixture.media.encodeImage(again, { type: 'png' })).length > 100);
      }
    }),

  'many compositions overlap, and a composed frame outlives its composer': async (fixture) =>
    withSource(fixture, async (source) => {
      const composer = await fixture.media.createComposer();
      const size = { width: 64, height: 48 };
      const info = { stream: 'wall', number: 0, pts: { ticks: 0n, timeBase: { num: 1, den: 25 } }, size, ground: [0, 0, 0] as const };
      for await (const frame of source.frames()) {
        using shown = frame;
        const at = { x: 0, y: 0, ...size };
        const walls = await Promise.all(Array.from({ length: 5 }, () => composer.compose([{ at, frame: shown }], info)));
        await composer[Symbol.asyncDispose]();
        const pictures = await Promise.all(walls.map((wall) => wall.render({ size, order: 'rgb', layout: 'packed' })));
        for (const picture of pictures) assert.deepEqual(picture, pictures[0]);
        for (const wall of walls) wall.close();
        break;
      }
    }),

  'a part on odd pixels, or outside, is refused': async ({ media }) => {
    await using composer = await media.createComposer();
    const size = { width: 64, height: 48 };
    const info = { stream: 'wall', number: 0, pts: { ticks: 0n, timeBase: { num: 1, den: 25 } }, size, ground: [0, 0, 0] as const };
    const refused = (x: number, width: number): Promise<void> =>
      assert.rejects(composer.compose([{ at: { x, y: 0, width, height: 4 } }], info), { code: 'INVALID_ARGUMENT' });
    await refused(1, 4);
    await refused(0, 3);
    await refused(62, 4);
    await assert.rejects(composer.compose([], { ...info, size: { width: 63, height: 48 } }), { code: 'INVALID_ARGUMENT' });
  },
};

/** Where a JPEG says its size: in the first start-of-frame segment (ITU-T T.81). */
function jpegSize(bytes: Uint8Array): Size {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (bytes[at + 1]! < 0xc0 || bytes[at + 1]! > 0xc3) at += 2 + view.getUint16(at + 2);
  return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
}

const images: Record<string, Case> = {
  'a picture becomes a PNG or a JPEG of its size': async ({ media }) => {
    for (const size of [
      { width: 7, height: 5 },
      { width: 64, height: 48 },
    ]) {
      // prettier-ignore
      const rgb = Uint8Array.from({ length: size.width * size.height * 3 }, (_, i) => (i * 7) % 256);
      const png = Buffer.from(await media.encodeImage({ size, rgb }, { type: 'png' }));
      assert.equal(png.toString('latin1', 1, 4), 'PNG');
      assert.deepEqual({ width: png.readUInt32BE(16), height: png.readUInt32BE(20) }, size);
      const jpeg = await media.encodeImage({ size, rgb }, { type: 'jpeg', quality: 80 });
      assert.deepEqual([...jpeg.subarray(0, 3)], [0xff, 0xd8, 0xff]);
      assert.deepEqual(jpegSize(jpeg), size);
    }
  },
};

const refusedImages: Record<string, Case> = {
  'a picture of the wrong number of bytes or an impossible quality is refused': async ({ media }) => {
    const size = { width: 4, height: 4 };
    const refused = (rgb: Uint8Array, quality: number): Promise<void> =>
      assert.rejects(() => media.encodeImage({ size, rgb }, { type: 'jpeg', quality }), { code: 'INVALID_ARGUMENT' });
    await refused(new Uint8Array(47), 80);
    await refused(new Uint8Array(48), 0);
    await refused(new Uint8Array(48), NaN);
  },
};

/** Every implementation of {@link Media} answers the same questions. `skip` names cases that do not apply, with the reason. */
export function mediaConformance(name: string, create: () => Promise<MediaFixture>, skip: Readonly<Record<string, string>> = {}): void {
  const run = (cases: Record<string, Case>, applies: (fixture: MediaFixture) => boolean = () => true): void => {
    for (const [title, check] of Object.entries(cases)) {
      void test(`${name}: ${title}`, { skip: skip[title] ?? false }, async (context) => {
        const fixture = await create();
        try {
          if (applies(fixture)) await check(fixture);
          else context.skip('the adapter does not do this');
          assert.equal(liveFrames(), 0, 'no frame is left open');
        } finally {
          await fixture.close?.();
        }
      });
    }
  };
  run(reading);
  run(seeking);
  run(rendering);
  run(missing, (fixture) => fixture.missing !== undefined);
  run(writing, (fixture) => fixture.outputPath !== undefined);
  run(images, (fixture) => fixture.encodesImages === true);
  run(composing);
  run(refusedImages);
  run(drawing, (fixture) => fixture.outputPath !== undefined);
}
