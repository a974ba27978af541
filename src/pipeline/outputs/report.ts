import { rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, relative } from 'node:path';
import {
  type BestShots,
  type HeatMap,
  type JpegPicture,
  type PlanNode,
  type ProducedFile,
  type RunStatistics,
  type SourceInfo,
  type StreamReport,
  type WantedCrop,
  createBestShots,
  createHeatMap,
  createRunStatistics,
  renderHeat,
  renderReport,
} from '../../analytics/index.js';
import { type Frame, type Rect, type Size, toMs } from '../../core/index.js';
import { type AudioInfo, type Media, type MediaInfo, type VideoSource, lossSentences } from '../../media/index.js';
import { writeFault } from '../../sinks/index.js';
import { isAddress } from '../config-file.js';
import type { ReportOutputConfig } from '../config-outputs.js';
import type { FrameResult } from '../frame-result.js';
import type { LineState } from '../nodes/board.js';
import type { PlannedNode } from '../pipeline.js';
import { shownAddress } from '../shown-address.js';
import type { Finished, Output, OutputFile } from './port.js';
import { reportPlan } from './report-plan.js';

/** What a report output is made with. */
export interface ReportOutputMaterial {
  readonly media: Media;
  readonly plan: readonly PlannedNode[];
  /** How the run was asked for, for the page's foot. */
  readonly command: string;
  readonly version: string;
}

/** The picture behind lines and heat is at most so wide. */
const SCENE_WIDTH_PX = 960;
/** Frames with more on them replace the scene's picture, but not more often than this, nor more than so many times. */
const SCENE_EVERY_MS = 1000;
const MOST_SCENES = 12;

const channels = (count: number): string => (count === 1 ? 'mono' : count === 2 ? 'stereo' : `${count} channels`);
const audioText = ({ codec, sampleRateHz, channels: count }: AudioInfo): string => `${codec}, ${sampleRateHz / 1000} kHz, ${channels(count)}`;

/** What the page names a source by: folders of the machine and secrets of an address stay out of it. */
const shownUri = (uri: string): string => (isAddress(uri) ? shownAddress(uri) : basename(uri));

function sourceInfo({ uri, durationMs, video, audio }: MediaInfo, size: Size): SourceInfo {
  const { frameRate, codec } = video ?? {};
  const [sound] = audio;
  return {
    uri: shownUri(uri),
    size,
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(frameRate ? { framesPerSecond: frameRate.num / frameRate.den } : {}),
    ...(codec === undefined ? {} : { codec }),
    ...(sound ? { audio: audioText(sound) } : {}),
  };
}

/** Where a part of a frame lies in what is shown in its place. */
function scaledRect({ x, y, width, height }: Rect, from: Size, to: Size): Rect {
  const [sx, sy] = [to.width / from.width, to.height / from.height];
  const [left, top] = [Math.floor(x * sx), Math.floor(y * sy)];
  return { x: left, y: top, width: Math.max(1, Math.floor(width * sx)), height: Math.max(1, Math.floor(height * sy)) };
}

/** What is gathered of one stream while it runs. */
class StreamGathering {
  readonly statistics: RunStatistics = createRunStatistics();
  readonly #heat: HeatMap = createHeatMap();
  readonly #shots: BestShots;
  #scene: JpegPicture | undefined;
  #sceneObjects = -1;
  #sceneMs = -Infinity;
  #scenes = 0;
  #lines: readonly LineState[] = [];

  constructor(
    readonly stream: string,
    public source: VideoSource,
    readonly media: Media,
    bestShots: number,
  ) {
    this.#shots = createBestShots({ limit: bestShots });
  }

  async add({ frame, shown, meta, events, lines }: FrameResult): Promise<void> {
    this.statistics.update(meta);
    for (const event of events) this.statistics.event(event);
    this.#heat.update(meta);
    this.#lines = lines;
    for (const crop of this.#shots.consider(meta)) await this.#shoot(shown, frame.size, crop);
    await this.#look(shown, meta.objects.length);
  }

  async #shoot(shown: Frame, seen: Size, crop: WantedCrop): Promise<void> {
    this.#shots.keep(crop, await this.#jpeg(shown, crop.size, scaledRect(crop.rect, seen, shown.size)));
  }

