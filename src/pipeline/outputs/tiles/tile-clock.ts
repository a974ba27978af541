/** What is to be done next; see {@link TileClock.next}. */
export type TileStep =
  /** The waiting frame of the stream is shown from now on, and whoever brought it may go on. */
  | { readonly kind: 'show'; readonly stream: string }
  /** The picture of this tick is complete. */
  | { readonly kind: 'compose'; readonly tick: number };

interface Track {
  /** Time on the wall of the frame that waits, in milliseconds. */
  waitingMs?: number | undefined;
  /** What is added to the stream's own time. */
  shiftMs?: number;
  lastMs: number;
  /** Others do not wait for it. */
  quiet: boolean;
}

/** Half a millisecond: times that are meant to be the same differ by rounding. */
const NEAR_MS = 0.5;

/**
 * Decides which frames are seen on which picture of a wall, by the streams' own times: each stream begins at the wall's time of its joining,
 * and the picture of a tick shows of each the newest frame that is not later. So a picture is complete when every stream has brought a frame
 * beyond it, or is over. A stream that brings nothing holds the others up until it is said to be quiet; then they go on without it, and it
 * catches up when it comes back. Pure: no clock, no frames, one frame a stream waits at most.
 */
export class TileClock {
  readonly #tracks = new Map<string, Track>();
  readonly #stepMs: number;
  #tick = 0;
  /** Something is to be seen that no picture has shown yet. */
  #fresh = false;

  constructor(readonly frameRate: number) {
    this.#stepMs = 1000 / frameRate;
  }

  /** A stream joins, or comes back. */
  add(stream: string): void {
    this.#tracks.set(stream, { lastMs: -Infinity, quiet: false });
  }

  /** A stream is over; others no longer wait for it. A frame of it that waits is not shown. */
  end(stream: string): void {
    if (this.#tracks.delete(stream)) this.#fresh = true;
  }

  /** The next frame of a stream waits, of that time. The frame before must have been shown. */
  offer(stream: string, timeMs: number): void {
    const track = this.#tracks.get(stream);
    if (!track) return;
    track.quiet = false;
    const isBack = track.shiftMs !== undefined && timeMs + track.shiftMs < track.lastMs - NEAR_MS;
    // Time that goes back, as that of a clip that begins again, goes on after the frame before.
    if (isBack) track.shiftMs = Math.max(this.#nowMs, track.lastMs + this.#stepMs) - timeMs;
    track.shiftMs ??= this.#nowMs - timeMs;
    track.waitingMs = timeMs + track.shiftMs;
    track.lastMs = track.waitingMs;
  }

  /** What is to be done next; undefined when there is nothing until something more comes. */
  next(): TileStep | undefined {
    for (const [stream, track] of this.#tracks) {
      if (track.waitingMs === undefined || track.waitingMs > this.#nowMs + NEAR_MS) continue;
      track.waitingMs = undefined;
      this.#fresh = true;
      return { kind: 'show', stream };
    }
    if (!this.#isComplete()) return undefined;
    this.#fresh = false;
    return { kind: 'compose', tick: this.#tick++ };
  }

  /** Streams that the next picture waits for, while others wait for that picture. */
  get awaited(): readonly string[] {
    const tracks = [...this.#tracks];
    if (!tracks.some(([, { waitingMs }]) => waitingMs !== undefined)) return [];
    return tracks.filter(([, { waitingMs, quiet }]) => waitingMs === undefined && !quiet).map(([stream]) => stream);
  }

  /** Nobody waits for these any more, until they bring a frame again. */
  quiet(streams: readonly string[]): void {
    for (const stream of streams) {
      const track = this.#tracks.get(stream);
      if (track) track.quiet = true;
    }
  }

  get #nowMs(): number {
    return this.#tick * this.#stepMs;
  }

  #isComplete(): boolean {
    // The last picture, of all that was brought.
    if (this.#tracks.size === 0) return this.#fresh;
    let waits = false;
    for (const { waitingMs, quiet } of this.#tracks.values()) {
      if (waitingMs === undefined && !quiet) return false;
      waits ||= waitingMs !== undefined;
    }
    return waits;
  }
}
