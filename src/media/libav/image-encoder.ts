import {
  AV_CODEC_FLAG_QSCALE,
  AV_PIX_FMT_RGB24,
  AV_PIX_FMT_YUVJ420P,
  AV_PIX_FMT_YUVJ444P,
  AVCOL_RANGE_JPEG,
  AVCOL_SPC_BT470BG,
  type AVPixelFormat,
  FF_QP2LAMBDA,
} from 'node-av/constants';
import { Codec, CodecContext, Dictionary, type Frame as NativeFrame, Packet, Rational } from 'node-av/lib';
import { Frame, type Size, fail } from '../../core/index.js';
import { checkImage } from '../image.js';
import type { ImageFormat, RgbImage } from '../port.js';
import { checked } from './calls.js';
import { pictureFrame } from './native-frames.js';
import { LibavPixels } from './pixels.js';
import { Scalers } from './scalers.js';

/** From here on, chroma is kept whole. */
const WHOLE_CHROMA_QUALITY = 90;

/** libav's quantiser for a quality: libjpeg's scale of its tables, where 8 of libav's stands for 100 %. */
export function quantiserOf(quality: number): number {
  const percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
  return Math.min(31, Math.max(1, Math.round((8 * percent) / 100)));
}

const pixelFormatFor = (format: ImageFormat): AVPixelFormat => {
  if (format.type === 'png') return AV_PIX_FMT_RGB24;
  return format.quality >= WHOLE_CHROMA_QUALITY ? AV_PIX_FMT_YUVJ444P : AV_PIX_FMT_YUVJ420P;
};

async function openEncoder({ size }: RgbImage | Frame, format: ImageFormat): Promise<CodecContext> {
  const name = format.type === 'png' ? 'png' : 'mjpeg';
  const codec = Codec.findEncoderByName(name as never) ?? fail('UNSUPPORTED', `this build of libav has no ${name} encoder`);
  const context = new CodecContext();
  context.allocContext3(codec);
  Object.assign(context, size);
  context.pixelFormat = pixelFormatFor(format);
  context.timeBase = new Rational(1, 1);
  const settings: Record<string, string> = { threads: '1' };
  if (format.type === 'jpeg') {
    context.colorRange = AVCOL_RANGE_JPEG;
    context.setFlags(AV_CODEC_FLAG_QSCALE);
    Object.assign(settings, { global_quality: String(quantiserOf(format.quality) * FF_QP2LAMBDA), qmin: '1' });
  }
  using options = Dictionary.fromObject(settings);
  const opened = await context.open2(codec, options);
  if (opened >= 0) return context;
  context.freeContext();
  return fail('UNSUPPORTED', `the ${name} encoder refuses a picture of ${size.width}x${size.height}`);
}

/** The picture as the encoder takes it; the caller frees it. */
async function pictureFor(image: RgbImage | Frame, format: AVPixelFormat): Promise<NativeFrame> {
  const { size } = image;
  // A PNG is RGB in any case; a JPEG is YUV, as a decoded frame is.
  if (format !== AV_PIX_FMT_RGB24 && image instanceof Frame && image.pixels instanceof LibavPixels)
    return jpegPicture(image.pixels.frame, format, size);
  const packed = pictureFrame(AV_PIX_FMT_RGB24, size, 1);
  packed.data![0]!.set(image instanceof Frame ? await image.render({ size, order: 'rgb', layout: 'packed' }) : image.rgb);
  if (format === AV_PIX_FMT_RGB24) return packed;
  try {
    return await jpegPicture(packed, format, size);
  } finally {
    packed.free();
  }
}

async function jpegPicture(from: NativeFrame, format: AVPixelFormat, size: Size): Promise<NativeFrame> {
  const yuv = pictureFrame(format, size);
  // JFIF: BT.601 at full range.
  Object.assign(yuv, { colorSpace: AVCOL_SPC_BT470BG, colorRange: AVCOL_RANGE_JPEG });
  const scalers = new Scalers();
  try {
    await scalers.scaleInto(from, yuv, 'area+full_chroma_inp+full_chroma_int+accurate_rnd');
    return yuv;
  } catch (error) {
    yuv.free();
    throw error;
  } finally {
    scalers.release();
  }
}

/** Encodes a picture off the calling thread. @throws Fault INVALID_ARGUMENT when the bytes are not of the size, or the quality is out of range */
export async function encodeLibavImage(image: RgbImage | Frame, format: ImageFormat): Promise<Uint8Array> {
  checkImage(image, format);
  const context = await openEncoder(image, format);
  const packet = new Packet();
  packet.alloc();
  let picture: NativeFrame | undefined;
  try {
    picture = await pictureFor(image, context.pixelFormat);
    picture.pts = 0n;
    if (format.type === 'jpeg') picture.quality = quantiserOf(format.quality) * FF_QP2LAMBDA;
    checked(await context.sendFrame(picture), `encoding a ${format.type} picture`);
    await context.sendFrame(null);
    checked(await context.receivePacket(packet), `encoding a ${format.type} picture`);
    // A copy: the packet's own memory goes with it.
    return Uint8Array.from(packet.data!);
  } finally {
    picture?.free();
    packet.free();
    context.freeContext();
  }
}
