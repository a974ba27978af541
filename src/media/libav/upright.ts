import { AV_FRAME_FLAG_INTERLACED, AVCOL_SPC_BT709, AVCOL_SPC_SMPTE170M, AVCOL_SPC_UNSPECIFIED, type AVPixelFormat } from 'node-av/constants';
import type { Frame } from 'node-av/lib';
import { type TimeBase, rescale } from '../../core/index.js';
import { type Orientation, uprightFilters } from './display-matrix.js';
import { FilterChain, hasFilter, pictureFeed } from './filters.js';
import { hdrOf } from './info.js';
import type { FrameStore } from './native-frames.js';
import { pixelFormatOf } from './pixel-format.js';

/** HD without a colour matrix is BT.709, SD is BT.601: what browsers and players assume. */
function nameColours(frame: Frame): void {
  if (frame.colorSpace !== AVCOL_SPC_UNSPECIFIED) return;
  frame.colorSpace = frame.height >= 720 || frame.width >= 1280 ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M;
}

/** HDR to BT.709 SDR with the BT.2390 curve; `tonemapx` does it with SIMD, `zscale` and `tonemap` where that filter is missing. */
function toneFilters(): readonly string[] {
  if (hasFilter('tonemapx')) return ['tonemapx=tonemap=bt2390:desat=0:peak=100:t=bt709:m=bt709:p=bt709:format=yuv420p:range=tv'];
  const linear = ['zscale=t=linear:npl=100', 'format=gbrpf32le', 'zscale=p=bt709', 'tonemap=tonemap=hable:desat=0'];
  return [...linear, 'zscale=t=bt709:m=bt709:r=tv', 'format=yuv420p'];
}

/** The filters that this frame needs before anyone sees it; none for most. */
function filtersFor(frame: Frame, orientation: Orientation): string[] {
  const filters: string[] = [];
  const format = pixelFormatOf(frame.format as AVPixelFormat);
  if (frame.flags & AV_FRAME_FLAG_INTERLACED) filters.push('bwdif=mode=send_frame:parity=auto:deint=interlaced');
  if (hdrOf(frame.colorTrc)) filters.push(...toneFilters());
  if (format.alpha) filters.push('format=yuva420p|yuva422p|yuva444p|gbrap|yuva420p10|yuva444p10|gbrap10|gbrap12|ya8', 'premultiply=inplace=1');
  filters.push(...uprightFilters(orientation));
  return filters;
}

/**
 * Makes decoded frames fit to be seen: deinterlaced, tone-mapped, over black where transparent, upright. Frames that need none of it
 * pass through untouched. The number of frames and their pts stay as they are.
 */
export class Upright implements Disposable {
  #chain: FilterChain | null = null;
  #key = '';
  constructor(
    readonly timeBase: TimeBase,
    readonly orientation: Orientation,
    readonly store: FrameStore,
  ) {}

  /** Takes ownership of `frame`; answers with no, one or several frames in order. */
  async push(frame: Frame): Promise<Frame[]> {
    nameColours(frame);
    const key = this.#keyOf(frame);
    const earlier = key === this.#key ? [] : await this.#change(frame, key);
    if (!this.#chain) return [...earlier, frame];
    const made = await this.#chain.push(frame, this.store);
    this.store.give(frame);
    return [...earlier, ...this.#timed(made)];
  }

  /** The frames still held back, at the end. */
  async flush(): Promise<Frame[]> {
    if (!this.#chain) return [];
    const rest = this.#timed(await this.#chain.push(null, this.store));
    this[Symbol.dispose]();
    return rest;
  }

  /** What the filters depend on. Once a stream was interlaced its progressive frames take the same way, so that none overtakes another. */
  #keyOf(frame: Frame): string {
    const interlaced = (frame.flags & AV_FRAME_FLAG_INTERLACED) !== 0 || this.#key.endsWith('i');
    return `${frame.width}x${frame.height} ${frame.format} ${frame.colorTrc} ${frame.colorSpace} ${frame.colorRange} ${interlaced ? 'i' : 'p'}`;
  }

  async #change(frame: Frame, key: string): Promise<Frame[]> {
    const rest = await this.flush();
    const filters = filtersFor(frame, this.orientation);
    if (filters.length > 0) this.#chain = new FilterChain(pictureFeed(frame, this.timeBase), filters);
    this.#key = key;
    return rest;
  }

  #timed(frames: Frame[]): Frame[] {
    const from = this.#chain?.timeBase ?? this.timeBase;
    if (from.num === this.timeBase.num && from.den === this.timeBase.den) return frames;
    for (const frame of frames) frame.pts = rescale({ ticks: frame.pts, timeBase: from }, this.timeBase).ticks;
    return frames;
  }

  [Symbol.dispose](): void {
    this.#chain?.[Symbol.dispose]();
    this.#chain = null;
    this.#key = '';
  }
}
