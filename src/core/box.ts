/** Width and height in whole pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A position in pixels, origin top-left. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Pixels of the displayed frame, origin top-left; x2 and y2 are exclusive. */
export interface Box {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
}

/** A rectangle of whole pixels by its top-left corner and size: where pixels are read from or written to. */
export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}
