import { type FrameMeta, type Log, type ObjectMeta, Scope } from '../../core/index.js';
import type { Media, VideoSource, VideoWriter, WriterOptions } from '../../media/index.js';
import { type Annotator, type CountedLine, createAnnotator, scaledShapes } from '../../vision/index.js';
import { type VideoOutputConfig, videoPath } from '../config-outputs.js';
import type { FrameResult } from '../frame-result.js';
import type { LineState } from '../nodes/board.js';
import type { Output, OutputFile } from './port.js';

/** What a video output is made with. */
export interface VideoOutputMaterial {
  readonly media: Media;
  readonly sources: ReadonlyMap<string, VideoSource>;
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
  constructor(
    readonly videos: ReadonlyMap<string, StreamVideo>,
    readonly showLines: boolean,
    /** Nodes whose objects are drawn only when they are followed. */
    readonly followed: ReadonlySet<string>,
    readonly scope: Scope,
  ) {}

  async write({ frame, shown, shapes, meta, lines }: FrameResult): Promise<void> {
    const { writer, annotator } = this.videos.get(meta.stream)!;
    const found = annotator.shapes(this.#drawn(meta), this.showLines ? lines.map(countedLine) : []);
    await writer.write(shown, scaledShapes(shapes.length > 0 ? [...found, ...shapes] : found, frame.size, shown.size));
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

/** A video for each source, with what was found drawn on it. @throws Fault ALREADY_EXISTS, OUTPUT_FAILED */
export async function openVideoOutput(config: VideoOutputConfig, { media, sources, log, followed }: VideoOutputMaterial): Promise<Output> {
  await using scope = new Scope();
  const videos = new Map<string, StreamVideo>();
  for (const [stream, source] of sources) {
    const path = videoPath(config, stream);
    const writer = scope.use(await media.createWriter(path, writerOptions(source, config, log)));
    videos.set(stream, { path, writer, annotator: annotatorFor(config) });
  }
  return new VideoOutput(videos, config.draw.lines, new Set(config.draw.untracked ? [] : followed), scope.move());
}
