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
  /** Share of one core that this process used. */
  readonly clientCpu: number;
  /** Absent where the server keeps no counters. */
  readonly server?: ServerTimes;
}

/** What {@link measureLevel} works with. */
export interface MeasureTools {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly signal: AbortSignal;
  /** The server's counters; undefined where it keeps none. */
  statistics(): Promise<readonly ModelStatistics[] | undefined>;
  /** Time that this process has used of the processor, in milliseconds. */
  cpuMs(): number;
  /** Told of each window. */
  progress(text: string): void;
}

function windowText(window: Window, at: number, rules: MeasureRules): string {
  const failed = window.failures > 0 ? `, ${window.failures} failed` : '';
  return `window ${at}: ${rateOf(window).toFixed(1)} requests/s, ${(latencyOf(window, rules) * 1000).toFixed(0)} us${failed}`;
}

/** What is known at the start, and at the end of each window. */
interface Look {
  readonly counters: readonly ModelStatistics[] | undefined;
  readonly cpuMs: number;
}

/** Measures a load until three windows agree or there were enough of them; the result is that of the last three. The load is stopped. */
export async function measureLevel(level: number, batch: number, load: Load, rules: MeasureRules, tools: MeasureTools): Promise<LevelResult> {
  const { clock, signal } = tools;
  const windows: Window[] = [];
  const looks: Look[] = [];
  const look = async (): Promise<void> => void looks.push({ cpuMs: tools.cpuMs(), counters: await tools.statistics() });
  try {
    // What runs before the first window warms both sides up.
    await clock.sleep(Math.min(rules.windowMs, 1000) / 2, signal);
    await look();
    load.cut();
    while (windows.length < rules.most && !isStable(windows, rules)) {
      await clock.sleep(rules.windowMs, signal);
      const window = load.cut();
      windows.push(window);
      await look();
      tools.progress(windowText(window, windows.length, rules));
      if (window.latencies.count === 0 && window.failures > 0) break;
    }
  } finally {
    await load.stop();
  }
  return resultOf(level, batch, windows.slice(-STABLE_WINDOWS), looks, isStable(windows, rules));
}

function resultOf(level: number, batch: number, windows: readonly Window[], looks: readonly Look[], stable: boolean): LevelResult {
  const latencies = Latencies.joined(windows.map((window) => window.latencies));
  const seconds = windows.reduce((sum, window) => sum + window.seconds, 0);
  const [before, after] = [looks.at(-1 - windows.length)!, looks.at(-1)!];
  const server = before.counters && after.counters && serverTimes(before.counters, after.counters);
  const firstFailure = windows.find((window) => window.firstFailure)?.firstFailure;
  return {
    level,
    stable,
    inferencesPerSecond: seconds === 0 ? 0 : (latencies.count * batch) / seconds,
    requests: latencies.count,
    failures: windows.reduce((sum, window) => sum + window.failures, 0),
    ...(firstFailure && { firstFailure }),
    latencies,
    clientCpu: seconds === 0 ? 0 : (after.cpuMs - before.cpuMs) / 1000 / seconds,
    ...(server && { server }),
  };
}
