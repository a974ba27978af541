import type { NodeTiming } from '../node-timings.js';
import { type Markup, html } from './markup.js';
import { planGraph } from './plan-graph.js';
import type { Notice, ProducedFile, RunReport } from './run-report.js';
import { fileAddress } from './summary-section.js';
import { bytes, count, duration, measured } from './wording.js';

const noticeItem = ({ kind, text }: Notice): Markup => html`<li class="${kind}"><b>${kind === 'loss' ? 'Lost' : 'Note'}</b> ${text}</li>`;

/** What the reader should know of; nothing when all went well. */
export function noticesSection({ notices }: RunReport): Markup {
  return notices.length === 0
    ? html``
    : html`<section>
        <h2>Worth knowing</h2>
        <ul class="card notices">
          ${notices.map(noticeItem)}
        </ul>
      </section>`;
}

function timingRow({ node, runs, meanMs, maxMs }: NodeTiming, busiestMs: number): Markup {
  const share = Math.round((100 * meanMs * runs) / Math.max(1e-9, busiestMs));
  return html`<tr>
    <th scope="row">
      ${node}<svg class="bar" aria-hidden="true" viewBox="0 0 100 4" preserveAspectRatio="none">
        <rect class="all" width="100" height="4" />
        <rect width="${share}" height="4" />
      </svg>
    </th>
    <td>${count(runs)}</td>
    <td>${measured(meanMs)}</td>
    <td>${measured(maxMs)}</td>
  </tr>`;
}

/** The timings of all streams, added up by node. */
function addedTimings({ streams, timings }: RunReport): readonly NodeTiming[] {
  const sums = new Map<string, NodeTiming>();
  for (const timing of timings ?? streams.flatMap(({ statistics }) => statistics.timings)) {
    const { node, runs, meanMs, maxMs } = timing;
    const known = sums.get(node);
    const all = runs + (known?.runs ?? 0);
    sums.set(
      node,
      known
        ? { node, runs: all, meanMs: (meanMs * runs + known.meanMs * known.runs) / Math.max(1, all), maxMs: Math.max(maxMs, known.maxMs) }
        : timing,
    );
  }
  return [...sums.values()].toSorted((a, b) => b.meanMs * b.runs - a.meanMs * a.runs);
}

function timingTable(report: RunReport): Markup | undefined {
  const timings = addedTimings(report);
  if (timings.length === 0) return undefined;
  const busiest = Math.max(...timings.map(({ meanMs, runs }) => meanMs * runs));
  return html`<div class="card scroll">
    <table class="figures timings">
      <caption>
        Time taken by each node; nodes work side by side
      </caption>
      <thead>
        <tr>
          <th scope="col">Node</th>
          <th scope="col">Runs</th>
          <th scope="col">Mean, ms</th>
          <th scope="col">Longest, ms</th>
        </tr>
      </thead>
      <tbody>
        ${timings.map((timing) => timingRow(timing, busiest))}
      </tbody>
    </table>
  </div>`;
}

/** How it was done: the plan and the timings. */
export function planSection(report: RunReport): Markup {
  const { plan, elapsedMs } = report;
  if (plan.length === 0) return html``;
  return html`<section>
    <h2>How it was done</h2>
    <figure class="card">
      ${planGraph(plan)}
      <figcaption>Each node reads what its lines come from. The run took ${duration(elapsedMs)}.</figcaption>
    </figure>
    ${timingTable(report)}
  </section>`;
}

const fileItem = ({ path, holds, bytes: size }: ProducedFile): Markup =>
  html`<li><a href="${fileAddress(path)}">${path}</a><span>${holds}${size === undefined ? '' : `, ${bytes(size)}`}</span></li>`;

/** The files that the run left. */
export function filesSection({ files }: RunReport): Markup {
  return files.length === 0
    ? html``
    : html`<section>
        <h2>Files</h2>
        <ul class="card files">
          ${files.map(fileItem)}
        </ul>
      </section>`;
}

/** The command and who made the report. */
export function footer({ command, version }: RunReport): Markup {
  return html`<footer>
    <p>Made by Ocellus ${version} with</p>
    <pre><code>${command}</code></pre>
  </footer>`;
}
