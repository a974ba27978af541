import type { Size } from './box.js';
import { fail } from './fault.js';
import { pictureBytes, type PictureRequest, type Pixels } from './picture.js';
import type { Pts } from './pts.js';

/** Counts the frames that share one set of pixels. */
class Shared {
  #holders = 1;
  constructor(readonly pixels: Pixels) {}
  retain(): this {
    this.#holders++;
    return this;
  }
  release(): void {
    if (--this.#holders === 0) this.pixels.free();
  }
}

/** What is known of a frame besides its pixels. */
export interface FrameInfo {
  /** Stream the frame belongs to. */
  readonly stream: string;
  /** 0-based position in its stream, in presentation order. */
  readonly number: number;
  readonly pts: Pts;
  /** Size as displayed: rotated, with square pixels not enforced. */
  readonly size: Size;
}

/** A frame that was collected without being closed. */
export interface FrameLeak {
  readonly label: string;
  readonly holder: string;
}

type LeakListener = (leak: FrameLeak) => void;
const listeners = new Set<LeakListener>();
let warnedAtMs = -Infinity;
let unreported = 0;
let live = 0;

function warnOfLeak({ label, holder }: FrameLeak): void {
  unreported++;
  const nowMs = performance.now();
  if (nowMs - warnedAtMs < 1000) return;
  warnedAtMs = nowMs;
  process.emitWarning(`${label} (held by ${holder}) was garbage-collected without close(); ${unreported} so far`, { code: 'OCELLUS_FRAME_LEAK' });
  unreported = 0;
}

const alarm = new FinalizationRegistry<{ shared: Shared; holder: string }>(({ shared, holder }) => {
  live--;
  const leak = { label: shared.pixels.label, holder };
  shared.release();
  if (listeners.size === 0) warnOfLeak(leak);
  for (const listener of listeners) listener(leak);
});

/** Calls `listener` for each frame lost without `close()`, instead of a process warning (at most one a second). Returns the way out. */
export function onFrameLeak(listener: LeakListener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** Frames open at this moment in this thread; tests end with 0. */
export function liveFrames(): number {
  return live;
}

/**
 * A decoded picture. Whoever pulls it closes it (`using` does); to keep it past your turn, `retain()` it.
 * A frame lost without `close()` raises the leak alarm, which names the frame and its holder, and its memory is given back then.
 */
export class Frame implements Disposable {
  #shared: Shared | null;
  readonly info: FrameInfo;

  private constructor(
    shared: Shared,
    info: FrameInfo,
    readonly holder: string,
  ) {
    this.#shared = shared;
    this.info = info;
    live++;
    alarm.register(this, { shared, holder }, this);
  }

  /** Takes ownership of `pixels`. `holder` names the owner in the leak alarm. */
  static of(pixels: Pixels, info: FrameInfo, holder = 'source'): Frame {
    return new Frame(new Shared(pixels), info, holder);
  }

  get stream(): string {
    return this.info.stream;
  }
  get number(): number {
    return this.info.number;
  }
  get pts(): Pts {
    return this.info.pts;
  }
  get size(): Size {
    return this.info.size;
  }
  get closed(): boolean {
    return this.#shared === null;
  }

  /** The adapter's own pixels; valid until this frame is closed. @throws Fault INTERNAL after `close()` */
  get pixels(): Pixels {
    return this.#open().pixels;
  }

  /** A second frame on the same pixels; copies nothing. Both must be closed. `changes` may give it another number or stream. */
  retain(holder = this.holder, changes: Partial<FrameInfo> = {}): Frame {
    return new Frame(this.#open().retain(), { ...this.info, ...changes }, holder);
  }

  /**
   * Scales and converts, off the calling thread where the adapter can; the frame stays open until it is done.
   * Writes into `into`, or into a new array; returns it.
   */
  async render(request: PictureRequest, into?: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
    const want = pictureBytes(request);
    const target = into ?? new Uint8Array(want);
    if (target.length !== want)
      fail('INVALID_ARGUMENT', `a ${request.size.width}x${request.size.height} ${request.order} picture takes ${want} bytes, got ${target.length}`);
    const shared = this.#open().retain();
    try {
      await shared.pixels.render(request, target);
    } finally {
      shared.release();
    }
    return target;
  }

  /**
   * The picture to read only, and only until the frame is closed, which the caller must not do before this settles: in the adapter's own,
   * perhaps shared, memory where it has one, else rendered into what `allocate` gives.
   */
  picture(request: PictureRequest, allocate: (bytes: number) => Uint8Array<ArrayBuffer> = (bytes) => new Uint8Array(bytes)): Promise<Uint8Array> {
    const { pixels } = this.#open();
    return pixels.borrow ? pixels.borrow(request) : this.render(request, allocate(pictureBytes(request)));
  }

  /** Gives up this holder's share; the last one frees the pixels. May be called again. */
  close(): void {
    const shared = this.#shared;
    if (shared === null) return;
    this.#shared = null;
    live--;
    alarm.unregister(this);
    shared.release();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  #open(): Shared {
    return this.#shared ?? fail('INTERNAL', `frame ${this.info.number} of ${this.info.stream} was used after close() by ${this.holder}`);
  }
}
