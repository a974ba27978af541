import type { Size } from '../../core/index.js';
import type { RgbaPicture } from '../heat-map.js';
import type { BestShot, Line } from '../port.js';
import type { NodeTiming } from '../node-timings.js';
import type { StreamStatistics } from '../run-statistics.js';

/** A picture as a JPEG file's bytes. */
export interface JpegPicture {
  readonly jpeg: Uint8Array;
  /** As displayed, in pixels. */
  readonly size: Size;
}

/** What was read. */
export interface SourceInfo {
  /** File or address, as the user gave it (credentials taken out). */
  readonly uri: string;
  /** As displayed, in pixels. */
  readonly size: Size;
  /** Absent for a live stream. */
  readonly durationMs?: number;
  readonly framesPerSecond?: number;
  /** Such as `h264`. */
  readonly codec?: string;
  /** Such as `aac, 48 kHz, stereo`; absent without sound. */
  readonly audio?: string;
}

/** What the report says of one stream. */
export interface StreamReport {
  readonly stream: string;
  readonly source: SourceInfo;
  readonly statistics: StreamStatistics;
  /** A frame of the stream, over which lines and heat are drawn; 640 to 1280 pixels wide do. */
  readonly scene?: JpegPicture;
  /** The lines that were watched, in pixels of the displayed frame ({@link SourceInfo.size}). */
  readonly lines: readonly Line[];
  /** Laid over the scene; as `renderHeat` draws it. */
  readonly heat?: RgbaPicture;
  readonly shots: readonly BestShot[];
}

/** A source, node or output of the plan, and what it reads. */
export interface PlanNode {
  readonly name: string;
  /** What others read it by, where another has the same name; the name when absent. */
  readonly id?: string;
  readonly kind: 'source' | 'node' | 'output';
  /** What it does, in a few words, such as `person-vehicle-bike-2002` or `line counter`. */
  readonly does: string;
  /** Names, or ids, of the plan's nodes that it reads. */
  readonly reads: readonly string[];
}

/** Something that the reader should know of. */
export interface Notice {
  readonly kind: 'warning' | 'loss';
  readonly text: string;
}

/** A file that the run left. */
export interface ProducedFile {
  /** Relative to the report's folder, with `/` between names. */
  readonly path: string;
  /** What it holds, in a few words. */
  readonly holds: string;
  readonly bytes?: number;
}

/** Everything that `renderReport` needs. Plain data; texts are of any origin and are escaped there. */
export interface RunReport {
  /** Such as the name of the file that was read. */
  readonly title: string;
  /** When the run began, as ISO 8601. */
  readonly startedAt?: string;
  /** Wall-clock time of the run, in milliseconds. */
  readonly elapsedMs: number;
  /** Whether it was stopped before the end of its sources. */
  readonly interrupted?: boolean;
  readonly streams: readonly StreamReport[];
  readonly plan: readonly PlanNode[];
  /** Timings of nodes of all streams together; those of the streams' statistics when absent. */
  readonly timings?: readonly NodeTiming[];
  readonly notices: readonly Notice[];
  readonly files: readonly ProducedFile[];
  /** The command line, as it can be typed again. */
  readonly command: string;
  /** Of Ocellus. */
  readonly version: string;
}
