import type { Log, Size } from '../core/index.js';
import type { MediaInfo, RgbImage, VideoInfo } from './port.js';

/** New pixels for a rectangle of a picture. */
export interface PicturePatch {
  /** Left and top edge in pixels of the upright picture. */
  readonly x: number;
  readonly y: number;
  readonly size: Size;
  /** Packed RGB of the rectangle. */
  readonly rgb: Uint8Array;
  /** How much of each pixel is new, 0 to 255; 0 leaves the pixel untouched. */
  readonly alpha: Uint8Array;
}

/** How the pictures of a rewritten video are encoded, always as H.264. */
export interface VideoEncoding {
  /** Decoded pictures equal those given to the encoder to the last bit; what concerns the rate is of no account then. */
  readonly lossless?: boolean;
  /** Mean bits a second; absent, the encoder keeps the quality `crf` instead. */
  readonly bitsPerSecond?: number;
  /** Most bits a second, over a second. */
  readonly maxBitsPerSecond?: number;
  /** Constant rate factor, 0 to 51; 20 when absent. */
  readonly crf?: number;
  /** Frames from one key frame (IDR) to the next, exactly; about two seconds when absent. */
  readonly keyFrameEvery?: number;
  /** Pictures between two that are predicted forward only; the preset's choice when absent. */
  readonly bFrames?: number;
  /** x264 preset; `veryfast` when absent. */
  readonly preset?: string;
}

/** A picture of the video that is rewritten, upright. */
export interface RewrittenPicture extends RgbImage {
  /** 0-based number in presentation order. */
  readonly number: number;
  /** Time in the video. */
  readonly seconds: number;
}

/** Bytes of a video as they come, in pieces of any size. */
export type ByteSource = AsyncIterable<Uint8Array>;

/** Takes the bytes of a video, in order; the next come when it settles, which is the back-pressure. It may keep them. */
export type ByteSink = (bytes: Uint8Array) => Promise<void>;

/** What is rewritten, and how. */
export interface RewriteOptions {
  /** A file, or bytes as they come: then the index must stand before the pictures, as in a video made for streaming. */
  readonly input: string | ByteSource;
  /** A file, which gets an MP4 with its index in front, or whoever takes the bytes of a fragmented MP4. */
  readonly output: string | ByteSink;
  readonly overwrite?: boolean;
  readonly encoding: VideoEncoding | ((video: VideoInfo) => VideoEncoding);
  /** Answers what is to change on a picture; where patches overlap, their changes add up. The picture is valid until the answer. One at a time, in order. */
  readonly edit: (picture: RewrittenPicture) => Promise<readonly PicturePatch[]>;
  /** Hears what is in the input, before the first picture. */
  readonly onInfo?: (info: MediaInfo & { readonly video: VideoInfo }) => void;
  /** Ends the work with CANCELLED; a file that was begun is taken away, as after any failure. */
  readonly signal?: AbortSignal;
  /** Ends the video early but well: what was done until then is complete. */
  readonly stop?: AbortSignal;
  readonly log?: Log;
}

/** What a rewriting did. */
export interface RewriteSummary {
  readonly frames: number;
  /** Frames of which something was changed. */
  readonly changed: number;
  /** Packets of sound, subtitles and the like that were copied as they are. */
  readonly copiedPackets: number;
  /** Packets of pictures that were damaged, and pictures with concealed errors. */
  readonly corruptPackets: number;
  readonly damagedFrames: number;
}
