import { z } from 'zod';
import { Name } from './config-sources.js';

const overwrite = z.boolean().default(false).describe('Replace a file that is already there.');

const preset = z.string().default('veryfast').describe('x264 preset, from ultrafast to placebo.');
const crf = z.number().min(0).max(51).default(23).describe('x264 quality: 0 is lossless, 51 the worst.');

/** What is drawn on a picture. */
export const DrawConfig = z
  .strictObject({
    labels: z.boolean().default(true).describe('The label in the tag of each box.'),
    trackIds: z.boolean().default(true).describe('The number of the track in the tag.'),
    confidence: z.boolean().default(false).describe('The confidence in the tag, in percent.'),
    attributes: z.boolean().default(true).describe('What other nodes said of the object, in the tag.'),
    untracked: z.boolean().default(false).describe('Objects that a tracker reads but does not follow (yet), too.'),
    points: z.boolean().default(true).describe('Key points, such as landmarks and joints, as dots.'),
    trailMs: z.number().min(0).max(60_000).default(1500).describe('How far back trails reach, in milliseconds; 0 for none.'),
    lines: z.boolean().default(true).describe('Counting lines with their counts.'),
    header: z.boolean().default(false).describe("A plate with the stream's name, the time and the number of objects."),
  })
  .describe('What is drawn.');

/** The type of {@link DrawConfig}. */
export type DrawConfig = z.output<typeof DrawConfig>;

/** A video with what was found drawn on it. */
export const VideoOutputConfig = z
  .strictObject({
    video: z
      .string()
      .describe('The file, .mp4 or .mkv; with several sources its name has {stream}. A relative path starts at the configuration file.'),
    overwrite,
    audio: z.boolean().default(true).describe("Keep the source's sound."),
    preset,
    crf,
    draw: DrawConfig.prefault({}),
  })
  .describe('A video with what was found drawn on it.');

/** The type of {@link VideoOutputConfig}. */
export type VideoOutputConfig = z.output<typeof VideoOutputConfig>;

/** The file of one stream's video. */
export const videoPath = ({ video }: VideoOutputConfig, stream: string): string => video.replaceAll('{stream}', stream);

/** A page that tells what was seen. */
export const ReportOutputConfig = z
  .strictObject({
    report: z.string().describe('The file, .html: one page without any other file. A relative path starts at the configuration file.'),
    overwrite,
    title: z.string().optional().describe('Heading; names of the sources when absent.'),
    bestShots: z.int().min(0).max(200).default(24).describe('Most pictures of single objects.'),
  })
  .describe('A page that tells what was seen.');

/** The type of {@link ReportOutputConfig}. */
export type ReportOutputConfig = z.output<typeof ReportOutputConfig>;

const side = z.int().min(32).max(8192).multipleOf(2);

/** Many streams in one picture. */
export const WallConfig = z
  .strictObject({
    rows: z.int().min(1).max(64).optional().describe('Rows of tiles; such that most of the pictures is seen when absent.'),
    columns: z.int().min(1).max(64).optional().describe('Tiles in a row; such that most of the pictures is seen when absent.'),
    size: z
      .strictObject({ width: side.describe('Pixels, an even number.'), height: side.describe('Pixels, an even number.') })
      .default({ width: 1280, height: 720 })
      .describe('Size of the whole picture.'),
    streams: z.array(Name).min(1).optional().describe('Which streams, in the order of their tiles; all of them when absent.'),
    gap: z.int().min(0).max(256).default(4).describe('Pixels between tiles.'),
    titles: z.boolean().default(true).describe("Each stream's name and time on its tile."),
  })
  .describe('Many streams in one picture.');

/** The type of {@link WallConfig}. */
export type WallConfig = z.output<typeof WallConfig>;

const frameRate = (value: number): z.ZodDefault<z.ZodNumber> => z.number().min(0.1).max(120).default(value);

/** A video of many streams in one picture. */
export const TilesOutputConfig = WallConfig.extend({
  tiles: z.string().describe('The file, .mp4 or .mkv. A relative path starts at the configuration file.'),
  overwrite,
  frameRate: frameRate(25).describe('Pictures a second.'),
  patienceMs: z
    .int()
    .min(100)
    .max(600_000)
    .default(10_000)
    .describe('How long the other streams wait for one that brings nothing, in milliseconds; then they go on, and it catches up. Offline only.'),
  preset,
  crf,
  draw: DrawConfig.prefault({}),
}).describe('A video of many streams in one picture.');

/** The type of {@link TilesOutputConfig}. */
export type TilesOutputConfig = z.output<typeof TilesOutputConfig>;

/** Pictures to look at in a browser while it runs. */
export const LiveOutputConfig = z
  .strictObject({
    live: z
      .string()
      .regex(/^(?:\[[0-9a-f:.]+\]|[^\s:/[\]]+):\d{1,5}$/i, 'must be HOST:PORT, such as 127.0.0.1:8090 or [::1]:8090')
      .describe('Where it is served, as HOST:PORT: 127.0.0.1:8090 for this machine alone. Port 0 takes a free one, which the log names.'),
    of: z
      .union([Name, z.array(Name).min(1)])
      .optional()
      .describe('Which stream, or streams; all of them when absent.'),
    tiles: WallConfig.optional().describe('Many streams in one picture, too.'),
    quality: z.int().min(1).max(100).default(80).describe('JPEG quality.'),
    maxWidth: z.int().min(32).max(8192).default(1280).describe('Wider pictures are made so many pixels wide.'),
    frameRate: frameRate(15).describe('Most pictures a second.'),
    draw: DrawConfig.prefault({}),
  })
  .describe('Pictures to look at in a browser while it runs.');

/** The type of {@link LiveOutputConfig}. */
export type LiveOutputConfig = z.output<typeof LiveOutputConfig>;

/** The streams that a live output shows; undefined for all. */
export const liveStreams = ({ of }: LiveOutputConfig): readonly string[] | undefined => (typeof of === 'string' ? [of] : of);

/** What a run leaves for people to look at. */
export const OutputConfig = z.union([VideoOutputConfig, ReportOutputConfig, TilesOutputConfig, LiveOutputConfig]).describe('An output.');

/** The type of {@link OutputConfig}. */
export type OutputConfig = z.output<typeof OutputConfig>;

/** The name that a live wall is served under. */
export const WALL_NAME = 'tiles';

/** The wall of an output that has one. */
export function wallOf(output: OutputConfig): WallConfig | undefined {
  if ('live' in output) return output.tiles;
  return 'tiles' in output ? output : undefined;
}

/** The files that an output writes, for these streams. */
export function outputPaths(output: OutputConfig, streams: readonly string[]): string[] {
  if ('video' in output) return streams.map((stream) => videoPath(output, stream));
  if ('report' in output) return [output.report];
  return 'live' in output ? [] : [output.tiles];
}

/** Where results go. */
export const SinkConfig = z
  .strictObject({
    jsonl: z.string().describe('File of one record a line; a relative path starts at the configuration file.'),
    of: z.enum(['results', 'events']).default('results').describe('results: a record a frame. events: a record for each thing that happened.'),
    overwrite,
  })
  .describe('A sink.');

/** The type of {@link SinkConfig}. */
export type SinkConfig = z.output<typeof SinkConfig>;
