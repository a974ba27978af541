import { type CrossingDirection, type EventMeta, type LineCrossing, toMs } from '../../core/index.js';
import type { SceneTruth, TrueCrossing } from './scene-truth.js';

/** A true crossing and the event that tells of it. */
export interface MatchedCrossing {
  readonly truth: TrueCrossing;
  readonly event: LineCrossing;
  /** How much later than it happened it was counted, in milliseconds. */
  readonly lateMs: number;
}

/** Crossings of one direction. */
export interface DirectionReport {
  readonly expected: number;
  readonly counted: number;
  readonly matched: number;
}

/** What was counted beside what happened. Plain data. */
export interface TruthReport {
  readonly matched: readonly MatchedCrossing[];
  readonly missed: readonly TrueCrossing[];
  /** Events that nothing true stands behind. */
  readonly extra: readonly LineCrossing[];
  readonly byDirection: Readonly<Record<CrossingDirection, DirectionReport>>;
  /** Nothing missed, nothing extra. */
  readonly correct: boolean;
}

/** An event tells of a crossing at most this long before it (boxes jitter) and after it (a counter waits until it is certain). */
const EARLIEST_MS = -600;
const LATEST_MS = 1200;

/** Pairs of crossing and event, nearest in time first, each used once. */
function matchNearest(crossings: readonly TrueCrossing[], events: readonly LineCrossing[]): MatchedCrossing[] {
  const candidates = crossings.flatMap((truth) =>
    events
      .filter(({ direction }) => direction === truth.direction)
      .map((event) => ({ truth, event, lateMs: toMs(event.pts) - truth.timeMs }))
      .filter(({ lateMs }) => lateMs >= EARLIEST_MS && lateMs <= LATEST_MS),
  );
  const matched: MatchedCrossing[] = [];
  for (const candidate of candidates.toSorted((a, b) => Math.abs(a.lateMs) - Math.abs(b.lateMs)))
    if (!matched.some(({ truth, event }) => truth === candidate.truth || event === candidate.event)) matched.push(candidate);
  return matched.toSorted((a, b) => a.truth.timeMs - b.truth.timeMs);
}

/** Compares the crossings of the scene's line among `events` with those that truly happened. */
export function checkCrossings(truth: SceneTruth, events: readonly EventMeta[]): TruthReport {
  const counted = events.filter((event): event is LineCrossing => event.type === 'line-crossing' && event.line === truth.line.name);
  const matched = matchNearest(truth.crossings, counted);
  const missed = truth.crossings.filter((crossing) => !matched.some((pair) => pair.truth === crossing));
  const extra = counted.filter((event) => !matched.some((pair) => pair.event === event));
  const of = (direction: CrossingDirection): DirectionReport => ({
    expected: truth.crossings.filter((crossing) => crossing.direction === direction).length,
    counted: counted.filter((event) => event.direction === direction).length,
    matched: matched.filter((pair) => pair.truth.direction === direction).length,
  });
  return { matched, missed, extra, byDirection: { in: of('in'), out: of('out') }, correct: missed.length === 0 && extra.length === 0 };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** The report in a few lines for people, each ending in a line break. */
export function truthText({ matched, missed, extra, byDirection, correct }: TruthReport): string {
  const line = (direction: CrossingDirection): string => {
    const { expected, counted } = byDirection[direction];
    return `${direction.padEnd(3)}  ${counted} counted, ${expected} true`;
  };
  const all = matched.length + missed.length;
  return [
    line('in'),
    line('out'),
    correct ? `All ${all} crossings were counted, and nothing else.` : `${matched.length} of ${all} crossings were counted.`,
    ...missed.map(({ walker, direction, timeMs }) => `missed: ${walker} going ${direction} at ${seconds(timeMs)}`),
    ...extra.map(({ trackId, direction, pts }) => `counted though nobody crossed: track ${trackId} going ${direction} at ${seconds(toMs(pts))}`),
  ]
    .map((text) => `${text}\n`)
    .join('');
}
