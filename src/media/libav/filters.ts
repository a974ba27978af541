import { AV_BUFFERSRC_FLAG_KEEP_REF, AV_BUFFERSRC_FLAG_PUSH, type AVBufferSrcFlag, type AVPixelFormat } from 'node-av/constants';
import { Filter, type FilterContext, FilterGraph, type Frame } from 'node-av/lib';
import { type Rect, type TimeBase, fail } from '../../core/index.js';
import { AGAIN, END, checked, libavText } from './calls.js';
import type { FrameStore } from './native-frames.js';

const PUSH_AND_KEEP = (AV_BUFFERSRC_FLAG_PUSH | AV_BUFFERSRC_FLAG_KEEP_REF) as AVBufferSrcFlag;

const filterOf = (name: string): Filter => Filter.getByName(name) ?? fail('UNSUPPORTED', `this build of libav has no filter "${name}"`);

/** True when this build of libav has the filter. */
export const hasFilter = (name: string): boolean => Filter.getByName(name) !== null;

/** A chain of filters from one picture to the next; made for frames of one size, format and colour. */
export class FilterChain implements Disposable {
  readonly #graph: FilterGraph;
  readonly #source: FilterContext;
  readonly #sink: FilterContext;
  /** Time base of what comes out. */
  readonly timeBase: TimeBase;

  /** `filters` are libav's own descriptions, such as `transpose=clock`. @throws Fault UNSUPPORTED when they do not fit the frame */
  constructor(like: Frame, timeBase: TimeBase, filters: readonly string[]) {
    this.#graph = new FilterGraph();
    this.#graph.alloc();
    const add = (description: string, name: string): FilterContext => {
      const [filter, ...options] = description.split('=');
      const context = this.#graph.createFilter(filterOf(filter!), name, options.join('=') || null);
      return context ?? fail('UNSUPPORTED', `libav refuses the filter "${description}"`);
    };
    const colour = `colorspace=${like.colorSpace}:range=${like.colorRange}`;
    const shape = `video_size=${like.width}x${like.height}:pix_fmt=${like.format}:time_base=${timeBase.num}/${timeBase.den}`;
    this.#source = add(`buffer=${shape}:${colour}`, 'in');
    let last = this.#source;
    filters.forEach((description, i) => {
      const next = add(description, `f${i}`);
      checked(last.link(0, next, 0), `linking "${description}"`);
      last = next;
    });
    this.#sink = add('buffersink', 'out');
    checked(last.link(0, this.#sink, 0), 'linking the end of the filters');
    checked(this.#graph.configSync(), `filters ${filters.join(', ')} on ${like.width}x${like.height}`, 'UNSUPPORTED');
    const { num, den } = this.#sink.buffersinkGetTimeBase();
    this.timeBase = { num, den };
  }

  /** Filters off this thread; the caller keeps `frame` (null flushes) and owns what comes out. */
  async push(frame: Frame | null, store: FrameStore): Promise<Frame[]> {
    const sent = await this.#source.buffersrcAddFrame(frame, PUSH_AND_KEEP);
    if (sent < 0 && sent !== END) fail('INPUT_CORRUPT', `filtering failed: ${libavText(sent)}`);
    return this.#collect(store);
  }

  #collect(store: FrameStore): Frame[] {
    const out: Frame[] = [];
    for (;;) {
      const frame = store.take();
      const got = this.#sink.buffersinkGetFrameSync(frame);
      if (got >= 0) {
        out.push(frame);
        continue;
      }
      store.give(frame);
      if (got === AGAIN || got === END) return out;
      fail('INPUT_CORRUPT', `filtering failed: ${libavText(got)}`);
    }
  }

  [Symbol.dispose](): void {
    this.#graph.free();
  }
}

/** Cuts rectangles out of frames of one size and format without copying: only pointers move. Synchronous, about 30 us. */
export class Cropper implements Disposable {
  readonly #graph: FilterGraph;
  readonly #source: FilterContext;
  readonly #sink: FilterContext;

  constructor(width: number, height: number, format: AVPixelFormat) {
    this.#graph = new FilterGraph();
    this.#graph.alloc();
    const source = this.#graph.createFilter(filterOf('buffer'), 'in', `video_size=${width}x${height}:pix_fmt=${format}:time_base=1/1000`);
    const crop = this.#graph.createFilter(filterOf('crop'), 'crop', 'w=iw:h=ih:x=0:y=0:exact=1');
    const sink = this.#graph.createFilter(filterOf('buffersink'), 'out', null);
    if (!source || !crop || !sink) fail('UNSUPPORTED', `libav cannot crop pictures of ${width}x${height}`);
    source.link(0, crop, 0);
    crop.link(0, sink, 0);
    checked(this.#graph.configSync(), `cropping ${width}x${height}`);
    this.#source = source;
    this.#sink = sink;
  }

  /** Puts the rectangle of `from` into the empty `into`; x and y must be multiples of the chroma distance. */
  crop(from: Frame, into: Frame, rect: Rect): void {
    // The size goes first, at the origin, or the rectangle of the call before could reach outside together with the new one.
    this.#order('x', 0);
    this.#order('y', 0);
    this.#order('w', rect.width);
    this.#order('h', rect.height);
    this.#order('x', rect.x);
    this.#order('y', rect.y);
    checked(this.#source.buffersrcAddFrameSync(from, PUSH_AND_KEEP), 'cropping');
    checked(this.#sink.buffersinkGetFrameSync(into), 'cropping');
    into.colorSpace = from.colorSpace;
    into.colorRange = from.colorRange;
  }

  #order(command: string, value: number): void {
    const result = this.#graph.sendCommand('crop', command, String(value));
    if (typeof result === 'number') checked(result, `crop ${command}=${value}`);
  }

  [Symbol.dispose](): void {
    this.#graph.free();
  }
}
