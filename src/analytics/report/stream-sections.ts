import type { StreamStatistics } from '../run-statistics.js';
import { countsFigure } from './counts-plot.js';
import { crossingsFigure } from './crossings-plot.js';
import { quantile } from '../histogram.js';
import type { LabelStatistics } from '../label-statistics.js';
import type { BestShot } from '../port.js';
import { type Markup, html, trusted } from './markup.js';
import { miniHistogram } from './mini-histogram.js';
import type { StreamReport } from './run-report.js';
import { type CountedLine, type StyledFigure, sceneSection } from './scene-figure.js';
import { count, counted, duration, plural, videoTime } from './wording.js';

const countedLines = ({ lines, statistics: { crossings } }: StreamReport): readonly CountedLine[] =>
  lines.map((line) => {
    const of = (wanted: 'in' | 'out'): number =>
      crossings.reduce((sum, { line: name, direction, count }) => (name === line.name && direction === wanted ? sum + count : sum), 0);
    return { line, in: of('in'), out: of('out') };
  });

function lineRows({ crossings }: StreamStatistics, { line, in: into, out }: CountedLine): Markup {
  const labels = [...new Set(crossings.filter(({ line: name }) => name === line.name).map(({ label }) => label))];
  const of = (label: string, wanted: 'in' | 'out'): number =>
    crossings.find((row) => row.line === line.name && row.label === label && row.direction === wanted)?.count ?? 0;
  const rows =
    labels.length < 2
      ? []
      : labels.map(
          (label) =>
            html`<tr class="part">
              <th scope="row">${plural(label)}</th>
              <td>${count(of(label, 'in'))}</td>
              <td>${count(of(label, 'out'))}</td>
            </tr>`,
        );
  return html`<tr>
      <th scope="row">${line.name}${labels.length === 1 ? html` <span class="quiet">${plural(labels[0]!)}</span>` : undefined}</th>
      <td class="in">${count(into)}</td>
      <td class="out">${count(out)}</td>
    </tr>
    ${rows}`;
}

function crossingsSection({ statistics }: StreamReport, lines: readonly CountedLine[], heading: Markup): Markup {
  if (lines.length === 0) return html``;
  const crossed = lines.filter((line) => line.in + line.out > 0);
  return html`<section>
    <h2>Crossings${heading}</h2>
    <div class="card scroll">
      <table class="figures">
        <thead>
          <tr>
            <th scope="col">Line</th>
            <th scope="col">In</th>
            <th scope="col">Out</th>
          </tr>
        </thead>
        <tbody>
          ${lines.map((line) => lineRows(statistics, line))}
        </tbody>
      </table>
    </div>
    ${crossed.map(({ line }) => crossingsFigure(statistics, line.name))}
  </section>`;
}

const percent = (value: number): string => `${Math.round(value * 100)} %`;
const seconds = (value: number): string => duration(value * 1000).replace(/\.0 s$/, ' s');

function labelCard({ label, objects, peak, tracks, dwellSeconds, confidence }: LabelStatistics, n: number): Markup {
  const facts: readonly (readonly [string, string])[] = [
    ...(tracks > 0 ? ([['different', count(tracks)]] as const) : []),
    ['at once', `up to ${count(peak)}`],
    ...(tracks > 0
      ? ([
          ['in sight', `${seconds(quantile(dwellSeconds, 0.5))} (median)`],
          ['longest', seconds(dwellSeconds.max)],
        ] as const)
      : []),
    ['detections', count(objects)],
  ];
  const dwell = tracks > 0 ? miniHistogram({ histogram: dwellSeconds, title: 'Time in sight', of: 'track', edge: seconds }) : undefined;
  const sure = miniHistogram({ histogram: confidence, title: 'Confidence', of: 'detection', edge: percent, end: '100 %' });
  return html`<article class="card label c${n < 5 ? n + 1 : 6}">
    <h3><span class="swatch c${n < 5 ? n + 1 : 6}"></span>${plural(label)}</h3>
    <dl class="facts">
      ${facts.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
    </dl>
    <div class="minis">${dwell}${sure}</div>
  </article>`;
}

/** Classes with a card of their own; the rest is one sentence. */
const MOST_CARDS = 6;

function seenSection({ statistics }: StreamReport, heading: Markup): Markup {
  if (statistics.labels.length === 0)
    return html`<section>
      <h2>What was seen${heading}</h2>
      <p class="card quiet">Nothing was found on ${count(statistics.frames)} frames.</p>
    </section>`;
  const rest = statistics.labels.slice(MOST_CARDS);
  const more =
    rest.length > 0
      ? html`<p class="quiet">
          Also:
          ${rest
            .slice(0, 30)
            .map(({ label, objects }) => `${label} (${counted(objects, 'detection')})`)
            .join(', ')}${rest.length > 30 ? ` and ${rest.length - 30} other classes` : ''}.
        </p>`
      : undefined;
  return html`<section>
    <h2>What was seen${heading}</h2>
    ${countsFigure(statistics)}
    <div class="labels">${statistics.labels.slice(0, MOST_CARDS).map(labelCard)}</div>
    ${more}
  </section>`;
}

/** Width by height from which a picture is wide: it is shown whole in an upright frame, and a gallery of such has level frames. */
const WIDE = 0.8;
const isWide = ({ size }: BestShot): boolean => size.width > WIDE * size.height;

function shot(best: BestShot, firstMs: number): Markup {
  const { trackId, label, confidence, timeMs, jpeg, size } = best;
  const time = videoTime(timeMs - firstMs);
  const source = trusted(`data:image/jpeg;base64,${Buffer.from(jpeg).toString('base64')}`);
  return html`<li class="${isWide(best) ? 'wide' : 'tall'}">
    <img src="${source}" width="${size.width}" height="${size.height}" alt="${label} ${trackId} at ${time}" />
    <p><b>${label} ${trackId}</b><span>${time} · ${Math.round(confidence * 100)} %</span></p>
  </li>`;
}

function shotsSection({ shots, statistics }: StreamReport, heading: Markup): Markup {
  if (shots.length === 0) return html``;
  return html`<section>
    <h2>Best shots${heading}</h2>
    <ul class="shots ${shots.filter(isWide).length > shots.length / 2 ? 'level' : 'upright'}">
      ${shots.map((one) => shot(one, statistics.firstMs))}
    </ul>
  </section>`;
}

/** Everything about one stream, and the rules of style that only it needs; `n` is its place, and its name is told where there are several. */
export function streamSections(stream: StreamReport, n: number, several: boolean): StyledFigure {
  const heading = several ? html` <span class="quiet">${stream.stream}</span>` : html``;
  const lines = countedLines(stream);
  const { markup: scene, css } = sceneSection(stream, lines, n, heading);
  return { css, markup: html`${scene}${crossingsSection(stream, lines, heading)}${seenSection(stream, heading)}${shotsSection(stream, heading)}` };
}
