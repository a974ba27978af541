import { AV_BUFFERSRC_FLAG_KEEP_REF, AV_BUFFERSRC_FLAG_PUSH, type AVBufferSrcFlag, type AVPixelFormat } from 'node-av/constants';
import { Filter, type FilterContext, FilterGraph, type Frame } from 'node-av/lib';
import { type Rect, type TimeBase, fail } from '../../core/index.js';
import { AGAIN, END, checked, libavText } from './calls.js';
import type { FrameStore } from './native-frames.js';

const PUSH_AND_KEEP = (AV_BUFFERSRC_FLAG_PUSH | AV_BUFFERSRC_FLAG_KEEP_REF) as AVBufferSrcFlag;

const filterOf = (name: string): Filter => Filter.getByName(name) ?? fail('UNSUPPORTED', `this build of libav has no filter "${name}"`);

/** True when this build of libav has the filter. */
export const hasFilter = (name: string): boolean => Filter.getByName(name) !== null;

/** What feeds a {@link FilterChain}: pictures of one size, format and colour. */
export function pictureFeed({ width, height, format, colorSpace, colorRange, sampleAspectRatio: pixel }: Frame, { num, den }: TimeBase): string {
  const shape = pixel.num > 0 ? `:sar=${pixel.num}/${pixel.den}` : '';
  return `buffer=video_size=${width}x${height}:pix_fmt=${format}:time_base=${num}/${den}:colorspace=${colorSpace}:range=${colorRange}${shape}`;
}

/** Filters in a row, from one feed to one sink. */
export class FilterChain implements Disposable {
  readonly #graph: FilterGraph;
  readonly #source: FilterContext;
  readonly #sink: FilterContext;
  /** Time base of what comes out. */
  readonly timeBase: TimeBase;

  /** Everything is in libav's own words, such as `transpose=clock`. @throws Fault UNSUPPORTED when it does not fit together */
  constructor(feed: string, filters: readonly string[], sink: 'buffersink' | 'abuffersink' = 'buffersink') {
    this.#graph = new FilterGraph();
    this.#graph.alloc();
    const contexts = [feed, ...filters, sink].map((description, i) => this.#add(description, `f${i}`));
    this.#source = contexts[0]!;
    this.#sink = contexts.at(-1)!;
    contexts.slice(1).forEach((context, i) => checked(contexts[i]!.link(0, context, 0), `linking filters ${filters.join(', ')}`));
    checked(this.#graph.configSync(), `filters ${filters.join(', ')} after ${feed}`, 'UNSUPPORTED');
    const { num, den } = this.#sink.buffersinkGetTimeBase();
    this.timeBase = { num, den };
  }

  #add(description: string, name: string): FilterContext {
    const [filter, ...options] = description.split('=');
    const context = this.#graph.createFilter(filterOf(filter!), name, options.join('=') || null);
    return context ?? fail('UNSUPPORTED', `libav refuses the filter "${description}"`);
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
