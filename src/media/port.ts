import type { Frame, Log, Size, TimeBase } from '../core/index.js';
import type { Shape } from '../vision/index.js';
import type { Composer } from './composition.js';
import type { Take } from './take.js';

/** A picture stream as the container and decoder describe it. */
export interface VideoInfo {
  readonly codec: string;
  /** Size as displayed: after rotation. */
  readonly size: Size;
  /** Size as coded, before rotation. */
  readonly codedSize: Size;
  /** Clockwise degrees that a player turns the coded picture by: 0, 90, 180 or 270. */
  readonly rotation: 0 | 90 | 180 | 270;
  readonly timeBase: TimeBase;
  /** Average frames a second as a fraction; absent when the container does not say. */
  readonly frameRate?: TimeBase;
  /** True when frame times are uneven, as far as the container tells. */
  readonly variableFrameRate: boolean;
  /** Frames as the container counts them; absent when it does not. */
  readonly frameCount?: number;
  readonly pixelFormat: string;
  readonly bitDepth: number;
  readonly interlaced: boolean;
  readonly alpha: boolean;
  /** Transfer of an HDR stream; absent for SDR. */
  readonly hdr?: 'pq' | 'hlg';
}

/** A sound stream. */
export interface AudioInfo {
  readonly codec: string;
  readonly sampleRateHz: number;
  readonly channels: number;
}

/** What is in a file or stream. */
export interface MediaInfo {
  readonly uri: string;
  readonly container: string;
  /** Absent when the container does not say, as a live one cannot. */
  readonly durationMs?: number;
  /** True where pictures come when they are made, as from a camera: nothing can be read ahead, again or faster. */
  readonly live: boolean;
  readonly video?: VideoInfo;
  readonly audio: readonly AudioInfo[];
}

/** What a source lost, in numbers. */
export interface MediaLosses {
  /** Packets that the demuxer or decoder marked or refused as damaged. */
  readonly corruptPackets: number;
  /** Frames that the decoder delivered with errors concealed. */
  readonly damagedFrames: number;
  /** The file ends before its own index says. */
  readonly truncated: boolean;
}

/** How to open a source. */
export interface OpenOptions {
  /** Name for frames and messages; the file's name when absent. */
  readonly stream?: string;
  /** Decoder threads; the adapter's choice when absent. */
  readonly threads?: number;
  /** A network source that gives no data for so long ends with UNAVAILABLE, while opening too; it is waited for without end when absent. */
  readonly stallAfterMs?: number;
  readonly log?: Log;
  readonly signal?: AbortSignal;
}

/** How frames are pulled. */
export interface FramesOptions {
  readonly signal?: AbortSignal;
  /** Which frames are given out; the others are let go before anything is made of them. All when absent. */
  readonly take?: Take;
}

/**
 * An open source. `frames()` is pulled: nothing is decoded further ahead than a few frames.
 * Frames come in presentation order, numbered from 0, displayed upright, deinterlaced where the stream is interlaced.
 */
export interface VideoSource extends AsyncDisposable {
  readonly info: MediaInfo & { readonly video: VideoInfo };
  readonly losses: MediaLosses;
  /**
   * Each frame belongs to whoever pulls it. Leaving the loop early releases what was decoded ahead. Only one iteration at a time.
   * Without a seek, each iteration begins at the first frame. Numbers count from 0 in each iteration, also after a seek, unless the adapter knows the true ones;
   * frames that `take` leaves out are counted too.
   * @throws Fault CANCELLED on abort; INPUT_CORRUPT when nothing at all can be decoded; UNAVAILABLE when a network source stalls; INVALID_ARGUMENT of `take`
   */
  frames(options?: FramesOptions): AsyncIterable<Frame>;
  /** The next `frames()` begins with the first frame at or after `timeMs`. @throws Fault UNSUPPORTED for a live source */
  seek(timeMs: number): Promise<void>;
}

/** How to write a video. */
export interface WriterOptions {
  readonly size: Size;
  /** Time base of the frames' pts. */
  readonly timeBase: TimeBase;
  readonly frameRate?: TimeBase;
  /** x264 preset; `veryfast` when absent. */
  readonly preset?: string;
  /** Constant rate factor, 0 (lossless) to 51; 23 when absent. */
  readonly crf?: number;
  /** Copies the sound of this file beside the pictures. */
  readonly audioFrom?: string;
  readonly overwrite?: boolean;
  readonly log?: Log;
}

/** A video being written (H.264 in MP4 or Matroska, by the file's name). */
export interface VideoWriter extends AsyncDisposable {
  /**
   * Encodes, with `shapes` drawn on it in their order; resolves when the writer is ready for more, which is the back-pressure.
   * The frame stays the caller's, its pixels unchanged. Pts must rise.
   */
  write(frame: Frame, shapes?: readonly Shape[]): Promise<void>;
  /** Flushes and closes; only then is the file complete. Disposing without it leaves what was written, playable where the format can. */
  finish(): Promise<{ readonly frames: number; readonly bytes: number; readonly audio: 'copied' | 'transcoded' | 'none' }>;
}

/** A picture in memory: [H, W, 3] UINT8 in RGB order. */
export interface RgbImage {
  readonly size: Size;
  readonly rgb: Uint8Array;
}

/** How a picture is stored; `quality` is from 1 to 100. */
export type ImageFormat = { readonly type: 'jpeg'; readonly quality: number } | { readonly type: 'png' };

/** One way to read and write pictures and sound. `libav/` implements it in process; room is left for an ffmpeg command line. */
export interface Media {
  readonly name: string;
  /** @throws Fault NOT_FOUND, INPUT_CORRUPT (not media, empty, or audio only where a picture is asked for by `open`) */
  probe(uri: string, options?: OpenOptions): Promise<MediaInfo>;
  /** @throws Fault as `probe`, and INPUT_CORRUPT for a file without pictures */
  open(uri: string, options?: OpenOptions): Promise<VideoSource>;
  /** @throws Fault ALREADY_EXISTS without `overwrite`, OUTPUT_FAILED where the path cannot be written */
  createWriter(path: string, options: WriterOptions): Promise<VideoWriter>;
  /** Puts several frames together into one. */
  createComposer(): Promise<Composer>;
  /**
   * Encodes a picture, off the calling thread where the adapter can; `image` may be changed, or a frame closed, once it settles.
   * @throws Fault INVALID_ARGUMENT when the bytes are not of the size, or the quality is out of range
   */
  encodeImage(image: RgbImage | Frame, format: ImageFormat): Promise<Uint8Array>;
}