  /** The scene is shown by the frame with most to see. */
  async #look(frame: Frame, objects: number): Promise<void> {
    const timeMs = toMs(frame.pts);
    if (objects <= this.#sceneObjects || timeMs - this.#sceneMs < SCENE_EVERY_MS || this.#scenes >= MOST_SCENES) return;
    [this.#sceneObjects, this.#sceneMs] = [objects, timeMs];
    this.#scenes++;
    const { width, height } = frame.size;
    const scale = Math.min(1, SCENE_WIDTH_PX / width);
    const size = { width: Math.round(width * scale), height: Math.max(1, Math.round(height * scale)) };
    this.#scene = { jpeg: await this.#jpeg(frame, size), size };
  }

  async #jpeg(frame: Frame, size: Size, source?: Rect): Promise<Uint8Array> {
    const rgb = await frame.render({ size, order: 'rgb', layout: 'packed', ...(source ? { source } : {}) });
    return this.media.encodeImage({ size, rgb }, { type: 'jpeg', quality: 82 });
  }

  report(): StreamReport {
    const { info } = this.source;
    const heat = this.#heat.seconds();
    return {
      stream: this.stream,
      source: sourceInfo(info, info.video.size),
      statistics: this.statistics.snapshot(),
      lines: this.#lines.map(({ name, from, to }) => ({ name, from, to })),
      shots: this.#shots.shots(),
      ...(this.#scene ? { scene: this.#scene } : {}),
      ...(heat ? { heat: renderHeat(heat) } : {}),
    };
  }
}

function lossNotices({ interrupted, losses: lost }: Finished): { kind: 'warning' | 'loss'; text: string }[] {
  const losses = [...lost].flatMap(([stream, each]) => lossSentences(each).map((sentence) => `${stream}: ${sentence}`));
  const early = interrupted ? [{ kind: 'warning' as const, text: 'The run was stopped before the end of its sources.' }] : [];
  return [...early, ...losses.map((text) => ({ kind: 'loss' as const, text }))];
}

class ReportOutput implements Output {
  /** Streams that ended stay: the page tells of the whole run. */
  readonly #streams = new Map<string, StreamGathering>();
  readonly #startedAt = new Date().toISOString();

  constructor(
    readonly config: ReportOutputConfig,
    readonly material: ReportOutputMaterial,
  ) {}

  addStream(name: string, source: VideoSource): Promise<void> {
    const known = this.#streams.get(name);
    if (known) known.source = source;
    else this.#streams.set(name, new StreamGathering(name, source, this.material.media, this.config.bestShots));
    return Promise.resolve();
  }

  async endStream(): Promise<void> {}

  async write(result: FrameResult): Promise<void> {
    await this.#streams.get(result.meta.stream)!.add(result);
  }

  async finish(run: Finished): Promise<readonly OutputFile[]> {
    const { report: path, title } = this.config;
    const { command, version } = this.material;
    const page = renderReport({
      title: title ?? [...this.#streams.keys()].join(', '),
      startedAt: this.#startedAt,
      elapsedMs: run.elapsedMs,
      interrupted: run.interrupted,
      streams: [...this.#streams.values()].map((stream) => stream.report()),
      plan: this.#plan(run.files),
      timings: run.timings,
      notices: lossNotices(run),
      files: this.#near(run.files),
      command,
      version,
    });
    // Written whole or not at all: an old page is not lost to a full disk.
    const part = `${path}.part`;
    try {
      await writeFile(part, page);
      await rename(part, path);
      return [{ path, bytes: (await stat(path)).size, holds: 'what was seen' }];
    } catch (error) {
      await rm(part, { force: true });
      throw writeFault(path, error);
    }
  }

  #plan(files: readonly OutputFile[]): PlanNode[] {
    return reportPlan([...this.#streams.keys()], this.material.plan, this.#near(files));
  }

  #near(files: readonly OutputFile[]): ProducedFile[] {
    const folder = dirname(this.config.report);
    return files.map(({ path, bytes, holds }) => ({ path: relative(folder, path).replaceAll('\\', '/'), bytes, holds }));
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

/** A page that tells what was seen; written when the run ends. */
export function openReportOutput(config: ReportOutputConfig, material: ReportOutputMaterial): Output {
  return new ReportOutput(config, material);
}
