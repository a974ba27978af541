import type { FrameResult } from '../../frame-result.js';

/** Makes the pictures of a wall, each by its tick: the picture of tick n is seen n ticks after the first. One at a time. */
export type Deliver = (tick: number) => Promise<void>;

/** Decides when a wall shows what, and when its pictures are made. Disposing lets whoever waits go on, and settles when no picture is being made any more. */
export interface WallPace extends AsyncDisposable {
  add(stream: string): void;
  /** The stream is over; nothing waits for it any more. */
  end(stream: string): void;
  /** Settles when the stream may bring its next result. @throws what making a picture failed with */
  write(result: FrameResult): Promise<void>;
  /** Every stream is over: settles when the last picture is made. @throws what making a picture failed with */
  finish(): Promise<void>;
}
