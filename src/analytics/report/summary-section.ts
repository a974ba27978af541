import { crossingTotals, headline, trackTotals, watchedMs } from './headline.js';
import { type Markup, html } from './markup.js';
import type { RunReport, StreamReport } from './run-report.js';
import { brief, count, plural, videoTime } from './wording.js';

/** A key figure. */
interface Tile {
  readonly value: string;
  readonly name: string;
  readonly note?: string;
  readonly tone?: 'in' | 'out';
}

const framesOf = (streams: readonly StreamReport[]): number => streams.reduce((sum, { statistics }) => sum + statistics.frames, 0);

function trackTile(streams: readonly StreamReport[]): Tile[] {
  const tracks = trackTotals(streams);
  const [first, ...more] = tracks;
  if (first === undefined) return [];
  const note = more.slice(0, 2).map(([label, number]) => `${count(number)} ${number === 1 ? label : plural(label)}`);
  return [{ value: count(first[1]), name: `different ${plural(first[0])}`, ...(note.length > 0 ? { note: `and ${note.join(', ')}` } : {}) }];
}

function speedTile(report: RunReport): Tile[] {
  const frames = framesOf(report.streams);
  if (report.elapsedMs <= 0 || frames === 0) return [];
  const times = report.streams.reduce((sum, { statistics: { firstMs, lastMs } }) => sum + lastMs - firstMs, 0) / report.elapsedMs;
  return [
    {
      value: brief((frames / report.elapsedMs) * 1000),
      name: 'frames a second',
      note: `${brief(Number(times.toFixed(times < 10 ? 1 : 0)))} times real time`,
    },
  ];
}

function tiles(report: RunReport): readonly Tile[] {
  const { in: into, out, lines } = crossingTotals(report.streams);
  const crossings: Tile[] =
    lines === 0
      ? []
      : [
          { value: count(into), name: 'went in', tone: 'in' },
          { value: count(out), name: 'went out', tone: 'out' },
        ];
  const peak = Math.max(0, ...report.streams.map(({ statistics }) => statistics.peak));
  return [
    ...crossings,
    ...trackTile(report.streams),
    { value: count(peak), name: 'most at once' },
    { value: videoTime(watchedMs(report)), name: 'of video', note: `${count(framesOf(report.streams))} frames` },
    ...speedTile(report),
  ];
}

const tile = ({ value, name, note, tone }: Tile): Markup =>
  html`<div class="tile ${tone ?? ''}">
    <dd class="value">${value}</dd>
    <dt>${name}</dt>
    ${note === undefined ? undefined : html`<dd class="note">${note}</dd>`}
  </div>`;

function sourceLine({ source }: StreamReport): Markup {
  const { uri, size, framesPerSecond, codec, audio } = source;
  const facts = [`${size.width} × ${size.height}`, framesPerSecond && `${brief(framesPerSecond)} fps`, codec, audio && `sound: ${audio}`].filter(
    Boolean,
  );
  return html`<p class="source"><b>${uri}</b> <span>${facts.map((fact) => String(fact).replaceAll(' ', '\u00a0')).join(' · ')}</span></p>`;
}

/** Address of a produced file for a link: every name of its path is encoded, so that it can only be a file beside the report. */
export const fileAddress = (path: string): string =>
  `./${path
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/')}`;

const when = (startedAt: string | undefined): string | undefined =>
  startedAt && `${startedAt.slice(0, 16).replace('T', ' ')}${startedAt.endsWith('Z') ? ' UTC' : ''}`;

/** Keeps a number and what it counts on one line. */
const kept = (text: string): string => text.replace(/(\d) (?=\p{L})/gu, '$1\u00a0');

/** The head of the report: what was found, where, and the key figures. */
export function summarySection(report: RunReport): Markup {
  const video = report.files.find(({ path }) => path.endsWith('.mp4'));
  const watch = video && html`<a class="button" href="${fileAddress(video.path)}">Watch the annotated video</a>`;
  const stopped = report.interrupted ? html`<p class="stopped">Stopped before the end: this is what was seen until then.</p>` : undefined;
  const time = when(report.startedAt);
  return html`<header>
      <p class="eyebrow"><span>${report.title}</span>${time === undefined ? undefined : html`<time>${time}</time>`}</p>
      <h1>${kept(headline(report))}</h1>
      ${stopped}
      <div class="sources">${report.streams.map(sourceLine)}</div>
      ${watch}
    </header>
    <dl class="tiles">${tiles(report).map(tile)}</dl>`;
}
