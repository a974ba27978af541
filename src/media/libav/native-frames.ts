import type { AVPixelFormat } from 'node-av/constants';
import { Frame } from 'node-av/lib';
import type { Size } from '../../core/index.js';
import { checked } from './calls.js';

/** An empty native frame. */
export function emptyFrame(): Frame {
  const frame = new Frame();
  frame.alloc();
  return frame;
}

/** A native frame with a buffer; `align` 1 gives rows without gaps. */
export function pictureFrame(format: AVPixelFormat, { width, height }: Size, align = 0): Frame {
  const frame = emptyFrame();
  frame.format = format;
  frame.width = width;
  frame.height = height;
  checked(frame.getBuffer(align), `a picture of ${width}x${height}`, 'RESOURCE_EXHAUSTED');
  return frame;
}

/** Native frames kept for reuse: making one costs more than emptying it. */
export class FrameStore {
  #idle: Frame[] = [];
  #closed = false;
  constructor(readonly limit = 12) {}

  take(): Frame {
    return this.#idle.pop() ?? emptyFrame();
  }

  /** Gives up the picture in `frame` and keeps the shell, or frees it. */
  give(frame: Frame): void {
    if (this.#closed || this.#idle.length >= this.limit) {
      frame.free();
      return;
    }
    frame.unref();
    this.#idle.push(frame);
  }

  /** Frees what is idle; frames that come back later are freed at once. */
  close(): void {
    this.#closed = true;
    for (const frame of this.#idle.splice(0)) frame.free();
  }
}
