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
}

const SIZE = { width: 280, height: 84, floor: 66 };

/** Empty bins at the end are left out, with one beyond the last that holds something. */
function filledBins({ counts }: Histogram): number {
  return Math.max(3, counts.findLastIndex((value) => value > 0) + 1);
}

/** A histogram of bars, the edges of the first and last bin below them. */
export function miniHistogram({ histogram, title, of, edge }: MiniHistogram): Markup {
  const bins = filledBins(histogram);
  const { edges, counts } = histogram;
  const first = Math.min(
    bins - 1,
    Math.max(
      0,
      counts.findIndex((value) => value > 0),
    ),
  );
  const shown = Array.from({ length: bins - first }, (_, n) => first + n);
  const x = scaleBand<number>(shown, [0, SIZE.width]).paddingInner(0.12);
  const y = scaleLinear([0, Math.max(1, ...counts)], [0, SIZE.floor - 6]);
  const name = (bin: number): string =>
    bin + 1 < edges.length ? `${edge(edges[bin]!)} to ${edge(edges[bin + 1]!)}` : `${edge(edges[bin]!)} and more`;
  const bars = shown.map((bin) => {
    const height = counts[bin]! > 0 ? Math.max(2, y(counts[bin]!)) : 0;
    return html`<rect x="${px(x(bin)!)}" width="${px(x.bandwidth())}" y="${px(SIZE.floor - height)}" height="${px(height)}" rx="1.5"
      ><title>${name(bin)}: ${counted(counts[bin]!, of)}</title></rect
    >`;
  });
  const last = edges[bins] === undefined ? `${edge(edges[bins - 1]!)}+` : edge(edges[bins]!);
  return html`<div class="mini">
    <h4>${title}</h4>
    <svg role="img" aria-label="${title}: most often ${name(counts.indexOf(Math.max(...counts)))}" viewBox="0 0 ${SIZE.width} ${SIZE.height}">
      ${bars}
      <line class="axis" x1="0" x2="${SIZE.width}" y1="${SIZE.floor + 0.5}" y2="${SIZE.floor + 0.5}" />
      <text class="tick" x="0" y="${SIZE.height - 3}">${edge(edges[first]!)}</text>
      <text class="tick" text-anchor="end" x="${SIZE.width}" y="${SIZE.height - 3}">${last}</text>
    </svg>
  </div>`;
}
