import { type Clock, type Log, Scope, type TimeBase, systemClock } from '../../../core/index.js';
import type { Media, VideoSource, VideoWriter } from '../../../media/index.js';
import type { TilesOutputConfig } from '../../config-outputs.js';
import type { FrameResult } from '../../frame-result.js';
import type { Output, OutputFile } from '../port.js';
import { OfflinePace } from './offline-pace.js';
import type { WallPace } from './pace.js';
import { RealtimePace } from './realtime-pace.js';
import { Wall } from './wall.js';

/** What a wall output is made with. */
export interface TilesOutputMaterial {
  readonly media: Media;
  readonly log: Log;
  /** Nodes that a tracker reads. */
  readonly followed: readonly string[];
  /** `offline` goes by the streams' own times and loses nothing; `realtime` by the clock. */
  readonly mode: 'offline' | 'realtime';
  /** The machine's own when absent. */
  readonly clock?: Clock;
}

/** Exact for whole and for broadcast rates given to three places. */
const timeBaseOf = (frameRate: number): TimeBase =>
  Number.isInteger(frameRate) ? { num: 1, den: frameRate } : { num: 1000, den: Math.round(frameRate * 1000) };

class TilesOutput implements Output {
  readonly #pace: WallPace;
  readonly #timeBase: TimeBase;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    readonly config: TilesOutputConfig,
    readonly wall: Wall,
    readonly writer: VideoWriter,
    readonly scope: Scope,
    { mode, clock = systemClock }: TilesOutputMaterial,
  ) {
    const { frameRate, patienceMs } = config;
    this.#timeBase = timeBaseOf(frameRate);
    const show = (result: FrameResult): void => wall.show(result);
    const deliver = (tick: number): Promise<void> => this.#deliver(tick);
    const shared = { frameRate, clock, show, deliver };
    this.#pace = mode === 'offline' ? new OfflinePace({ ...shared, patienceMs }) : new RealtimePace(shared);
  }

  addStream(name: string, { info }: VideoSource): Promise<void> {
    this.wall.add(name, info.video.size);
    if (this.wall.has(name)) this.#pace.add(name);
    return Promise.resolve();
  }

  endStream(name: string): Promise<void> {
    this.wall.end(name);
    this.#pace.end(name);
    return Promise.resolve();
  }

  write(result: FrameResult): Promise<void> {
    return this.wall.has(result.meta.stream) ? this.#pace.write(result) : Promise.resolve();
  }

  /** The next picture is composed while this one is encoded. */
  async #deliver(tick: number): Promise<void> {
    const frame = await this.wall.compose(tick, { ticks: BigInt(tick), timeBase: this.#timeBase });
    try {
      await this.#writing;
    } catch (error) {
      frame.close();
      throw error;
    }
    this.#writing = this.writer.write(frame).finally(() => frame.close());
    // Met by whoever awaits it, with the next picture or at the end.
    this.#writing.catch(() => {});
  }

  async finish(): Promise<readonly OutputFile[]> {
    await this.#pace.finish();
    await this.#writing;
    const { bytes } = await this.writer.finish();
    return [{ path: this.config.tiles, bytes, holds: 'all streams in one picture' }];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pace[Symbol.asyncDispose]();
    await this.#writing.catch(() => {});
    await this.scope.close();
  }
}

/** A video of many streams in one picture. @throws Fault ALREADY_EXISTS, OUTPUT_FAILED */
export async function openTilesOutput(name: string, config: TilesOutputConfig, material: TilesOutputMaterial): Promise<Output> {
  await using scope = new Scope();
  const { media, log, followed } = material;
  const { size, preset, crf, overwrite, frameRate } = config;
  const timeBase = timeBaseOf(frameRate);
  const rate = { num: timeBase.den, den: timeBase.num };
  const options = { size, timeBase, preset, crf, overwrite, log, ...(material.mode === 'offline' ? { frameRate: rate } : {}) };
  const writer = scope.use(await media.createWriter(config.tiles, options));
  const composer = scope.use(await media.createComposer());
  const wall = scope.use(new Wall(config, { name, draw: config.draw, followed, composer }));
  return new TilesOutput(config, wall, writer, scope.move(), material);
}
