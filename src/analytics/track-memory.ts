/** What is remembered of tracks, in bounded memory: a track that was not seen for a while is forgotten. */
export interface TrackMemory<T> {
  /** The state of a track seen at `timeMs`; made on its first sight. */
  touch(key: string, timeMs: number): T;
  /** The state of a track, without touching it. */
  peek(key: string): T | undefined;
  /** Forgets what was not seen for long enough at `timeMs`, and everything when time went back. */
  prune(timeMs: number): void;
  /** What is remembered now, longest unseen first. */
  values(): IterableIterator<T>;
  /** Forgets every track. */
  clear(): void;
  readonly size: number;
}

/** What a {@link TrackMemory} is made of. */
export interface TrackMemoryOptions<T> {
  readonly create: () => T;
  /** Milliseconds of video after which an unseen track is forgotten; trackers give a lost track up long before the default of a minute. */
  readonly forgetAfterMs?: number;
  /** Most tracks at a time; the longest unseen goes first. */
  readonly limit?: number;
  /** Told of each state that is forgotten. */
  readonly onForget?: (state: T) => void;
}

/** How far time may step back before it counts as a new beginning, after which a tracker numbers from 1 again. */
const STEP_BACK_MS = 1000;

/**
 * A memory of tracks in order of their last sight, so that forgetting looks at the front only.
 */
export function createTrackMemory<T>({ create, forgetAfterMs = 60_000, limit = 10_000, onForget }: TrackMemoryOptions<T>): TrackMemory<T> {
  const tracks = new Map<string, { state: T; seenMs: number }>();
  let nowMs = -Infinity;

  const forget = (key: string, state: T): void => {
    tracks.delete(key);
    onForget?.(state);
  };
  const clear = (): void => {
    for (const [key, { state }] of tracks) forget(key, state);
  };

  return {
    get size() {
      return tracks.size;
    },
    touch(key, timeMs) {
      const known = tracks.get(key);
      const entry = { state: known ? known.state : create(), seenMs: timeMs };
      if (known) tracks.delete(key);
      tracks.set(key, entry);
      return entry.state;
    },
    peek: (key) => tracks.get(key)?.state,
    prune(timeMs) {
      if (timeMs < nowMs - STEP_BACK_MS) clear();
      nowMs = timeMs;
      for (const [key, { state, seenMs }] of tracks) {
        if (tracks.size <= limit && timeMs - seenMs <= forgetAfterMs) break;
        forget(key, state);
      }
    },
    *values() {
      for (const { state } of tracks.values()) yield state;
    },
    clear,
  };
}
