import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  AV_CODEC_FLAG_FRAME_DURATION,
  AV_CODEC_FLAG_GLOBAL_HEADER,
  AV_FRAME_FLAG_INTERLACED,
  AV_FRAME_FLAG_TOP_FIELD_FIRST,
  AV_PICTURE_TYPE_NONE,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_RGBA,
  AV_PKT_DATA_DISPLAYMATRIX,
  AV_SAMPLE_FMT_S16,
  AVCHROMA_LOC_LEFT,
  type AVFrameFlag,
  type AVPixelFormat,
} from 'node-av/constants';
import {
  avChannelLayoutDefault,
  avGetPixFmtFromName,
  Codec,
  CodecContext,
  Dictionary,
  FormatContext,
  type Frame,
  Packet,
  Rational,
  type Stream,
} from 'node-av/lib';
import { type Size, type TimeBase, liveFrames } from '../../core/index.js';
import assert from 'node:assert/strict';
import { checked } from './calls.js';
import { emptyFrame, pictureFrame } from './native-frames.js';
import { Scalers } from './scalers.js';

/** A clip for a test, made by node-av's encoders directly, so that the writer under test has no part in it. */
export interface ClipRecipe {
  readonly size: Size;
  /** Ticks of each frame. */
  readonly ticks: readonly bigint[];
  readonly timeBase?: TimeBase;
  /** Packed RGB (RGBA when `alpha`) of a frame. */
  readonly paint: (number: number) => Uint8Array;
  readonly alpha?: boolean;
  readonly codec?: string;
  readonly pixelFormat?: string;
  readonly options?: Record<string, string>;
  readonly muxer?: Record<string, string>;
  /** Numbers of libav's enumerations. */
  readonly colour?: Partial<Pick<Frame, 'colorSpace' | 'colorRange' | 'colorPrimaries' | 'colorTrc'>>;
  /** Overwrites the planes after conversion, for values that no RGB makes. */
  readonly plane?: (number: number, planes: readonly Buffer[], strides: readonly number[]) => void;
  readonly interlaced?: boolean;
  /** A display matrix: a, b, c, d of the turn. */
  readonly matrix?: readonly [number, number, number, number];
  /** Seconds of a tone beside the pictures, by libav's encoder name. */
  readonly sound?: { readonly codec: string; readonly seconds: number };
}

