import type { Attribute, Box, Frame, Log, PictureRequest, Pts, Size, TensorOf } from '../../core/index.js';
import type { RgbImage } from '../../media/index.js';
import type { Shape } from '../../vision/index.js';

/** An object of another node, as an algorithm sees it on one frame. Plain data. */
export interface AlgorithmObject {
  /** The node that found it. */
  readonly node: string;
  readonly label: string;
  readonly classId: number;
  /** 0 to 1. */
  readonly confidence: number;
  /** Pixels of the displayed frame. */
  readonly box: Box;
  /** Identity over time; there when the node that is read is a tracker, or reads one. */
  readonly trackId?: number;
  /** What the nodes that are read say of it. */
  readonly attributes: readonly Attribute[];
}

/** Something said of an object: `{ name: 'colour', value: 'red', confidence: 0.9 }`. */
export type SaidAttribute = Pick<Attribute, 'name' | 'value' | 'confidence'>;

/** An object that an algorithm found. */
export interface NewObject {
  readonly label: string;
  /** Pixels of the displayed frame; what lies outside is cut. */
  readonly box: Box;
  /** 0 to 1; 1 when absent. */
  readonly confidence?: number;
  /** Number of its class, from 0; 0 when absent. Trackers keep classes apart by it. */
  readonly classId?: number;
  readonly attributes?: readonly SaidAttribute[];
}

/** Which numbers {@link AlgorithmFrame.tensor} makes of a frame; each has a default. */
export interface FrameTensorRequest {
  /** Pixels; the frame's own when absent, in proportion where only one of the two is given. */
  readonly width?: number;
  readonly height?: number;
  /** Order of the channels; `rgb` when absent. */
  readonly order?: PictureRequest['order'];
  /** `planar` ([1, C, H, W]) when absent, or `packed` ([1, H, W, C]). */
  readonly layout?: PictureRequest['layout'];
  /** Subtracted from each byte (0 to 255); 0 when absent. */
  readonly mean?: number;
  /** Divides what is left; 255 when absent, so that numbers are from 0 to 1. */
  readonly std?: number;
  /** Name of the tensor; `images` when absent. */
  readonly name?: string;
}

/**
 * A frame as an algorithm sees it. Everything that holds pixels is borrowed: it may be read, not written, until `run` settles, and is given
 * back then. Copy what is to be kept.
 */
export interface AlgorithmFrame {
  /** 0-based position in its stream. */
  readonly number: number;
  /** Presentation time, exact. */
  readonly pts: Pts;
  /** Presentation time in milliseconds. */
  readonly timeMs: number;
  /** Size as displayed, in pixels. */
  readonly size: Size;
  /** Objects that the nodes it reads gave on this frame, in their order; empty for one that reads frames. */
  readonly objects: readonly AlgorithmObject[];
  /** The picture, perhaps in memory that other readers share. @throws Fault INVALID_ARGUMENT when a rectangle lies outside the frame; FAILED_PRECONDITION after the run */
  picture(request: PictureRequest): Promise<Uint8Array>;
  /** The whole frame as packed RGB ([H, W, 3]); in proportion where only one side is given. Borrowed as `picture`. @throws Fault as `picture` */
  rgb(size?: Partial<Size>): Promise<RgbImage>;
  /** The whole frame as numbers for a network, stretched to the size; the caller's own memory. @throws Fault as `picture` */
  tensor(request?: FrameTensorRequest): Promise<TensorOf<'FP32'>>;
  /** The same as bytes, without `mean` and `std`. Borrowed as `picture`. @throws Fault as `picture` */
  byteTensor(request?: Omit<FrameTensorRequest, 'mean' | 'std'>): Promise<TensorOf<'UINT8'>>;
  /** The frame of the pipeline, borrowed; `retain()` keeps it longer. @throws Fault UNSUPPORTED in a thread of its own (`isolate`) */
  readonly frame: Frame;
}

/** What an algorithm learns of where it works. */
export interface AlgorithmContext {
  /** Name of the stream; each stream has an instance of its own. */
  readonly stream: string;
  /** Name of the node. */
  readonly node: string;
  readonly log: Log;
  /** Aborted when the stream ends; in a run also when its time (`timeoutMs`) is over. */
  readonly signal: AbortSignal;
}

/** What a run can do to the newest of its frames, beside giving a result. With `wait: false` the frame has gone on: only `draw` works, on the frame that the value comes out with. */
export interface RunContext extends AlgorithmContext {
  /** Adds an object to the frame: it enters the results, and other nodes can follow it and look at it. @throws Fault INVALID_ARGUMENT, FAILED_PRECONDITION */
  add(object: NewObject): void;
  /** Says something of an object of the newest frame, in its attributes. @throws Fault INVALID_ARGUMENT for an object of another frame; FAILED_PRECONDITION */
  say(object: AlgorithmObject, attributes: readonly SaidAttribute[] | Readonly<Record<string, string | number>>): void;
  /** Draws on the frame in video outputs, above everything else, in pixels of the displayed frame. */
  draw(...shapes: readonly Shape[]): void;
  /** Outputs show and record this in place of the frame. A `Frame` is taken over; the bytes of an image are copied. @throws Fault INVALID_ARGUMENT, FAILED_PRECONDITION */
  replace(picture: Frame | RgbImage): void;
}

/**
 * An algorithm of one's own. One instance works on one stream: `init` once, `run` again and again, never twice at a time, then `close`.
 * What `run` gives is plain data (null, booleans, finite numbers, texts, lists and plain objects of these): it is the node's value on the
 * frame, copied at once. A `run` that throws fails neither the frame nor other nodes; see `onError`.
 */
export interface Algorithm<Result = unknown, Settings = Readonly<Record<string, unknown>>> {
  /** Called before the first frame, with `settings` of the node. What it throws fails opening. */
  init?(settings: Settings, context: AlgorithmContext): void | Promise<void>;
  /** Called with `frameCount` frames, oldest first (fewer with `whenShort: partial`). */
  run(frames: readonly AlgorithmFrame[], context: RunContext): Result | Promise<Result>;
  /** Called once at the end, when no run is under way. */
  close?(): void | Promise<void>;
}

/** A class of algorithms. */
export type AlgorithmClass<Result = unknown, Settings = Readonly<Record<string, unknown>>> = new () => Algorithm<Result, Settings>;

/** What makes an algorithm: its class, or a function that gives an instance for each stream. */
export type AlgorithmMaker<Result = unknown, Settings = Readonly<Record<string, unknown>>> =
  | AlgorithmClass<Result, Settings>
  | (() => Algorithm<Result, Settings>);

/** What `run` of a class of algorithms gives: `result.value<ResultOf<typeof Brightness>>('light')`. */
export type ResultOf<Class extends AlgorithmClass> = Awaited<ReturnType<InstanceType<Class>['run']>>;

/** Classes have a prototype that cannot be replaced; functions that stand for a class have `run` on theirs. */
function isClass(maker: AlgorithmMaker): maker is AlgorithmClass {
  const prototype = Object.getOwnPropertyDescriptor(maker, 'prototype');
  return prototype !== undefined && (prototype.writable === false || typeof (prototype.value as Partial<Algorithm> | undefined)?.run === 'function');
}

/** A new instance. @throws whatever the constructor throws */
export function makeAlgorithm(maker: AlgorithmMaker): Algorithm {
  return isClass(maker) ? new maker() : maker();
}
