import { type Fault, type Pts, type Size, type TimeBase, comparePts, fail, systemClock } from '../core/index.js';
import { Painter, rgbSurface, scaledShapes } from '../vision/index.js';
import { generatedSource, NO_LOSSES } from './generated-source.js';
import { checkImage, plainPng, rgbImage } from './image.js';
import { packedComposer } from './packed-composer.js';
import { packedPixels } from './packed-pixels.js';
import type { Media, MediaInfo, MediaLosses, OpenOptions, VideoInfo, VideoSource, VideoWriter, WriterOptions } from './port.js';

/** A clip as a test scripts it; everything has a default. */
export interface FakeClip {
  readonly size?: Size;
  readonly frames?: number;
  readonly timeBase?: TimeBase;
  /** Ticks of each frame; 0, 1, 2... when absent. */
  readonly ticks?: readonly bigint[];
  /** Packed RGB of a frame; a gray that tells frames apart when absent. */
  readonly rgb?: (number: number) => Uint8Array;
  /** Thrown instead of opening. */
  readonly openFault?: Fault;
  /** Thrown instead of the frame of that number. */
  readonly failAt?: { readonly frame: number; readonly fault: Fault };
  /** Waited before each frame. */
  readonly delayMs?: number;
  readonly losses?: MediaLosses;
  /** Replaces parts of what `probe` and `info` say. */
  readonly info?: Partial<MediaInfo>;
  readonly video?: Partial<VideoInfo>;
}

/** One call that the fake received. */
export interface FakeMediaCall {
  readonly call: 'probe' | 'open' | 'createWriter' | 'write' | 'finish' | 'encodeImage';
  readonly target: string;
}

/** A fake with its memory open to the test. */
export interface FakeMedia extends Media {
  readonly calls: readonly FakeMediaCall[];
  /** Clips by URI: those scripted, and those written and finished. */
  readonly clips: ReadonlyMap<string, FakeClip>;
}

const grayOf = ({ width, height }: Size, number: number): Uint8Array => new Uint8Array(width * height * 3).fill((number * 16) % 256);
const SIZE: Size = { width: 64, height: 48 };
const TIME_BASE: TimeBase = { num: 1, den: 25 };

function infoOf(uri: string, clip: FakeClip): MediaInfo & { readonly video: VideoInfo } {
  const size = clip.size ?? SIZE;
  const timeBase = clip.timeBase ?? TIME_BASE;
  const frameCount = clip.ticks?.length ?? clip.frames ?? 10;
  return {
    uri,
    container: 'fake',
    live: false,
    audio: [],
    ...clip.info,
    video: {
      codec: 'fake',
      size,
      codedSize: size,
      rotation: 0,
      timeBase,
      variableFrameRate: clip.ticks !== undefined,
      frameCount,
      pixelFormat: 'rgb24',
      bitDepth: 8,
      interlaced: false,
      alpha: false,
      ...clip.video,
    },
  };
}

function sourceOf(uri: string, clip: FakeClip, options?: OpenOptions): VideoSource {
  const info = infoOf(uri, clip);
  const { size, timeBase, frameCount = 0 } = info.video;
  return generatedSource(
    {
      info,
      losses: clip.losses ?? NO_LOSSES,
      count: frameCount,
      pts: (number) => ({ ticks: clip.ticks?.[number] ?? BigInt(number), timeBase }),
      pixels: (number) => packedPixels(`${uri} frame ${number}`, size, () => clip.rgb?.(number) ?? grayOf(size, number)),
      async before(number, signal) {
        if (clip.delayMs !== undefined) await systemClock.sleep(clip.delayMs, signal);
        if (clip.failAt?.frame === number) throw clip.failAt.fault;
      },
    },
    { stream: uri, ...options },
  );
}

/** A writer into memory: renders and keeps each frame; `done` gets the clip when it is finished. */
function fakeWriter(
  path: string,
  { size, timeBase }: WriterOptions,
  note: (call: FakeMediaCall) => void,
  done: (clip: FakeClip) => void,
): VideoWriter {
  const pictures: Uint8Array[] = [];
  const times: Pts[] = [];
  const painter = new Painter();
  let closed = false;
  return {
    async write(frame, shapes = []) {
      if (closed) fail('FAILED_PRECONDITION', `${path}: the writer is finished`);
      note({ call: 'write', target: path });
      const last = times.at(-1);
      if (last && comparePts(frame.pts, last) <= 0) fail('INVALID_ARGUMENT', `${path}: pts of frame ${frame.number} must be above the one before`);
      times.push(frame.pts);
      const rgb = await frame.render({ size, order: 'rgb', layout: 'packed' });
      await painter.paint(rgbSurface(rgb, size), scaledShapes(shapes, frame.size, size));
      pictures.push(rgb);
    },
    finish() {
      closed = true;
      note({ call: 'finish', target: path });
      done({ size, timeBase, ticks: times.map((pts) => pts.ticks), rgb: (number) => pictures[number]! });
      const bytes = pictures.reduce((sum, picture) => sum + picture.length, 0);
      return Promise.resolve({ frames: pictures.length, bytes, audio: 'none' as const });
    },
    [Symbol.asyncDispose]() {
      closed = true;
      return Promise.resolve();
    },
  };
}

/** What {@link fakeMedia} can open. */
export interface FakeScript {
  /** Clips by URI. */
  readonly clips?: Readonly<Record<string, FakeClip>>;
  /** The clip behind every other URI; such a URI is NOT_FOUND when absent. */
  readonly anyClip?: FakeClip;
}

/**
 * Media for the tests of other rooms: clips are scripted, failures come where the script says, every call is recorded, and what is
 * written can be opened again. Lives in memory alone.
 */
export function fakeMedia({ clips: scripted = {}, anyClip }: FakeScript = {}): FakeMedia {
  const calls: FakeMediaCall[] = [];
  const clips = new Map(Object.entries(scripted));
  const clipOf = (uri: string): FakeClip => {
    const clip = clips.get(uri) ?? anyClip ?? fail('NOT_FOUND', `${uri}: no such file`);
    if (clip.openFault) throw clip.openFault;
    return clip;
  };
  return {
    name: 'fake',
    calls,
    clips,
    // oxlint-disable-next-line typescript/require-await -- faults must come as rejections
    async probe(uri) {
      calls.push({ call: 'probe', target: uri });
      return infoOf(uri, clipOf(uri));
    },
    // oxlint-disable-next-line typescript/require-await -- faults must come as rejections
    async open(uri, options) {
      calls.push({ call: 'open', target: uri });
      return sourceOf(uri, clipOf(uri), options);
    },
    // oxlint-disable-next-line typescript/require-await -- faults must come as rejections
    async createWriter(path, options) {
      calls.push({ call: 'createWriter', target: path });
      if (clips.has(path) && !options.overwrite) fail('ALREADY_EXISTS', `${path} exists; ask for overwrite to replace it`);
      return fakeWriter(
        path,
        options,
        (call) => calls.push(call),
        (clip) => clips.set(path, clip),
      );
    },
    createComposer: async () => packedComposer(),
    /** A PNG whatever the format, so that bytes can be compared with pixels. */
    async encodeImage(image, format) {
      checkImage(image, format);
      calls.push({ call: 'encodeImage', target: format.type });
      return plainPng(await rgbImage(image));
    },
  };
}