/** A test with a folder of its own that is gone afterwards; it fails when a frame is left open. */
export function clipTest(title: string, check: (path: (name: string) => string) => Promise<void>): void {
  void test(title, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ocellus-clip-'));
    try {
      await check((name) => join(folder, name));
      assert.equal(liveFrames(), 0, 'no frame is left open');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

/** Evenly spaced ticks. */
export const evenTicks = (count: number, step = 40n): bigint[] => Array.from({ length: count }, (_, i) => BigInt(i) * step);

/** A picture of one colour. */
export function plain({ width, height }: Size, ...colour: number[]): Uint8Array {
  return Uint8Array.from({ length: width * height * colour.length }, (_, i) => colour[i % colour.length]!);
}

function displayMatrix([a, b, c, d]: readonly [number, number, number, number]): Buffer {
  const matrix = Buffer.alloc(36);
  [a * 65536, b * 65536, 0, c * 65536, d * 65536, 0, 0, 0, 1 << 30].forEach((value, i) => matrix.writeInt32LE(value, i * 4));
  return matrix;
}

function openEncoder(recipe: ClipRecipe, raw: boolean): Promise<CodecContext> {
  const { size, timeBase = { num: 1, den: 1000 }, codec: name = 'libx264', pixelFormat = 'yuv420p', options = {}, colour = {} } = recipe;
  const codec = Codec.findEncoderByName(name as never)!;
  const context = new CodecContext();
  context.allocContext3(codec);
  Object.assign(context, size, colour);
  context.pixelFormat = avGetPixFmtFromName(pixelFormat);
  context.timeBase = new Rational(timeBase.num, timeBase.den);
  context.framerate = new Rational(25, 1);
  context.setFlags(AV_CODEC_FLAG_FRAME_DURATION);
  // A raw stream has nowhere else to put its headers.
  if (!raw) context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  return opened(context, codec, options);
}

async function opened(context: CodecContext, codec: Codec, options: Record<string, string>): Promise<CodecContext> {
  using settings = Dictionary.fromObject(options);
  checked(await context.open2(codec, settings), `opening ${codec.name}`);
  return context;
}

async function pictureOf(recipe: ClipRecipe, context: CodecContext, scalers: Scalers, number: number): Promise<Frame> {
  const { size, alpha = false, colour = {}, plane, interlaced } = recipe;
  const rgb = pictureFrame(alpha ? AV_PIX_FMT_RGBA : AV_PIX_FMT_RGB24, size, 1);
  rgb.data![0]!.set(recipe.paint(number));
  const picture = pictureFrame(context.pixelFormat, size);
  const { colorSpace = picture.colorSpace, colorRange = picture.colorRange } = colour;
  Object.assign(picture, { colorSpace, colorRange });
  picture.chromaLocation = AVCHROMA_LOC_LEFT;
  await scalers.scaleInto(rgb, picture, 'area+full_chroma_inp+full_chroma_int+accurate_rnd');
  rgb.free();
  Object.assign(picture, colour);
  plane?.(number, picture.data!, picture.linesize);
  if (interlaced) picture.setFlags(AV_FRAME_FLAG_INTERLACED as AVFrameFlag, AV_FRAME_FLAG_TOP_FIELD_FIRST as AVFrameFlag);
  picture.pictType = AV_PICTURE_TYPE_NONE;
  return picture;
}

async function pump(context: CodecContext, frame: Frame | null, format: FormatContext, stream: Stream): Promise<void> {
  checked(await context.sendFrame(frame), 'encoding');
  const packet = new Packet();
  packet.alloc();
  while (context.receivePacketSync(packet) >= 0) {
    packet.streamIndex = stream.index;
    packet.rescaleTs(context.timeBase, stream.timeBase);
    checked(await format.interleavedWriteFrame(packet), 'muxing');
  }
  packet.free();
}

const SAMPLE_RATE = 48000;

async function openTone({ codec: name }: NonNullable<ClipRecipe['sound']>): Promise<CodecContext> {
  const codec = Codec.findEncoderByName(name as never)!;
  const context = new CodecContext();
  context.allocContext3(codec);
  context.sampleRate = SAMPLE_RATE;
  context.sampleFormat = codec.sampleFormats?.[0] ?? AV_SAMPLE_FMT_S16;
  context.channelLayout = avChannelLayoutDefault(2);
  context.timeBase = new Rational(1, SAMPLE_RATE);
  context.setFlags(AV_CODEC_FLAG_GLOBAL_HEADER);
  return opened(context, codec, {});
}

async function writeTone(context: CodecContext, seconds: number, format: FormatContext, stream: Stream): Promise<void> {
  const length = context.frameSize || 1024;
  for (let at = 0; at < seconds * SAMPLE_RATE; at += length) {
    const frame = emptyFrame();
    frame.nbSamples = length;
    frame.format = context.sampleFormat;
    frame.channelLayout = context.channelLayout;
    frame.sampleRate = SAMPLE_RATE;
    checked(frame.getBuffer(), 'sound');
    for (const plane of frame.data!) plane.fill(0);
    frame.pts = BigInt(at);
    await pump(context, frame, format, stream);
    frame.free();
  }
  await pump(context, null, format, stream);
}

/** Writes the clip; the container follows from the name of the file. */
export async function makeClip(path: string, recipe: ClipRecipe): Promise<string> {
  const context = await openEncoder(recipe, path.endsWith('.264'));
  const tone = recipe.sound ? await openTone(recipe.sound) : undefined;
  const format = new FormatContext();
  checked(format.allocOutputContext2(null, null, path), path);
  const stream = format.newStream();
  stream.codecpar.fromContext(context);
  stream.timeBase = context.timeBase;
  if (recipe.matrix) stream.codecpar.addCodedSideData(AV_PKT_DATA_DISPLAYMATRIX, displayMatrix(recipe.matrix));
  const soundStream = tone ? format.newStream() : undefined;
  if (tone) soundStream!.codecpar.fromContext(tone);
  checked(await format.openOutput(), path);
  using muxer = Dictionary.fromObject(recipe.muxer ?? {});
  checked(await format.writeHeader(muxer), path);
  const scalers = new Scalers();
  for (const [number, ticks] of recipe.ticks.entries()) {
    const picture = await pictureOf(recipe, context, scalers, number);
    picture.pts = ticks;
    picture.duration = (recipe.ticks[number + 1] ?? ticks + 40n) - ticks;
    await pump(context, picture, format, stream);
    picture.free();
  }
  await pump(context, null, format, stream);
  if (tone) await writeTone(tone, recipe.sound!.seconds, format, soundStream!);
  checked(await format.writeTrailer(), path);
  await format.closeOutput();
  format.freeContext();
  context.freeContext();
  tone?.freeContext();
  scalers.release();
  return path;
}

/** The pixel at x, y of packed RGB. */
export const pixelAt = (rgb: Uint8Array, { width }: Size, x: number, y: number): number[] =>
  Array.from(rgb.subarray((y * width + x) * 3, (y * width + x) * 3 + 3));

/** Fails unless each component is within `tolerance` of what is expected. */
export function near(actual: readonly number[], expected: readonly number[], tolerance: number, what: string): void {
  const off = actual.some((value, i) => Math.abs(value - expected[i]!) > tolerance);
  assert.ok(!off, `${what}: ${actual.join(',')} should be ${expected.join(',')} within ${tolerance}`);
}

/** What a pixel format's name stands for, as libav numbers it. */
export const formatNumber = (name: string): AVPixelFormat => avGetPixFmtFromName(name);
