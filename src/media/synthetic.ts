import { type Box, type Size, type TimeBase, createRandom, didYouMean, fail } from '../core/index.js';
import { generatedSource } from './generated-source.js';
import { checkImage, plainPng, rgbImage } from './image.js';
import { packedComposer } from './packed-composer.js';
import { packedPixels } from './packed-pixels.js';
import type { Media, MediaInfo, OpenOptions, VideoInfo, VideoSource } from './port.js';

/** What the synthetic source draws. */
export interface SyntheticOptions {
  readonly size?: Size;
  /** Frames a second as a fraction. */
  readonly frameRate?: TimeBase;
  /** Frames in all; `Infinity` never ends. */
  readonly frames?: number;
  /** Moving rectangles. */
  readonly objects?: number;
  /** The same seed draws the same film. */
  readonly seed?: number;
}

/** An object as drawn on one frame. */
export interface SyntheticObject {
  /** The same for the whole film, from 1. */
  readonly id: number;
  readonly label: string;
  /** Whole pixels, exact: these and no others have the object's colour, less what a later object covers. */
  readonly box: Box;
  /** Red, green and blue, 0 to 255. */
  readonly colour: readonly [number, number, number];
}

/** A synthetic source, and what is on each frame of it. */
export interface SyntheticSource extends VideoSource {
  /** Objects on frame `frameNumber`, in drawing order. */
  truth(frameNumber: number): readonly SyntheticObject[];
}

/** Colour behind the objects. */
export const SYNTHETIC_BACKGROUND = 32;

const DEFAULTS = { size: { width: 320, height: 240 }, frameRate: { num: 30, den: 1 }, frames: 60, objects: 3, seed: 1 } as const;
const KINDS = [
  { label: 'person', colour: [220, 40, 40] },
  { label: 'vehicle', colour: [40, 200, 60] },
  { label: 'bike', colour: [50, 80, 230] },
  { label: 'bag', colour: [230, 210, 40] },
] as const;

interface Mover extends Size {
  readonly id: number;
  readonly start: readonly [number, number];
  readonly speed: readonly [number, number];
}

function moversOf({ size, objects, seed }: Required<SyntheticOptions>): Mover[] {
  const random = createRandom(seed);
  const between = (low: number, high: number): number => Math.floor(low + random() * (high - low + 1));
  return Array.from({ length: objects }, (_, i) => {
    const width = between(Math.max(2, size.width >> 4), Math.max(3, size.width >> 2));
    const height = between(Math.max(2, size.height >> 4), Math.max(3, size.height >> 2));
    const start = [between(0, size.width), between(0, size.height)] as const;
    const speed = [between(1, Math.max(2, size.width >> 6)), between(0, Math.max(1, size.height >> 6))] as const;
    return { id: i + 1, width: Math.min(width, size.width), height: Math.min(height, size.height), start, speed };
  });
}

/** Back and forth between 0 and `room`. */
function bounce(position: number, room: number): number {
  if (room <= 0) return 0;
  const phase = position % (2 * room);
  return phase <= room ? phase : 2 * room - phase;
}

/** What is on each frame of the film that `options` describe; the truth that results are compared with. */
export function syntheticTruth(options: SyntheticOptions = {}): (frameNumber: number) => readonly SyntheticObject[] {
  const full = { ...DEFAULTS, ...options };
  const movers = moversOf(full);
  return (n) =>
    movers.map(({ id, width, height, start, speed }) => {
      const x1 = bounce(start[0] + speed[0] * n, full.size.width - width);
      const y1 = bounce(start[1] + speed[1] * n, full.size.height - height);
      const { label, colour } = KINDS[(id - 1) % KINDS.length]!;
      return { id, label, colour, box: { x1, y1, x2: x1 + width, y2: y1 + height } };
    });
}

function draw({ width, height }: Size, objects: readonly SyntheticObject[]): Uint8Array {
  const rgb = new Uint8Array(width * height * 3).fill(SYNTHETIC_BACKGROUND);
  for (const { box, colour } of objects) {
    const row = new Uint8Array((box.x2 - box.x1) * 3);
    for (let i = 0; i < row.length; i++) row[i] = colour[i % 3]!;
    for (let y = box.y1; y < box.y2; y++) rgb.set(row, (y * width + box.x1) * 3);
  }
  return rgb;
}

