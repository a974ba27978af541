import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { openPipeline } from 'ocellus/pipeline';
import { liveFrames } from 'ocellus/testing';
import { type Figure, median } from './figure.js';
import { type LiveServer, liveServer } from './live-server.js';
import { benchModels } from './models.js';
import { streetClips } from './street-clips.js';

const STREAMS = 4;
const MINUTE_MS = 60_000;
/** The first camera is away for so long in each minute. */
const AWAY_MS = 10_000;
/** Longest that a stream whose camera is well may be silent. */
const CONTINUOUS_MS = 1000;

/** Waits stay short, so that a camera that is back is seen within seconds. */
const RESTART = { when: 'on-error' as const, firstDelayMs: 500, maxDelayMs: 2000 };

/** What is held at one moment. */
interface Holdings {
  readonly rssMiB: number;
  /** Whatever keeps the event loop alive, and open files (Linux). */
  readonly handles: number;
  readonly frames: number;
}

const holdings = (): Holdings => ({
  rssMiB: process.memoryUsage.rss() / 2 ** 20,
  handles: process.getActiveResourcesInfo().length + readdirSync('/proc/self/fd').length,
  frames: liveFrames(),
});

/** When the results of one stream came. */
class StreamWatch {
  #lastMs = performance.now();
  #count = 0;
  #longestMs = 0;

  came(): void {
    const nowMs = performance.now();
    this.#longestMs = Math.max(this.#longestMs, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    this.#count++;
  }

  /** Results and the longest silence since the last call; a silence that goes on counts so far. */
  take(): { readonly count: number; readonly longestMs: number } {
    const longestMs = Math.max(this.#longestMs, performance.now() - this.#lastMs);
    const taken = { count: this.#count, longestMs };
    this.#count = 0;
    this.#longestMs = 0;
    return taken;
  }
}

/** One minute of the run. */
interface Minute extends Holdings {
  readonly fps: readonly number[];
  readonly longestMs: readonly number[];
}

const configOf = (servers: readonly LiveServer[]) => ({
  version: 1 as const,
  mode: 'realtime' as const,
  realtime: { queue: 1, overflow: 'oldest' as const },
  sources: Object.fromEntries(servers.map(({ uri }, at) => [`camera-${at + 1}`, { uri, restart: RESTART }])),
  nodes: {
    detector: { model: 'person-vehicle-bike-2000', everyFrames: 5 },
    tracker: { track: 'sort', on: { objects: 'detector' } },
  },
});

async function* soak(minutes: number): AsyncGenerator<Minute> {
  const servers: LiveServer[] = [];
  const watches = new Map<string, StreamWatch>();
  try {
    for (const clip of streetClips(STREAMS)) servers.push(await liveServer(clip));
    await using pipeline = await openPipeline(configOf(servers), { models: benchModels });
    for (const { name } of pipeline.streams) watches.set(name, new StreamWatch());
    const run = pipeline.run({ onResult: ({ meta: { stream } }) => watches.get(stream)!.came() });
    run.catch(() => {});
    for (let minute = 0; minute < minutes; minute++) {
      await Promise.race([sleep(MINUTE_MS / 2), run]);
      servers[0]!.cut(AWAY_MS);
      await Promise.race([sleep(MINUTE_MS / 2), run]);
      const taken = [...watches.values()].map((watch) => watch.take());
      yield { ...holdings(), fps: taken.map(({ count }) => count / (MINUTE_MS / 1000)), longestMs: taken.map(({ longestMs }) => longestMs) };
    }
    pipeline.stop();
    await run;
  } finally {
    for (const server of servers) await server[Symbol.asyncDispose]();
  }
}

const listed = (values: readonly number[], digits = 0): string => values.map((value) => value.toFixed(digits)).join(' ');

function figureOf({ rssMiB, handles, frames, fps, longestMs }: Minute, at: number): Figure {
  const note = `handles ${handles}, frames held ${frames}; results a second ${listed(fps, 1)}; longest silence in ms ${listed(longestMs)}`;
  return { suite: 'soak', name: `minute ${at + 1}, resident set`, value: rssMiB, unit: 'MiB', note };
}

/** The last quarter against the second: by then everything has been made once. */
function growth(minutes: readonly Minute[], of: (minute: Minute) => number): number {
  const quarter = Math.max(1, minutes.length >> 2);
  return median(minutes.slice(-quarter).map(of)) - median(minutes.slice(quarter, 2 * quarter).map(of));
}

function* verdicts(minutes: readonly Minute[]): Generator<Figure> {
  const quarter = Math.max(1, minutes.length >> 2);
  const rss = growth(minutes, ({ rssMiB }) => rssMiB) / median(minutes.slice(quarter, 2 * quarter).map(({ rssMiB }) => rssMiB));
  const note = 'last quarter against the second';
  yield { suite: 'soak', name: 'resident set grows by', value: rss * 100, unit: '%', target: '< 5', ok: rss < 0.05, note };
  const handles = growth(minutes, (minute) => minute.handles);
  yield { suite: 'soak', name: 'handles grow by', value: handles, unit: '', target: '<= 1', ok: handles <= 1, note };
  // The first minute opens the sources.
  const silence = Math.max(...minutes.slice(1).flatMap(({ longestMs }) => longestMs.slice(1)));
  yield { suite: 'soak', name: 'longest silence of the other streams', value: silence, unit: 'ms', target: `< ${CONTINUOUS_MS}`, ok: silence < CONTINUOUS_MS }; // prettier-ignore
  const back = minutes.every(({ fps }) => fps[0]! > 0);
  yield { suite: 'soak', name: 'minutes in which the first came back', value: minutes.filter(({ fps }) => fps[0]! > 0).length, unit: '', target: `${minutes.length}`, ok: back }; // prettier-ignore
}

/** Four live streams for a long time, the first of which is cut off in every minute and comes back. */
export async function* soakStreamsSuite({ minutes = 60 }: { readonly minutes?: number | undefined } = {}): AsyncGenerator<Figure> {
  const lived: Minute[] = [];
  for await (const minute of soak(minutes)) {
    lived.push(minute);
    yield figureOf(minute, lived.length - 1);
  }
  if (lived.length >= 2) yield* verdicts(lived);
}
