import { Fault, type FaultCode, type LogRecord, type PictureRequest, type Pts, type Size, toFault } from '../../core/index.js';
import type { FlatShapes } from '../../vision/index.js';
import type { Composition, PicturePart } from '../composition.js';
import type { ImageFormat, MediaLosses, OpenOptions, WriterOptions } from '../port.js';
import type { Take } from '../take.js';

/** What the steering thread may ask the media thread; each is answered by one reply. */
export type Call =
  | { readonly op: 'probe'; readonly uri: string; readonly options: SentOptions<OpenOptions> }
  | { readonly op: 'open'; readonly uri: string; readonly options: SentOptions<OpenOptions> }
  | { readonly op: 'seek'; readonly source: number; readonly timeMs: number }
  | { readonly op: 'close-source'; readonly source: number }
  | { readonly op: 'render'; readonly frame: number; readonly key: string; readonly request: PictureRequest }
  | { readonly op: 'create-writer'; readonly path: string; readonly options: SentOptions<WriterOptions> }
  | {
      readonly op: 'write';
      readonly writer: number;
      readonly pts: Pts;
      readonly number: number;
      readonly picture: SentPicture;
      readonly shapes?: FlatShapes;
    }
  | { readonly op: 'encode-image'; readonly picture: SentPicture; readonly format: ImageFormat }
  | { readonly op: 'create-composer' }
  | { readonly op: 'compose'; readonly composer: number; readonly parts: readonly SentPart[]; readonly composition: Composition }
  | { readonly op: 'close-composer'; readonly composer: number }
  | { readonly op: 'finish-writer'; readonly writer: number }
  | { readonly op: 'close-writer'; readonly writer: number };

/** Options without what cannot cross threads; `hears` says that log records are wanted. */
export type SentOptions<T> = Omit<T, 'log' | 'signal'> & { readonly hears: boolean };

/** A frame to write: one that the media thread holds, or packed RGB made elsewhere. */
export type SentPicture = { readonly frame: number } | { readonly rgb: Uint8Array; readonly size: Size };

/** A part of a composed picture. */
export interface SentPart extends Pick<PicturePart, 'at' | 'fill' | 'shade'> {
  readonly picture?: SentPicture;
  readonly shapes?: FlatShapes;
}

/** A frame that the steering thread closed, and the pictures made ahead for it that nobody looked at. */
export interface ClosedFrame {
  readonly frame: number;
  readonly unused: readonly string[];
}

/** From the steering thread. */
export type ToMedia =
  | { readonly kind: 'call'; readonly id: number; readonly call: Call }
  | { readonly kind: 'abort'; readonly id: number }
  | { readonly kind: 'frames'; readonly run: number; readonly source: number; readonly take: Take | undefined }
  | { readonly kind: 'stop'; readonly run: number }
  /** `count` frames were taken from the run and as many more may come. */
  | { readonly kind: 'more'; readonly run: number; readonly count: number; readonly closed: readonly ClosedFrame[] }
  | { readonly kind: 'end' };

/** A picture in memory that both threads see; `memory` comes with the first use of a slot. */
export interface SlotRef {
  readonly key: string;
  readonly slot: number;
  readonly memory?: SharedArrayBuffer;
}

/** A fault as plain data. */
export interface SentFault {
  readonly code: FaultCode;
  readonly message: string;
}

/** An error as it travels. */
export function sentFault(error: unknown): SentFault {
  const { code, message } = toFault(error, 'INTERNAL');
  return { code, message };
}

/** The way back from {@link sentFault}. */
export const receivedFault = ({ code, message }: SentFault): Fault => new Fault(code, message);

/** A frame that the media thread holds. */
export interface FrameNotice {
  readonly frame: number;
  readonly stream: string;
  readonly number: number;
  readonly ticks: bigint;
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly label: string;
  readonly pictures: readonly SlotRef[];
}

/** A notice as it travels: flat, since structured clone takes an object apart key by key. */
export type FlatNotice = readonly unknown[];

/** Fields of a notice before its pictures. */
const FIXED = 8;

/** The notice as it travels; each picture is key, slot and, once, its memory. */
export function flatNotice({ frame, stream, number, ticks, width, height, bytes, label, pictures }: FrameNotice): FlatNotice {
  const flat: unknown[] = [frame, stream, number, ticks, width, height, bytes, label];
  for (const { key, slot, memory } of pictures) flat.push(key, slot, memory);
  return flat;
}

/** The way back from {@link flatNotice}. */
export function readNotice(flat: FlatNotice): FrameNotice {
  const [frame, stream, number, ticks, width, height, bytes, label] = flat as [number, string, number, bigint, number, number, number, string];
  const pictures: SlotRef[] = [];
  for (let at = FIXED; at < flat.length; at += 3) {
    const [key, slot, memory] = [flat[at] as string, flat[at + 1] as number, flat[at + 2] as SharedArrayBuffer | undefined];
    pictures.push(memory ? { key, slot, memory } : { key, slot });
  }
  return { frame, stream, number, ticks, width, height, bytes, label, pictures };
}

/** To the steering thread. */
export type FromMedia =
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown; readonly fault?: undefined }
  | { readonly kind: 'reply'; readonly id: number; readonly fault: SentFault }
  | { readonly kind: 'frames'; readonly run: number; readonly notices: readonly FlatNotice[] }
  | { readonly kind: 'run-end'; readonly run: number; readonly losses: MediaLosses; readonly fault?: SentFault }
  | { readonly kind: 'log'; readonly id: number; readonly record: LogRecord };

/** Frames sent ahead of the reader. */
export const FRAMES_AHEAD = 4;

/** Frames told of in one message while the reader has others to go on with. */
export const FRAMES_A_MESSAGE = 2;
