import { fail } from '../../core/index.js';
import type { VideoEncoding, VideoInfo } from '../../media/index.js';
import { type CustomEncodingParams, type LossyEncoding, type OutputVideoEncoding, scalarOfAny } from '../../wire/eye-contact.js';

/** How the answer is encoded; the picture's size and rate may have a say. */
export type EncodingChoice = VideoEncoding | ((video: VideoInfo) => VideoEncoding);

/** Bits for each pixel of a video whose client leaves the rate to the server: 3 Mbit/s at 720p and 30 frames a second. */
const BITS_PER_PIXEL = 0.11;
const LEAST_BITS_PER_SECOND = 500_000;
const DEFAULT_KEY_FRAME_EVERY = 8;
const DEFAULT_RATE = 30;

/** The rate that fits a video's size and frame rate. */
export function bitsPerSecondFor({ codedSize: { width, height }, frameRate }: Pick<VideoInfo, 'codedSize' | 'frameRate'>): number {
  const rate = frameRate ? frameRate.num / frameRate.den : DEFAULT_RATE;
  return Math.max(LEAST_BITS_PER_SECOND, Math.round(width * height * rate * BITS_PER_PIXEL));
}

const withRate = (encoding: VideoEncoding): EncodingChoice =>
  encoding.bitsPerSecond === undefined ? (video) => ({ ...encoding, bitsPerSecond: bitsPerSecondFor(video) }) : encoding;

function lossy({ bitrate, idrInterval }: LossyEncoding): EncodingChoice {
  const problems = [
    ...(bitrate === 0 ? ['output_video_encoding.lossy.bitrate must be above 0 bits a second'] : []),
    ...(idrInterval === 0 ? ['output_video_encoding.lossy.idr_interval must be above 0 frames'] : []),
  ];
  if (problems.length > 0) fail('INVALID_ARGUMENT', problems.join('; '));
  return withRate({ keyFrameEvery: idrInterval ?? DEFAULT_KEY_FRAME_EVERY, ...(bitrate !== undefined && { bitsPerSecond: bitrate }) });
}

/** Properties of NVIDIA's encoder that mean something to x264, with the least value of each. */
const CUSTOM: Readonly<Record<string, readonly [key: keyof VideoEncoding, least: number]>> = {
  bitrate: ['bitsPerSecond', 1],
  maxbitrate: ['maxBitsPerSecond', 1],
  'peak-bitrate': ['maxBitsPerSecond', 1],
  idrinterval: ['keyFrameEvery', 1],
  iframeinterval: ['keyFrameEvery', 1],
  'num-B-Frames': ['bFrames', 0],
};

function custom({ custom: properties }: CustomEncodingParams): EncodingChoice {
  const encoding: { -readonly [K in keyof VideoEncoding]: VideoEncoding[K] } = {};
  const problems: string[] = [];
  for (const [name, any] of Object.entries(properties)) {
    const known = Object.hasOwn(CUSTOM, name) ? CUSTOM[name] : undefined;
    if (!known) {
      problems.push(`custom encoding "${name}" is not known here; known are ${Object.keys(CUSTOM).join(', ')}`);
      continue;
    }
    const value = Number(scalarOfAny(any));
    const [key, least] = known;
    if (Number.isInteger(value) && value >= least && value <= 2 ** 31 - 1) Object.assign(encoding, { [key]: value });
    else problems.push(`custom encoding "${name}" must be a whole number of at least ${least}`);
  }
  if (problems.length > 0) fail('INVALID_ARGUMENT', problems.join('; '));
  return withRate(encoding);
}

/** How a client wants its answer encoded; constant quality where it says nothing. @throws Fault INVALID_ARGUMENT naming everything that is wrong */
export function encodingOf(wanted: OutputVideoEncoding | undefined): EncodingChoice {
  const { encodingType } = wanted ?? {};
  if (encodingType?.case === 'lossless') return encodingType.value ? { lossless: true } : {};
  if (encodingType?.case === 'lossy') return lossy(encodingType.value);
  return encodingType?.case === 'customEncoding' ? custom(encodingType.value) : {};
}
