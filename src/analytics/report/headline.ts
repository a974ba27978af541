import type { RunReport, StreamReport } from './run-report.js';
import { count, counted, duration, listed, plural } from './wording.js';

/** How often the lines of a report were crossed. */
export interface CrossingTotals {
  readonly in: number;
  readonly out: number;
  readonly lines: number;
  /** By class, most first. */
  readonly labels: readonly (readonly [label: string, count: number])[];
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const mostFirst = (entries: Iterable<readonly [string, number]>): readonly (readonly [string, number])[] => {
  const sums = new Map<string, number>();
  for (const [label, value] of entries) sums.set(label, (sums.get(label) ?? 0) + value);
  return [...sums].filter(([, value]) => value > 0).toSorted((a, b) => b[1] - a[1]);
};

/** Crossings of all streams together. */
export function crossingTotals(streams: readonly StreamReport[]): CrossingTotals {
  const crossings = streams.flatMap(({ statistics }) => statistics.crossings);
  const of = (wanted: 'in' | 'out'): number => sum(crossings.flatMap(({ direction, count }) => (direction === wanted ? [count] : [])));
  return {
    in: of('in'),
    out: of('out'),
    lines: sum(streams.map(({ lines }) => lines.length)),
    labels: mostFirst(crossings.map(({ label, count }) => [label, count])),
  };
}

/** Different tracks of all streams together, by class, most first. */
export const trackTotals = (streams: readonly StreamReport[]): readonly (readonly [label: string, tracks: number])[] =>
  mostFirst(streams.flatMap(({ statistics }) => statistics.labels.map(({ label, tracks }) => [label, tracks] as const)));

/** Objects of all frames of all streams, by class, most first. */
const objectTotals = (streams: readonly StreamReport[]): readonly (readonly [label: string, objects: number])[] =>
  mostFirst(streams.flatMap(({ statistics }) => statistics.labels.map(({ label, objects }) => [label, objects] as const)));

/** Video watched, in milliseconds: of the longest stream. */
export const watchedMs = ({ streams }: RunReport): number => Math.max(0, ...streams.map(({ statistics: { firstMs, lastMs } }) => lastMs - firstMs));

function who(labels: readonly (readonly [string, number])[]): string {
  const [named, more] = labels.length > 3 ? [labels.slice(0, 2), labels.slice(2)] : [labels, []];
  const parts = named.map(([label, value]) => counted(value, label));
  return listed(more.length === 0 ? parts : [...parts, `${count(sum(more.map(([, value]) => value)))} others`]);
}

/** What the run found, in one line for people who read nothing else. */
export function headline(report: RunReport): string {
  const { in: into, out, lines, labels } = crossingTotals(report.streams);
  const tracks = trackTotals(report.streams);
  // Tracks are counted once at each line: at several lines they are crossings, not different people.
  if (lines === 1 && labels.length > 0) return `${who(labels)} crossed, ${count(into)} in, ${count(out)} out`;
  if (lines > 1 && labels.length > 0) return `${counted(into + out, 'crossing')} of ${lines} lines, ${count(into)} in, ${count(out)} out`;
  const seen = tracks.length > 0 ? `${who(tracks)} seen` : undefined;
  if (lines > 0 && seen)
    return `${seen}, nobody crossed the ${lines === 1 ? 'line' : 'lines'}`.replace('nobody', tracks[0]![0] === 'person' ? 'nobody' : 'nothing');
  if (seen) return `${seen} in ${duration(watchedMs(report))}`;
  const objects = objectTotals(report.streams);
  if (objects.length > 0)
    return `${listed(objects.slice(0, 3).map(([label]) => plural(label)))} found in ${duration(watchedMs(report))}`.replace(/^./u, (first) =>
      first.toUpperCase(),
    );
  return `Nothing was found in ${duration(watchedMs(report))}`;
}
