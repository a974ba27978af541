import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { type Content, type Markup, html } from './markup.js';
import { count, videoTime } from './wording.js';

/** How wide a plot is drawn: text keeps its size, so each plot is drawn once for phones, for tablets and for desktops. */
export interface PlotWidth {
  readonly px: number;
  readonly className: 'small' | 'medium' | 'large';
}

/** The widths of all plots; the style shows one of them. */
export const PLOT_WIDTHS: readonly PlotWidth[] = [
  { px: 330, className: 'small' },
  { px: 620, className: 'medium' },
  { px: 1010, className: 'large' },
];

/** A plot at each width. */
export const atEachWidth = (draw: (width: PlotWidth) => Markup): Markup =>
  html`${PLOT_WIDTHS.map((width) => html`<div class="at-${width.className}">${draw(width)}</div>`)}`;

/** A number in SVG: a tenth of a pixel is fine enough. */
export const px = (value: number): string => String(Math.round(value * 10) / 10);

/** The area of a plot between its axes, in pixels of the drawing. */
export interface PlotFrame {
  readonly width: number;
  readonly height: number;
  readonly x: ScaleLinear<number, number>;
  readonly y: ScaleLinear<number, number>;
}

const MARGIN = { left: 34, right: 12, top: 10, bottom: 30 };

/** A frame over `[0, endMs]` of video time and the given range of values. */
export function plotFrame(width: number, height: number, endMs: number, values: readonly [number, number]): PlotFrame {
  return {
    width,
    height,
    x: scaleLinear([0, Math.max(1, endMs)], [MARGIN.left, width - MARGIN.right]),
    y: scaleLinear(values, [height - MARGIN.bottom, MARGIN.top]).nice(4),
  };
}

const TIME_STEPS_S = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];

/** Round times from zero to `endMs`, at most `most` of them besides zero. */
export function timeTicks(endMs: number, most: number): readonly number[] {
  const stepMs = (TIME_STEPS_S.find((step) => endMs / (step * 1000) <= most) ?? Math.ceil(endMs / 86_400_000 / most) * 86_400) * 1000;
  return Array.from({ length: Math.floor(endMs / stepMs) + 1 }, (_, n) => n * stepMs);
}

/** The plot's picture: grid, axes and what is drawn between them. `label` is read to those who can't see it. */
export function plotPicture({ width, height, x, y }: PlotFrame, label: string, inside: Content): Markup {
  const [left, right] = x.range() as [number, number];
  const levels = y.ticks(4).filter(Number.isInteger);
  const grid = levels.map(
    (level) =>
      html`<line class="grid" x1="${px(left)}" x2="${px(right)}" y1="${px(y(level))}" y2="${px(y(level))}" /><text
          class="tick"
          text-anchor="end"
          x="${px(left - 6)}"
          y="${px(y(level) + 4)}"
          >${count(Math.abs(level))}</text
        >`,
  );
  const times = timeTicks(x.domain()[1]!, Math.max(3, Math.floor(width / 90))).map((ms) => {
    const anchor = ms === 0 ? 'start' : x(ms) > right - 14 ? 'end' : 'middle';
    return html`<text class="tick" text-anchor="${anchor}" x="${px(x(ms))}" y="${height - 6}">${videoTime(ms)}</text>`;
  });
  return html`<svg class="plot" role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}">
    <title>${label}</title>
    ${grid}${inside}
    <line class="axis" x1="${px(left)}" x2="${px(right)}" y1="${px(y(0))}" y2="${px(y(0))}" />
    ${times}
  </svg>`;
}
