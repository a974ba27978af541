import { type StreamStatistics, crossingSeries } from '../run-statistics.js';
import { displayBins } from './display-bins.js';
import { type Markup, html } from './markup.js';
import { atEachWidth, plotFrame, plotPicture, px } from './plot-frame.js';
import { videoTime } from './wording.js';

/** Crossings of a line over time: in upwards, out downwards; plot and table. */
export function crossingsFigure({ overTime, firstMs, lastMs }: StreamStatistics, line: string): Markup {
  const endMs = lastMs - firstMs;
  const binned = (most: number) => {
    const { startsMs, binMs, sums } = displayBins(overTime, most);
    return { startsMs, binMs, ins: sums(crossingSeries(line, 'in')), outs: sums(crossingSeries(line, 'out')) };
  };
  const plot = atEachWidth(({ px: width }) => {
    const { startsMs, binMs, ins, outs } = binned(width < 400 ? 20 : 40);
    const frame = plotFrame(width, width < 400 ? 170 : 200, endMs, [-Math.max(0, ...outs), Math.max(0, ...ins)]);
    const bar = (value: number, n: number, direction: 'in' | 'out'): Markup | undefined => {
      if (value === 0) return undefined;
      const [from, to] = [frame.x(startsMs[n]!), frame.x(Math.min(endMs, startsMs[n]! + binMs))];
      const length = Math.abs(frame.y(value) - frame.y(0));
      const top = direction === 'in' ? frame.y(0) - length : frame.y(0);
      return html`<rect
        class="${direction}"
        x="${px(from + 1)}"
        width="${px(Math.max(2, to - from - 2))}"
        y="${px(top)}"
        height="${px(length)}"
        rx="2"
        ><title>${videoTime(startsMs[n]!)}: ${value} ${direction}</title></rect
      >`;
    };
    return plotPicture(frame, `Crossings of ${line} over video time, in upwards, out downwards`, [
      ins.map((value, n) => bar(value, n, 'in')),
      outs.map((value, n) => bar(value, n, 'out')),
    ]);
  });
  const { startsMs, ins, outs } = binned(24);
  const rows = startsMs.map(
    (ms, n) =>
      html`<tr>
        <th scope="row">${videoTime(ms)}</th>
        <td>${ins[n]}</td>
        <td>${outs[n]}</td>
      </tr>`,
  );
  return html`<figure class="card">
    <figcaption>Crossings of <b>${line}</b> over time</figcaption>
    <ul class="legend">
      <li><span class="swatch in"></span>in</li>
      <li><span class="swatch out"></span>out</li>
    </ul>
    ${plot}
    <details>
      <summary>As a table</summary>
      <div class="scroll">
        <table>
          <caption>
            Crossings of ${line} from each time on
          </caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col">In</th>
              <th scope="col">Out</th>
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
