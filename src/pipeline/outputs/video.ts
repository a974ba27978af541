import { type Log, Scope } from '../../core/index.js';
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

interface StreamVideo {
  readonly path: string;
  readonly writer: VideoWriter;
  readonly drawing: StreamDrawing;
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
  readonly #files: OutputFile[] = [];
  readonly #scope = new Scope();

  constructor(
    readonly config: VideoOutputConfig,
    readonly material: VideoOutputMaterial,
  ) {}

  async addStream(name: string, source: VideoSource): Promise<void> {
    const { media, log, followed } = this.material;
    const path = videoPath(this.config, name);
    const writer = this.#scope.use(await media.createWriter(path, writerOptions(source, this.config, log)));
    this.#videos.set(name, { path, writer, drawing: new StreamDrawing(this.config.draw, followed) });
  }

  async write(result: FrameResult): Promise<void> {
    const { writer, drawing } = this.#videos.get(result.meta.stream)!;
    await writer.write(result.shown, drawing.shapes(result, result.shown.size));
  }

  async endStream(name: string): Promise<void> {
    const video = this.#videos.get(name);
    if (!video) return;
    const { path, writer } = video;
    const { bytes, audio } = await writer.finish();
    this.#videos.delete(name);
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
