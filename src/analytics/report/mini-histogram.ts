import { scaleBand, scaleLinear } from 'd3-scale';
import type { Histogram } from '../histogram.js';
import { type Markup, html } from './markup.js';
import { px } from './plot-frame.js';
import { counted } from './wording.js';

/** What a small histogram shows. */
export interface MiniHistogram {
  readonly histogram: Histogram;
  /** Such as `Time in sight`. */
  readonly title: string;
  /** What is counted, such as `track`. */
  readonly of: string;
  /** An edge for reading. */
  readonly edge: (value: number) => string;
  /** The upper end, where values have one. */
  readonly end?: string;
}

const SIZE = { width: 250, height: 84, floor: 66 };

/** The bins that hold something, and one on each side of them. */
function shownBins(counts: readonly number[]): readonly number[] {
  const first = Math.max(0, counts.findIndex((value) => value > 0) - 1);
  const last = Math.min(counts.length - 1, counts.findLastIndex((value) => value > 0) + 1);
  return Array.from({ length: last - first + 1 }, (_, n) => first + n);
}

/** A histogram of bars, the edges of the first and last bin below them. */
export function miniHistogram({ histogram, title, of, edge, end }: MiniHistogram): Markup {
  const { edges, counts } = histogram;
  const shown = shownBins(counts);
  const x = scaleBand<number>(shown, [0, SIZE.width]).paddingInner(0.12);
  const y = scaleLinear([0, Math.max(1, ...counts)], [0, SIZE.floor - 6]);
  const upper = (bin: number): string | undefined => (bin + 1 < edges.length ? edge(edges[bin + 1]!) : end);
  const name = (bin: number): string => [edge(edges[bin]!), upper(bin) ?? 'more'].join(' to ');
  const bars = shown.map((bin) => {
    const height = counts[bin]! > 0 ? Math.max(2, y(counts[bin]!)) : 0;
    return html`<rect x="${px(x(bin)!)}" width="${px(x.bandwidth())}" y="${px(SIZE.floor - height)}" height="${px(height)}" rx="1.5"
      ><title>${name(bin)}: ${counted(counts[bin]!, of)}</title></rect
    >`;
  });
  const last = upper(shown.at(-1)!) ?? `${edge(edges.at(-1)!)}+`;
  return html`<div class="mini">
    <h4>${title}</h4>
    <svg role="img" aria-label="${title}: most often ${name(counts.indexOf(Math.max(...counts)))}" viewBox="0 0 ${SIZE.width} ${SIZE.height}">
      ${bars}
      <line class="axis" x1="0" x2="${SIZE.width}" y1="${SIZE.floor + 0.5}" y2="${SIZE.floor + 0.5}" />
      <text class="tick" x="0" y="${SIZE.height - 3}">${edge(edges[shown[0]!]!)}</text>
      <text class="tick" text-anchor="end" x="${SIZE.width}" y="${SIZE.height - 3}">${last}</text>
    </svg>
  </div>`;
}
