import { type FrameMeta, type Log, type ObjectMeta, Scope } from '../../core/index.js';
import type { Media, VideoSource, VideoWriter, WriterOptions } from '../../media/index.js';
import { type Annotator, type CountedLine, createAnnotator } from '../../vision/index.js';
import { type VideoOutputConfig, videoPath } from '../config-outputs.js';
import type { FrameResult } from '../frame-result.js';
import type { LineState } from '../nodes/board.js';
import type { Output, OutputFile } from './port.js';

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
  readonly annotator: Annotator;
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

const annotatorFor = ({ draw: { labels, trackIds, confidence, attributes, points, trailMs, header } }: VideoOutputConfig): Annotator =>
  createAnnotator({ label: labels, trackId: trackIds, confidence, attributes, points, trailMs, header });

const countedLine = ({ name, from, to, in: inward, out }: LineState): CountedLine => ({ name, from, to, counts: { in: inward, out } });

class VideoOutput implements Output {
  readonly videos = new Map<string, StreamVideo>();
  readonly scope = new Scope();
  readonly followed: ReadonlySet<string>;

  constructor(
    readonly config: VideoOutputConfig,
    readonly material: VideoOutputMaterial,
  ) {
    this.followed = new Set(config.draw.untracked ? [] : material.followed);
  }

  async addStream(name: string, source: VideoSource): Promise<void> {
    if (this.videos.has(name)) return;
    const { config, material } = this;
    const path = videoPath(config, name);
    const writer = this.scope.use(await material.media.createWriter(path, writerOptions(source, config, material.log)));
    this.videos.set(name, { path, writer, annotator: annotatorFor(config) });
  }

  async endStream(): Promise<void> {}

  async write({ frame, meta, lines }: FrameResult): Promise<void> {
    const { writer, annotator } = this.videos.get(meta.stream)!;
    await writer.write(frame, annotator.shapes(this.#drawn(meta), this.config.draw.lines ? lines.map(countedLine) : []));
  }

  #drawn(meta: FrameMeta): FrameMeta {
    const hides = ({ node, trackId }: ObjectMeta): boolean => trackId === undefined && this.followed.has(node);
    return meta.objects.some(hides) ? { ...meta, objects: meta.objects.filter((object) => !hides(object)) } : meta;
  }

  async finish(): Promise<readonly OutputFile[]> {
    const files: OutputFile[] = [];
    for (const { path, writer } of this.videos.values()) {
      const { bytes, audio } = await writer.finish();
      files.push({ path, bytes, holds: 'the video with what was found', ...(audio === 'transcoded' ? { note: 'its sound became AAC' } : {}) });
    }
    return files;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.scope.close();
  }
}

/** A video for each source, with what was found drawn on it. */
export function openVideoOutput(config: VideoOutputConfig, material: VideoOutputMaterial): Output {
  return new VideoOutput(config, material);
}
