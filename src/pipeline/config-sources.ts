import { z } from 'zod';

/** Names of sources, nodes, outputs and sinks. */
export const Name = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'a name begins with a letter and has letters, digits, - and _ only')
  .max(64);

const When = z
  .enum(['never', 'on-error', 'always'])
  .describe(
    'never: the end is the end. on-error: opened again when it fails (a live source that ends has failed). always: also when it ends, so that a file plays in a loop.',
  );

const RestartObject = z.strictObject({
  when: When,
  firstDelayMs: z.number().min(0).max(60_000).default(500).describe('Wait before the first attempt, in milliseconds; doubled after each failed one.'),
  maxDelayMs: z.number().min(0).max(3_600_000).default(30_000).describe('Longest wait between attempts, in milliseconds.'),
  attempts: z
    .int()
    .min(1)
    .optional()
    .describe('Attempts in a row without a frame after which the source has failed for good; without end when absent.'),
});

/** When a source is opened again. */
export const RestartConfig = z
  .union([When.transform((when): z.output<typeof RestartObject> => ({ when, firstDelayMs: 500, maxDelayMs: 30_000 })), RestartObject])
  .describe(
    'When a source is opened again: never, on-error or always, or an object with the waits. Live sources: on-error when absent; others: never.',
  );

/** The type of {@link RestartConfig}. */
export type RestartConfig = z.output<typeof RestartConfig>;

/** How often a node looks, and whether at all, on one stream. */
export const StreamNodeConfig = z
  .strictObject({
    enabled: z.boolean().optional().describe('false leaves the node out on this stream.'),
    everyFrames: z.int().min(1).optional().describe('Look at every n-th frame of this stream only.'),
    everySeconds: z.number().positive().optional().describe('Look at one frame of this stream in so many seconds of media time.'),
  })
  .describe('What is different for a node on this stream.');

/** The type of {@link StreamNodeConfig}. */
export type StreamNodeConfig = z.output<typeof StreamNodeConfig>;

const TakeConfig = z
  .strictObject({
    everyFrames: z.int().min(1).optional().describe('Take every n-th frame.'),
    everySeconds: z.number().positive().optional().describe('Take one frame in so many seconds of media time.'),
  })
  .refine((take) => take.everyFrames !== undefined || take.everySeconds !== undefined, { message: 'say how often: everyFrames or everySeconds' })
  .describe(
    'Frames that enter the pipeline at all; the others are dropped at the source and appear nowhere. Not to be confused with everyFrames of a node, which leaves no frame out of the results.',
  );

/** The type of {@link TakeConfig}. */
export type TakeConfig = z.output<typeof TakeConfig>;

const SourceObject = z.strictObject({
  uri: z.string().describe('File, address or synthetic: scene; a relative path starts at the configuration file.'),
  threads: z.int().min(1).max(64).optional().describe('Decoder threads.'),
  take: TakeConfig.optional(),
  restart: RestartConfig.optional(),
  stallAfterSeconds: z.number().positive().max(3600).optional().describe('A live source that sends nothing for so long has failed; 10 when absent.'),
  nodes: z.record(Name, StreamNodeConfig).default({}).describe('Nodes that are to look at this stream less often, or not at all.'),
});

/** Where frames come from. */
export const SourceConfig = z
  .union([z.string(), SourceObject])
  .transform((source): z.output<typeof SourceObject> => (typeof source === 'string' ? { uri: source, nodes: {} } : source))
  .describe('A source: its address, or an object with more settings.');

/** The type of {@link SourceConfig}. */
export type SourceConfig = z.output<typeof SourceConfig>;
