import {
  AV_NOPTS_VALUE,
  AV_PKT_DATA_DISPLAYMATRIX,
  AVCOL_TRC_ARIB_STD_B67,
  AVCOL_TRC_SMPTE2084,
  AVFMT_NOTIMESTAMPS,
  AVMEDIA_TYPE_AUDIO,
  type AVColorTransferCharacteristic,
  type AVPixelFormat,
} from 'node-av/constants';
import { avGetCodecName, type FormatContext, type Rational, type Stream } from 'node-av/lib';
import type { Size, TimeBase } from '../../core/index.js';
import type { AudioInfo, MediaInfo, VideoInfo } from '../port.js';
import { orientationOf } from './display-matrix.js';
import { isLive } from './live.js';
import { pixelFormatOf } from './pixel-format.js';

const fraction = ({ num, den }: Rational): TimeBase => ({ num, den });
const isRate = ({ num, den }: Rational): boolean => num > 0 && den > 0;

/** `size` as displayed after turning by `rotation`. */
export const turned = ({ width, height }: Size, rotation: VideoInfo['rotation']): Size =>
  rotation % 180 === 0 ? { width, height } : { width: height, height: width };

/** The HDR transfer that libav's number stands for. */
export function hdrOf(transfer: AVColorTransferCharacteristic): VideoInfo['hdr'] {
  if (transfer === AVCOL_TRC_SMPTE2084) return 'pq';
  return transfer === AVCOL_TRC_ARIB_STD_B67 ? 'hlg' : undefined;
}

/** False for a raw stream, which is pictures and nothing else. */
export const hasTimes = (format: FormatContext): boolean => format.iformat?.hasFlags(AVFMT_NOTIMESTAMPS as never) !== true;

/** True when the average and the smallest frame distance differ by over 1 %. Interlaced streams count fields, raw ones have no times. */
function unevenTimes({ avgFrameRate: average, rFrameRate: finest }: Stream, untold: boolean): boolean {
  if (untold || !isRate(average) || !isRate(finest)) return false;
  const ratio = (finest.num * average.den) / (finest.den * average.num);
  return ratio > 1.01 || ratio < 0.99;
}

/** libav's AVFieldOrder: 0 unknown, 1 progressive, 2 and above are interlaced. */
const isInterlaced = (stream: Stream): boolean => Number(stream.codecpar.toJSON()['fieldOrder'] ?? 0) > 1;

/** Describes a picture stream. */
export function videoInfo(stream: Stream, format: FormatContext): VideoInfo {
  const { codecpar } = stream;
  const codedSize = { width: codecpar.width, height: codecpar.height };
  const { rotation } = orientationOf(codecpar.getCodedSideData(AV_PKT_DATA_DISPLAYMATRIX));
  const pixels = pixelFormatOf(codecpar.format as AVPixelFormat);
  const interlaced = isInterlaced(stream);
  const hdr = hdrOf(codecpar.colorTrc);
  const count = Number(stream.nbFrames);
  return {
    codec: avGetCodecName(codecpar.codecId) ?? 'unknown',
    size: turned(codedSize, rotation),
    codedSize,
    rotation,
    timeBase: fraction(stream.timeBase),
    ...(isRate(stream.avgFrameRate) ? { frameRate: fraction(stream.avgFrameRate) } : {}),
    variableFrameRate: unevenTimes(stream, interlaced || !hasTimes(format)),
    ...(count > 0 ? { frameCount: count } : {}),
    pixelFormat: pixels.name,
    bitDepth: pixels.bitDepth,
    interlaced,
    alpha: pixels.alpha,
    ...(hdr ? { hdr } : {}),
  };
}

const audioInfo = ({ codecpar }: Stream): AudioInfo => ({
  codec: avGetCodecName(codecpar.codecId) ?? 'unknown',
  sampleRateHz: codecpar.sampleRate,
  channels: codecpar.channels,
});

/** Describes an open file; `video` is the picture stream chosen, if any. */
export function mediaInfo(uri: string, format: FormatContext, video: Stream | undefined): MediaInfo {
  const { duration } = format;
  const container = format.iformat?.name ?? 'unknown';
  const isTimed = duration > 0n && duration !== AV_NOPTS_VALUE;
  return {
    uri,
    container,
    ...(isTimed ? { durationMs: Number(duration) / 1000 } : {}),
    live: isLive(uri, { container, isTimed }),
    ...(video ? { video: videoInfo(video, format) } : {}),
    audio: format.streams.filter((stream) => stream.codecpar.codecType === AVMEDIA_TYPE_AUDIO).map(audioInfo),
  };
}
