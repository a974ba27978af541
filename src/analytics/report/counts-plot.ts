import { area, curveMonotoneX, line } from 'd3-shape';
import { FRAME_SERIES, type StreamStatistics, objectSeries } from '../run-statistics.js';
import { displayBins } from './display-bins.js';
import { type Markup, html } from './markup.js';
import { atEachWidth, plotFrame, plotPicture } from './plot-frame.js';
import { brief, plural, videoTime } from './wording.js';

/** Classes drawn apart; more lines than these cannot be told apart. */
const MOST_SERIES = 5;

/** Objects in sight of a class: the mean over the frames of each bin. */
interface Series {
  readonly label: string;
  readonly means: readonly number[];
}

function seriesOf({ labels, overTime }: StreamStatistics, most: number): { series: Series[]; startsMs: readonly number[]; binMs: number } {
  const { startsMs, binMs, sums } = displayBins(overTime, most);
  const frames = sums(FRAME_SERIES);
  const series = labels
    .slice(0, MOST_SERIES)
    .map(({ label }) => ({ label, means: sums(objectSeries(label)).map((sum, n) => (frames[n] ? sum / frames[n] : 0)) }));
  return { series, startsMs, binMs };
}

/** Objects in sight over time, by class: plot, legend and table. */
export function countsFigure(statistics: StreamStatistics): Markup {
  const endMs = statistics.lastMs - statistics.firstMs;
  const plot = atEachWidth(({ px: width }) => {
    const { series, startsMs, binMs } = seriesOf(statistics, width / 5);
    const highest = Math.max(1, ...series.flatMap(({ means }) => means));
    const frame = plotFrame(width, width < 400 ? 190 : 230, endMs, [0, highest]);
    const points = (means: readonly number[]): [number, number][] =>
      means.map((mean, n) => [frame.x(Math.min(endMs, startsMs[n]! + binMs / 2)), frame.y(mean)]);
    const under = area().y0(frame.y(0)).curve(curveMonotoneX).digits(1);
    const along = line().curve(curveMonotoneX).digits(1);
    const drawn = series.map(
      ({ means }, n) =>
        html`<path class="under c${n + 1}" d="${under(points(means)) ?? ''}" /><path class="along c${n + 1}" d="${along(points(means)) ?? ''}" />`,
    );
    return plotPicture(frame, `Objects in sight over video time: ${series.map(({ label }) => plural(label)).join(', ')}`, drawn.toReversed());
  });
  const { series, startsMs } = seriesOf(statistics, 24);
  const legend = series.map(({ label }, n) => html`<li><span class="swatch c${n + 1}"></span>${plural(label)}</li>`);
  const rows = startsMs.map(
    (ms, n) =>
      html`<tr>
        <th scope="row">${videoTime(ms)}</th>
        ${series.map(({ means }) => html`<td>${brief(means[n]!)}</td>`)}
      </tr>`,
  );
  return html`<figure class="card">
    <figcaption>In sight over time</figcaption>
    <ul class="legend">
      ${legend}
    </ul>
    ${plot}
    <details>
      <summary>As a table</summary>
      <div class="scroll">
        <table>
          <caption>
            Mean number in sight from each time on
          </caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              ${series.map(({ label }) => html`<th scope="col">${plural(label)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>
    </details>
  </figure>`;
}
