import { setTimeout as sleep } from 'node:timers/promises';
import { openPipeline } from 'ocellus/pipeline';
import { type Figure, median } from './figure.js';
import { graphRun } from './graph-run.js';
import { handOverMs } from './hand-over.js';
import { liveServer } from './live-server.js';
import { benchModels } from './models.js';
import { slowEngine } from './slow-engine.js';
import { streetClips } from './street-clips.js';

/** A frame at 30 a second takes 33 ms; the model five times as long. */
const RUN_MS = 5 * (1000 / 30);
/** What came in while the source was opened is behind us by then. */
const SETTLE_MS = 5000;
const IDLE_SECONDS = 10;
const REALTIME = { mode: 'realtime' as const, realtime: { queue: 1, overflow: 'oldest' as const } };

const quantile = (values: readonly number[], share: number): number => values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))]!;

const configOf = (uri: string) => ({
  version: 1 as const,
  ...REALTIME,
  // A silent camera is to stay silent, not to be taken for a broken one.
  sources: { camera: { uri, stallAfterSeconds: 600 } },
  nodes: { detector: { model: 'person-vehicle-bike-2000', instances: 1 } },
});

/** When each result came, against the time of its frame; both in milliseconds. */
interface Arrival {
  readonly atMs: number;
  readonly ptsMs: number;
}

async function slowRun(minutes: number): Promise<Arrival[]> {
  const [clip] = streetClips(1);
  await using server = await liveServer(clip!);
  await using engine = slowEngine(RUN_MS);
  await using pipeline = await openPipeline(configOf(server.uri), { models: benchModels, engine });
  const arrivals: Arrival[] = [];
  const call = setTimeout(() => pipeline.stop(), minutes * 60_000 + SETTLE_MS);
  const startMs = performance.now();
  await pipeline.run({
    onResult({ meta: { pts } }) {
      const atMs = performance.now();
      if (atMs - startMs < SETTLE_MS) return;
      arrivals.push({ atMs, ptsMs: (Number(pts.ticks) * pts.timeBase.num * 1000) / pts.timeBase.den });
    },
  });
  clearTimeout(call);
  return arrivals;
}

/** From the picture to its result. The quickest of all results cannot have taken less than a run: it tells what time it is at the camera. */
function latencies(arrivals: readonly Arrival[]): number[] {
  const behind = arrivals.map(({ atMs, ptsMs }) => atMs - ptsMs);
  const least = Math.min(...behind);
  return behind.map((value) => value - least + RUN_MS);
}

async function* glassToResult(minutes: number): AsyncGenerator<Figure> {
  const ms = latencies(await slowRun(minutes));
  const quarter = Math.max(1, ms.length >> 2);
  const p99 = quantile(ms, 0.99);
  const drift = median(ms.slice(-quarter)) / median(ms.slice(0, quarter));
  const runs = `a run takes ${RUN_MS.toFixed(0)} ms, frames come every 33 ms`;
  yield {
    suite: 'latency',
    name: `glass to result over ${minutes} min, p99`,
    value: p99,
    unit: 'ms',
    target: `< ${(2 * RUN_MS).toFixed(0)}`,
    ok: p99 < 2 * RUN_MS,
    note: `${ms.length} results, median ${median(ms).toFixed(0)}, most ${Math.max(...ms).toFixed(0)}; ${runs}`,
  };
  yield { suite: 'latency', name: 'last quarter over the first, medians', value: drift, unit: '', target: '< 1.05', ok: drift < 1.05 };
}

async function handOver(): Promise<Figure> {
  const waits = (await handOverMs(3000)).slice(200);
  const p99 = quantile(waits, 0.99);
  const note = `median ${quantile(waits, 0.5).toFixed(3)}, most ${Math.max(...waits).toFixed(2)}; ${waits.length} frames, 3 branches that sleep`;
  return { suite: 'latency', name: 'hand-over after the last branch, p99', value: p99, unit: 'ms', target: '< 1', ok: p99 < 1, note };
}

/** CPU of a pipeline that has nothing to do: its camera says nothing, or it is paused. */
async function idle(why: 'silent' | 'paused'): Promise<Figure> {
  const [clip] = streetClips(1);
  await using server = await liveServer(clip!, why === 'silent' ? { silentAfterMs: SETTLE_MS } : {});
  await using pipeline = await openPipeline(configOf(server.uri), { models: benchModels });
  const cancel = new AbortController();
  const run = pipeline.run({ signal: cancel.signal }).catch(() => {});
  await sleep(SETTLE_MS);
  if (why === 'paused') pipeline.pause();
  await sleep(SETTLE_MS);
  const before = process.cpuUsage();
  await sleep(IDLE_SECONDS * 1000);
  const { user, system } = process.cpuUsage(before);
  cancel.abort();
  server.cut(1000);
  await run;
  const share = (user + system) / 1e4 / IDLE_SECONDS;
  return { suite: 'latency', name: `CPU of a ${why} realtime pipeline`, value: share, unit: '%', target: '< 1', ok: share < 1, note: `of a core, over ${IDLE_SECONDS} s` }; // prettier-ignore
}

/** What a frame and node cost the main thread, with 4 streams of a detector and two secondaries. */
async function overhead(): Promise<Figure> {
  const options = { detector: 'person-vehicle-bike-2000', plan: 'parallel' } as const;
  // Until the compiler has settled, a frame costs twice as much.
  await graphRun(streetClips(4), options);
  const { mainMsAFrame, work } = await graphRun(streetClips(4), options);
  const value = mainMsAFrame / work.length;
  const runs = work.reduce((sum, { runsAFrame }) => sum + runsAFrame, 0);
  const note = `CPU time; ${work.length} nodes, ${runs.toFixed(1)} runs a frame, JSONL included`;
  return { suite: 'latency', name: 'main thread per frame and node', value, unit: 'ms', target: '< 0.15', ok: value < 0.15, note };
}

/** How soon results come, and what the runtime itself costs. */
export async function* latencySuite({ minutes = 10 }: { readonly minutes?: number | undefined } = {}): AsyncGenerator<Figure> {
  yield await handOver();
  yield await overhead();
  yield await idle('silent');
  yield await idle('paused');
  yield* glassToResult(minutes);
}
