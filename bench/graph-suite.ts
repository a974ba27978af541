import { loadavg } from 'node:os';
import { decodersFps } from './ffmpeg.js';
import { type Figure, median } from './figure.js';
import { type GraphOptions, type GraphRun, type ModelWork, type Plan, graphRun } from './graph-run.js';
import { bareFps } from './ort-ceiling.js';
import { STREET_FRAMES, streetClips } from './street-clips.js';

const STREAMS = [1, 2, 4, 8] as const;
const PLANS: readonly Plan[] = ['serial', 'parallel'];
/** Size of the detector's input. */
const SIZE = '256:256';
const SETTINGS = { detector: 'person-vehicle-bike-2000' };

/** Seconds a frame of the bare networks, two sessions of one thread each: runs as the pipeline made them, batches as it made them. */
async function inferenceSeconds(work: readonly ModelWork[]): Promise<number> {
  let seconds = 0;
  for (const { bare, runsAFrame } of work) seconds += runsAFrame / (await bareFps(bare, { workers: 2, threads: 1, spinning: false }, 400));
  return seconds;
}

interface Round {
  readonly decodersFps: number;
  readonly runs: Readonly<Record<Plan, GraphRun>>;
  readonly ceilings: Readonly<Record<Plan, number>>;
}

/** The ceilings and ours in turn, so that the machine's drift meets all of them. */
async function playRound(streams: number): Promise<Round> {
  const clips = streetClips(streams);
  const decoders = await decodersFps(clips, STREET_FRAMES, SIZE);
  const runs: Partial<Record<Plan, GraphRun>> = {};
  const ceilings: Partial<Record<Plan, number>> = {};
  for (const plan of PLANS) {
    const options: GraphOptions = { ...SETTINGS, plan };
    const run = await graphRun(clips, options);
    runs[plan] = run;
    ceilings[plan] = 1 / (1 / decoders + (await inferenceSeconds(run.work)));
  }
  return { decodersFps: decoders, runs: runs as Round['runs'], ceilings: ceilings as Round['ceilings'] };
}

const listed = (values: readonly number[], digits: number): string => values.map((value) => value.toFixed(digits)).join(' ');

function workOf({ work }: GraphRun): string {
  return work.map(({ node, picturesAFrame, runsAFrame }) => `${node} ${picturesAFrame.toFixed(2)} in ${runsAFrame.toFixed(2)} runs`).join(', ');
}

function figuresOf(streams: number, rounds: readonly Round[], singles: readonly Round[]): Figure[] {
  const of = (value: (round: Round) => number): number => median(rounds.map(value));
  const figures: Figure[] = [{ suite: 'graph', name: `ffmpeg decode + scale to ${SIZE}, ${streams} processes`, value: of((round) => round.decodersFps), unit: 'fps' }]; // prettier-ignore
  for (const plan of PLANS) {
    const ratios = rounds.map(({ runs, ceilings }) => runs[plan].fps / ceilings[plan]);
    const ratio = median(ratios);
    const cpu = of(({ runs }) => runs[plan].cpuMsAFrame).toFixed(1);
    figures.push({
      suite: 'graph',
      name: `${streams} x 720p, detector + 2 secondaries, ${plan}`,
      value: of(({ runs }) => runs[plan].fps),
      unit: 'fps',
      ceiling: of(({ ceilings }) => ceilings[plan]),
      ratio,
      target: '>= 0.85',
      ok: ratio >= 0.85,
      note: `once warm; rounds: ${listed(ratios, 3)}; ${cpu} ms of CPU a frame; pictures a frame: ${workOf(rounds.at(-1)!.runs[plan])}`,
    });
    if (streams !== STREAMS.at(-1)) continue;
    const scales = rounds.map(({ runs }, at) => runs[plan].fps / singles[at]!.runs[plan].fps);
    const scale = median(scales);
    figures.push({ suite: 'graph', name: `${streams} streams over 1, ${plan}`, value: scale, unit: '', target: '>= 0.95', ok: scale >= 0.95, note: `rounds: ${listed(scales, 3)}` }); // prettier-ignore
  }
  return figures;
}

/** Many models, many streams: what all streams together reach, of one stream and of the combined ceiling. */
export async function* graphSuite({ rounds = 3 }: { readonly rounds?: number | undefined } = {}): AsyncGenerator<Figure> {
  await graphRun(streetClips(1), { ...SETTINGS, plan: 'parallel' });
  const played = new Map<number, Round[]>(STREAMS.map((streams) => [streams, []]));
  const loads: number[] = [];
  for (let round = 0; round < rounds; round++)
    for (const streams of STREAMS) {
      loads.push(loadavg()[0]!);
      played.get(streams)!.push(await playRound(streams));
    }
  for (const streams of STREAMS) yield* figuresOf(streams, played.get(streams)!, played.get(STREAMS[0])!);
  yield { suite: 'graph', name: 'load of the machine before the first round', value: loads[0]!, unit: '', note: `1 minute average; later: ${listed(loads.slice(1), 1)}` }; // prettier-ignore
}