function infoOf(uri: string, { size, frameRate, frames }: Required<SyntheticOptions>): MediaInfo & { readonly video: VideoInfo } {
  const endless = !Number.isFinite(frames);
  return {
    uri,
    container: 'synthetic',
    live: false,
    ...(endless ? {} : { durationMs: (frames * frameRate.den * 1000) / frameRate.num }),
    video: {
      codec: 'synthetic',
      size,
      codedSize: size,
      rotation: 0,
      timeBase: { num: frameRate.den, den: frameRate.num },
      frameRate,
      variableFrameRate: false,
      ...(endless ? {} : { frameCount: frames }),
      pixelFormat: 'rgb24',
      bitDepth: 8,
      interlaced: false,
      alpha: false,
    },
    audio: [],
  };
}

/**
 * A film with known truth: coloured rectangles that move evenly and bounce off the edges. Pts are frame numbers in a time base of one
 * frame; numbers stay true after a seek. Scales by taking the nearest pixel.
 */
export function syntheticSource(options: SyntheticOptions = {}, open: OpenOptions = {}, uri = 'synthetic:'): SyntheticSource {
  const full = { ...DEFAULTS, ...options };
  const truth = syntheticTruth(full);
  const info = infoOf(uri, full);
  const source = generatedSource(
    {
      info,
      count: full.frames,
      pts: (number) => ({ ticks: BigInt(number), timeBase: info.video.timeBase }),
      pixels: (number) => packedPixels(`${open.stream ?? uri} frame ${number}`, full.size, () => draw(full.size, truth(number))),
    },
    { stream: uri, ...open },
  );
  return Object.assign(source, { truth });
}

const KEYS = ['width', 'height', 'frames', 'fps', 'objects', 'seed'] as const;
const FPS = /^(\d+)(?:\/(\d+))?$/;

function fpsOf(text: string, uri: string): TimeBase {
  const parts = FPS.exec(text) ?? fail('INVALID_ARGUMENT', `${uri}: fps "${text}" must be a whole number or a fraction such as 30000/1001`);
  const rate = { num: Number(parts[1]), den: Number(parts[2] ?? 1) };
  if (rate.num > 0 && rate.den > 0) return rate;
  return fail('INVALID_ARGUMENT', `${uri}: fps must be above 0`);
}

/** Reads `synthetic:?width=640&height=360&frames=100&fps=30000/1001&objects=3&seed=1`; `frames=endless` never ends. @throws Fault INVALID_ARGUMENT */
export function parseSyntheticUri(uri: string): Required<SyntheticOptions> {
  const query = new URLSearchParams(uri.slice(uri.indexOf(':') + 1).replace(/^\?/, ''));
  for (const key of query.keys()) {
    if (!(KEYS as readonly string[]).includes(key))
      fail('INVALID_ARGUMENT', `${uri}: unknown option "${key}".${didYouMean(key, KEYS) || ` Known: ${KEYS.join(', ')}`}`);
  }
  const number = (key: string, fallback: number, minimum: number): number => {
    const text = query.get(key);
    const value = text === null ? fallback : Number(text === '' ? NaN : text);
    if (Number.isSafeInteger(value) && value >= minimum) return value;
    return fail('INVALID_ARGUMENT', `${uri}: ${key} "${text}" must be a whole number of at least ${minimum}`);
  };
  const fps = query.get('fps');
  return {
    size: { width: number('width', DEFAULTS.size.width, 1), height: number('height', DEFAULTS.size.height, 1) },
    frameRate: fps === null ? DEFAULTS.frameRate : fpsOf(fps, uri),
    frames: query.get('frames') === 'endless' ? Infinity : number('frames', DEFAULTS.frames, 0),
    objects: number('objects', DEFAULTS.objects, 0),
    seed: number('seed', DEFAULTS.seed, 0),
  };
}

/** Opens `synthetic:` URIs, see {@link parseSyntheticUri}. Writes no videos, and pictures as PNG only. */
export function syntheticMedia(): Media {
  return {
    name: 'synthetic',
    probe: async (uri) => infoOf(uri, parseSyntheticUri(uri)),
    open: async (uri, options) => syntheticSource(parseSyntheticUri(uri), options, uri),
    createWriter: async (path) => fail('UNSUPPORTED', `${path}: a synthetic film can be read, not written; write to a .mp4 or .mkv file`),
    createComposer: async () => packedComposer(),
    async encodeImage(image, format) {
      checkImage(image, format);
      return format.type === 'png'
        ? plainPng(await rgbImage(image))
        : fail('UNSUPPORTED', 'the synthetic source encodes PNG only; libav encodes JPEG');
    },
  };
}
