import { extname } from 'node:path';
import { type Frame, type Log, type Pts, Scope } from '../../core/index.js';
import type { Media, VideoSource, VideoWriter, WriterOptions } from '../../media/index.js';
import { type VideoOutputConfig, videoPath } from '../config-outputs.js';
import type { FrameResult } from '../frame-result.js';
import type { Output, OutputFile } from './port.js';
import { StreamDrawing } from './stream-drawing.js';

/** What a video output is made with. */
export interface VideoOutputMaterial {
  readonly media: Media;
  readonly log: Log;
  /** Nodes that a tracker reads. */
  readonly followed: readonly string[];
}

/** One video at work. */
class StreamVideo {
  #last: Pts | undefined;
  #step = 1n;
  #shift = 0n;

  constructor(
    readonly path: string,
    readonly writer: VideoWriter,
    readonly drawing: StreamDrawing,
  ) {}

  async write(result: FrameResult): Promise<void> {
    const { shown } = result;
    const shapes = this.drawing.shapes(result, shown.size);
    const pts = this.#placed(shown.pts);
    if (pts === shown.pts) return this.writer.write(shown, shapes);
    using frame: Frame = shown.retain('video', { pts });
    await this.writer.write(frame, shapes);
  }

  /** Where the frame lies in the video: after a seek back it goes on behind the frame before. */
  #placed(own: Pts): Pts {
    const last = this.#last;
    if (last && own.ticks + this.#shift <= last.ticks) this.#shift = last.ticks + this.#step - own.ticks;
    const ticks = own.ticks + this.#shift;
    if (last) this.#step = ticks - last.ticks;
    this.#last = this.#shift === 0n ? own : { ticks, timeBase: own.timeBase };
    return this.#last;
  }
}

/** The n-th file of that name: `a.mp4`, `a-2.mp4`, ... */
function numbered(path: string, n: number): string {
  const extension = extname(path);
  return n === 1 ? path : `${path.slice(0, path.length - extension.length)}-${n}${extension}`;
}

function writerOptions({ info }: VideoSource, { audio, preset, crf, overwrite }: VideoOutputConfig, log: Log): WriterOptions {
  const { size, timeBase, frameRate, variableFrameRate } = info.video;
  return {
    size,
    timeBase,
    preset,
    crf,
    log,
    overwrite,
    ...(frameRate && !variableFrameRate ? { frameRate } : {}),
    ...(audio && info.audio.length > 0 ? { audioFrom: info.uri } : {}),
  };
}

class VideoOutput implements Output {
  readonly #videos = new Map<string, StreamVideo>();
  /** How often a path was asked for. */
  readonly #made = new Map<string, number>();
  readonly #files: OutputFile[] = [];
  readonly #scope = new Scope();

  constructor(
    readonly config: VideoOutputConfig,
    readonly material: VideoOutputMaterial,
  ) {}

  async addStream(name: string, source: VideoSource): Promise<void> {
    const { media, log, followed } = this.material;
    const wanted = videoPath(this.config, name);
    const nth = (this.#made.get(wanted) ?? 0) + 1;
    // A source that came back, or another one after it, does not write over the video of the first.
    const path = numbered(wanted, nth);
    const writer = this.#scope.use(await media.createWriter(path, writerOptions(source, this.config, log)));
    this.#made.set(wanted, nth);
    this.#videos.set(name, new StreamVideo(path, writer, new StreamDrawing(this.config.draw, followed)));
  }

  async write(result: FrameResult): Promise<void> {
    await this.#videos.get(result.meta.stream)!.write(result);
  }

  async endStream(name: string): Promise<void> {
    const video = this.#videos.get(name);
    if (!video) return;
    this.#videos.delete(name);
    const { path, writer } = video;
    const { bytes, audio } = await writer.finish();
    this.#files.push({ path, bytes, holds: 'the video with what was found', ...(audio === 'transcoded' ? { note: 'its sound became AAC' } : {}) });
  }

  async finish(): Promise<readonly OutputFile[]> {
    for (const name of this.#videos.keys()) await this.endStream(name);
    return this.#files;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#scope.close();
  }
}

/** A video for each source, with what was found drawn on it. */
export function openVideoOutput(config: VideoOutputConfig, material: VideoOutputMaterial): Output {
  return new VideoOutput(config, material);
}
