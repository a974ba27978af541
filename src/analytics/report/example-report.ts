import type { Size } from '../../core/index.js';
import { type WantedCrop, createBestShots } from '../best-shots.js';
import { createHeatMap, renderHeat } from '../heat-map.js';
import { LineCounterSettings, resolveLines } from '../line-counter-settings.js';
import { createLineCounter } from '../line-counter.js';
import { createRunStatistics } from '../run-statistics.js';
import { type SceneObject, sceneFrame } from '../track-scene.js';
import type { RunReport, StreamReport } from './run-report.js';

/** What an example run is like. */
export interface ExampleRun {
  readonly minutes: number;
  /** Makes the JPEGs of the scene and the best shots; small grey ones when absent. */
  readonly jpeg?: (size: Size) => Uint8Array;
}

/** The smallest of JPEGs: 16 x 12 pixels of grey (ffmpeg 5.1, `-f lavfi -i color=gray:s=16x12 -q:v 31`). */
const GREY =
  '/9j/4AAQSkZJRgABAgAAAQABAAD//gAQTGF2YzU5LjM3LjEwMAD/2wBDAAg+Pkk+SVVVVVVVVWRdZGhoaGRkZGRoaGhwcHCDg4NwcHBoaHBwfHyDg4+Tj4eHg4eTk5ubm7q6srLZ2eD/////xABKAAEAAAAAAAAAAAAAAAAAAAAAAQEAAAAAAAAAAAAAAAAAAAAAEAEAAAAAAAAAAAAAAAAAAAAAEQEAAAAAAAAAAAAAAAAAAAAA/8AAEQgADAAQAwEiAAIRAAMRAP/aAAwDAQACEQMRAD8AAA//2Q==';

const SIZE = { width: 1280, height: 720 };
const FPS = 5;
/** Each walker takes twenty seconds through the picture. */
const WALK_FRAMES = 20 * FPS;
/** A walker sets out every so many frames. */
const EVERY = 14;

/** Walker `n` at `step` of the way: every third comes up the picture, the others go down; every seventh is a bicycle. */
function walker(n: number, step: number): SceneObject {
  const share = step / WALK_FRAMES;
  const way = n % 3 === 0 ? 1 - share : share;
  const bicycle = n % 7 === 0;
  const x = 160 + ((n * 337) % 960) + 90 * Math.sin(n + 5 * share);
  const y = 200 + 500 * way;
  return {
    feet: { x, y },
    trackId: n + 1,
    label: bicycle ? 'bicycle' : 'person',
    heightPx: (bicycle ? 50 : 70) + 0.25 * y,
    confidence: 0.62 + 0.37 * Math.abs(Math.sin(n + step / 9)),
  };
}

/** Who is in the picture: more in the middle of the run than at its ends. */
function walkers(frame: number, frames: number): SceneObject[] {
  const newest = Math.floor(frame / EVERY);
  return Array.from({ length: Math.ceil(WALK_FRAMES / EVERY) + 1 }, (_, back) => newest - back)
    .filter((n) => n >= 0 && frame - n * EVERY <= WALK_FRAMES && (n * 5) % 8 < 3 + 5 * Math.sin((Math.PI * n * EVERY) / frames))
    .map((n) => walker(n, frame - n * EVERY));
}

function exampleStream({ minutes, jpeg = () => Buffer.from(GREY, 'base64') }: ExampleRun): StreamReport {
  const settings = LineCounterSettings.parse({ lines: { 'north gate': { from: [1, 0.62], to: [0, 0.62] } } });
  const counter = createLineCounter(settings, { stream: 'yard', node: 'crossings' });
  const [statistics, heat, shots] = [createRunStatistics(), createHeatMap(), createBestShots()];
  const frames = minutes * 60 * FPS;
  const keep = (crop: WantedCrop): void => shots.keep(crop, jpeg(crop.size));
  for (let frame = 0; frame < frames; frame++) {
    const meta = sceneFrame({ frame, fps: FPS, stream: 'yard', size: SIZE, objects: walkers(frame, frames) });
    statistics.update(meta);
    heat.update(meta);
    counter.update(meta).forEach((event) => statistics.event(event));
    shots.consider(meta).forEach(keep);
    statistics.timing('detector', 18 + 4 * Math.sin(frame));
    statistics.timing('tracker', 0.2);
  }
  const grid = heat.seconds();
  return {
    stream: 'yard',
    source: { uri: 'yard.mp4', size: SIZE, durationMs: minutes * 60_000, framesPerSecond: FPS, codec: 'h264', audio: 'aac, 48 kHz, stereo' },
    statistics: statistics.snapshot(),
    scene: { jpeg: jpeg(SIZE), size: SIZE },
    lines: resolveLines(settings, SIZE),
    ...(grid ? { heat: renderHeat(grid) } : {}),
    shots: shots.shots(),
  };
}

/** The report of a run over a written scene, made with the analysers themselves: for tests and benches that need one of any length. */
export function exampleReport(run: ExampleRun): RunReport {
  return {
    title: 'yard.mp4',
    startedAt: '2026-02-03T09:30:00Z',
    elapsedMs: run.minutes * 15_000,
    streams: [exampleStream(run)],
    plan: [
      { name: 'yard', kind: 'source', does: 'yard.mp4', reads: [] },
      { name: 'detector', kind: 'node', does: 'yolox-nano', reads: ['yard'] },
      { name: 'tracker', kind: 'node', does: 'ByteTrack', reads: ['detector'] },
      { name: 'crossings', kind: 'node', does: 'line counter', reads: ['tracker'] },
      { name: 'annotated', kind: 'output', does: 'annotated.mp4', reads: ['yard', 'tracker', 'crossings'] },
      { name: 'results', kind: 'output', does: 'results.jsonl', reads: ['tracker'] },
    ],
    notices: [{ kind: 'loss', text: '3 frames of yard.mp4 were damaged and left out.' }],
    files: [
      { path: 'annotated.mp4', holds: 'the video with boxes, tracks and lines', bytes: 12_400_000 },
      { path: 'results.jsonl', holds: 'every object on every frame', bytes: 925_107 },
    ],
    command: 'ocellus run yard.mp4 --line "north gate=1,0.62,0,0.62" -o out',
    version: '0.1.0',
  };
}
