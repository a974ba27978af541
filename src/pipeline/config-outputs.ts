import { z } from 'zod';

const overwrite = z.boolean().default(false).describe('Replace a file that is already there.');

/** A video with what was found drawn on it. */
export const VideoOutputConfig = z
  .strictObject({
    video: z
      .string()
      .describe('The file, .mp4 or .mkv; with several sources its name has {stream}. A relative path starts at the configuration file.'),
    overwrite,
    audio: z.boolean().default(true).describe("Keep the source's sound."),
    preset: z.string().default('veryfast').describe('x264 preset, from ultrafast to placebo.'),
    crf: z.number().min(0).max(51).default(23).describe('x264 quality: 0 is lossless, 51 the worst.'),
    draw: z
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
      .prefault({})
      .describe('What is drawn.'),
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

/** What a run leaves for people to look at. */
export const OutputConfig = z.union([VideoOutputConfig, ReportOutputConfig]).describe('An output.');

/** The type of {@link OutputConfig}. */
export type OutputConfig = z.output<typeof OutputConfig>;

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
