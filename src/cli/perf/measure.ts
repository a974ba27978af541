import type { Clock, Fault } from '../../core/index.js';
import type { ModelStatistics } from '../../wire/index.js';
import { Latencies } from './latencies.js';
import type { Load, Window } from './load.js';
import { serverTimes, type ServerTimes } from './server-times.js';
import { isStable, latencyOf, rateOf, STABLE_WINDOWS, type StabilityRules } from './stability.js';

/** How one level is measured. */
export interface MeasureRules extends StabilityRules {
  readonly windowMs: number;
  /** Windows at most. */
  readonly most: number;
}

/** What was measured at one level. */
export interface LevelResult {
  /** Requests under way, or requests a second. */
  readonly level: number;
  readonly stable: boolean;
  /** Rows a second: requests times their batch. */
  readonly inferencesPerSecond: number;
  readonly requests: number;
  readonly failures: number;
  readonly firstFailure?: Fault;
  readonly latencies: Latencies;
  /** Absent where the server keeps no counters. */
  readonly server?: ServerTimes;
}

/** What {@link measureLevel} works with. */
export interface MeasureTools {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly signal: AbortSignal;
  /** The server's counters; undefined where it keeps none. */
  statistics(): Promise<readonly ModelStatistics[] | undefined>;
  /** Told of each window. */
  progress(text: string): void;
}

function windowText(window: Window, at: number, rules: MeasureRules): string {
  const failed = window.failures > 0 ? `, ${window.failures} failed` : '';
  return `window ${at}: ${rateOf(window).toFixed(1)} requests/s, ${(latencyOf(window, rules) * 1000).toFixed(0)} us${failed}`;
}

/** Measures a load until three windows agree or there were enough of them; the result is that of the last three. The load is stopped. */
export async function measureLevel(level: number, batch: number, load: Load, rules: MeasureRules, tools: MeasureTools): Promise<LevelResult> {
  const { clock, signal } = tools;
  const windows: Window[] = [];
  const counters: (readonly ModelStatistics[] | undefined)[] = [];
  try {
    // What runs before the first window warms both sides up.
    await clock.sleep(Math.min(rules.windowMs, 1000) / 2, signal);
    counters.push(await tools.statistics());
    load.cut();
    while (windows.length < rules.most && !isStable(windows, rules)) {
      await clock.sleep(rules.windowMs, signal);
      windows.push(load.cut());
      counters.push(await tools.statistics());
      tools.progress(windowText(windows.at(-1)!, windows.length, rules));
      if (windows.at(-1)!.latencies.count === 0 && windows.at(-1)!.failures > 0) break;
    }
  } finally {
    await load.stop();
  }
  return resultOf(level, batch, windows, counters, isStable(windows, rules));
}

function resultOf(
  level: number,
  batch: number,
  windows: readonly Window[],
  counters: readonly (readonly ModelStatistics[] | undefined)[],
  stable: boolean,
): LevelResult {
  const last = windows.slice(-STABLE_WINDOWS);
  const latencies = Latencies.joined(last.map((window) => window.latencies));
  const seconds = last.reduce((sum, window) => sum + window.seconds, 0);
  const before = counters.at(-1 - last.length);
  const after = counters.at(-1);
  const server = before && after && serverTimes(before, after);
  const firstFailure = last.find((window) => window.firstFailure)?.firstFailure;
  return {
    level,
    stable,
    inferencesPerSecond: seconds === 0 ? 0 : (latencies.count * batch) / seconds,
    requests: latencies.count,
    failures: last.reduce((sum, window) => sum + window.failures, 0),
    ...(firstFailure && { firstFailure }),
    latencies,
    ...(server && { server }),
  };
}
